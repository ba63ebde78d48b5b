"""Thirty live runs in one raid channel, ten of them over an hour old, and members who press."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.support.house import until
from tests.support.raid import Raid
from tests.support.reading import Json, buttons, words

from discord_loopback.client import HandsError

RUNS, OLD = 30, 10
HOUR_S = 3600
RAIDERS_ROLE, ORGANIZERS_ROLE = "Verified Raider", "Organizer"


@dataclass
class Thirty:
    """Thirty organizers, their live runs, and the panels of those in the order of their opening."""

    raid: Raid
    panels: list[Json] = field(default_factory=list[Json])
    private: list[Json] = field(default_factory=list[Json])
    since: int = 0
    """The last request before what is looked at."""

    @property
    def organizers(self) -> list[int]:
        return self.raid.extra[:RUNS]

    @property
    def raiders(self) -> list[int]:
        return self.raid.extra[RUNS:]

    async def open(self) -> None:
        """Open ten runs, let an hour pass, and open twenty more."""
        view = await self.raid.hands.view(self.raid.house.guild_id, self.raid.people["Alwyn"])
        roles = {one["name"]: one["id"] for one in view["roles"]}
        for organizer in self.organizers:
            held = [roles[RAIDERS_ROLE], roles[ORGANIZERS_ROLE]]
            await self.raid.hands.set_roles(self.raid.house.guild_id, organizer, held)
        await self._open(self.organizers[:OLD])
        await self.raid.hands.shift_clock(HOUR_S + 60)
        await self._open(self.organizers[OLD:])
        await until(self._all_live, "all panels to stand and say that they are live")
        shown = await self.shown()
        self.panels = [shown[one] for one in self.organizers]

    async def _all_live(self) -> bool:
        shown = await self.shown()
        return len(shown) == RUNS and all("Live" in words(one) for one in shown.values())

    async def _open(self, organizers: Sequence[int]) -> None:
        self.private += await asyncio.gather(*(self._go_live(one) for one in organizers))

    async def _go_live(self, organizer: int) -> Json:
        where = (self.raid.house.guild_id, self.raid.channels["bot-commands"])
        options = {"dungeon": "lost_halls", "party": "Party", "location": "USWest"}
        opened = await self.raid.hands.command(organizer, *where, "run", options, timeout=60)
        message = opened["message"]
        started = await self.raid.hands.click(organizer, int(message["id"]), buttons(message)["Start"], timeout=60)
        return started["message"]

    async def shown(self) -> dict[int, Json]:
        """The panels by their organizers, as a raider sees them."""
        messages = await self.raid.hands.messages(self.raid.channels["raid"], self.raiders[0], limit=100)
        led = {f"Led by <@{one}>": one for one in self.organizers}
        return {led[line]: one for one in messages for line in words(one).splitlines() if line in led}

    async def join(self, raider: int, number: int) -> Json:
        """Let somebody join the run with that number."""
        panel = self.panels[number]
        return await self.raid.hands.click(raider, int(panel["id"]), buttons(panel)["Join"], timeout=60)

    async def press_all(self, clicks: int, seconds: float) -> list[Json]:
        """Let that many members press Join, spread over the runs and over the time."""
        start = time.monotonic()

        async def press(number: int) -> Json:
            await asyncio.sleep(max(0.0, start + seconds * number / clicks - time.monotonic()))
            try:
                return await self.join(self.raiders[number], number % RUNS)
            except HandsError:  # the button is grey: the run was locked
                return {"message": None, "first_ms": None, "final_ms": None}

        return await asyncio.gather(*(press(number) for number in range(clicks)))

    async def lock(self, number: int) -> float:
        """Let an organizer lock their run; returns the seconds until everybody sees it."""
        began = time.monotonic()
        message, organizer = self.private[number], self.organizers[number]
        told = await self.raid.hands.click(organizer, int(message["id"]), buttons(message)["Lock"], timeout=60)
        self.private[number] = told["message"]
        await until(lambda: self.locked(number), f"run {number} to be shown as locked")
        return time.monotonic() - began

    async def locked(self, number: int) -> bool:
        return "Locked" in words((await self.shown())[self.organizers[number]])

    async def all_count(self, raiders: Sequence[int]) -> None:
        """Wait until every panel shows how many are in its run."""

        async def right() -> bool:
            shown = await self.shown()
            said = [words(shown[one]) for one in self.organizers]
            return all(f"**{number} raider" in text for number, text in zip(raiders, said, strict=True))

        await until(right, f"the panels to count {raiders}")

    async def begin(self) -> None:
        """Look only at what comes from now on."""
        requests = (await self.raid.hands.log())["requests"]
        self.since = requests[-1]["n"]
        await self.raid.hands.reset_stats()

    async def edits(self) -> list[tuple[float, int]]:
        """When which panel was edited, oldest first, by the loopback's own log; the panel as its number."""
        numbers = {panel["id"]: number for number, panel in enumerate(self.panels)}
        requests = (await self.raid.hands.log(self.since))["requests"]
        return [
            (one["at"], numbers[one["message_id"]])
            for one in requests
            if one["method"] == "PATCH" and one.get("message_id") in numbers and one["status"] < 300
        ]


def most_within(moments: Sequence[float], seconds: float) -> int:
    """The most of these moments that lie within so many seconds."""
    return max((sum(1 for other in moments if start <= other < start + seconds) for start in moments), default=0)
