"""A run with 200 raiders in which processes are killed, and members try again as people do."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tests.support.house import until
from tests.support.raid import Raid
from tests.support.reading import Json, buttons, words

from raidbot.database.embedded import EmbeddedServer
from raidbot.database.pool import Database

RAIDERS = 200
CALLS_STAND_S = 31


@dataclass
class Story:
    """A run from /run to End in which processes are killed at named moments, and members try again.

    Args:
        raid: The server.
        postgres: Its PostgreSQL.
        killed: What is still to be killed, by the moment.
        besides: What else happens, for whoever reads of a failure.
    """

    raid: Raid
    postgres: EmbeddedServer
    killed: dict[str, str]
    besides: str = ""
    confirmed: set[int] = field(default_factory=set[int])
    blows: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])

    async def moment(self, name: str) -> None:
        """Kill what is to be killed at this moment."""
        if victim := self.killed.pop(name, None):
            await self.blow(victim)

    async def blow(self, victim: str) -> None:
        """Kill something, and let it be started again while members go on; one thing at a time."""
        await asyncio.gather(*self.blows)
        if victim == "PostgreSQL":
            await asyncio.to_thread(self.postgres.crash)
            self.blows.append(asyncio.create_task(asyncio.to_thread(self.postgres.start)))
            return
        await self.raid.house.kill(victim)
        start = {"bot": self.raid.house.start_bot, "backend": self.raid.house.start_backend}[victim]
        self.blows.append(asyncio.create_task(start()))

    async def play(self) -> None:
        await self._open()
        panel = await self.raid.panel("Open")
        await self.moment("once the panel stands")
        await self._join_all(panel)
        await self._steer("Start", "as Start is pressed", "Live")
        await self._end()
        await asyncio.gather(*self.blows)
        assert not self.killed

    async def _open(self) -> None:
        opening = asyncio.create_task(self.raid.open(party="Party", location="USWest", wait="first"))
        await self.moment("as /run is sent")
        await opening
        await self._insist(self._opened)

    async def _opened(self) -> bool:
        """Open it unless it is open, as an organizer does who got no answer."""
        if any("Open" in words(panel) for panel in await self.raid.panels()):
            return True
        await self.raid.open(party="Party", location="USWest")
        return False

    async def _join_all(self, panel: Json) -> None:
        members = self.raid.extra[:RAIDERS]
        for batch in range(0, RAIDERS, 20):
            if batch in {60, 120}:
                await self.moment(f"after {batch} joins")
            joins = [asyncio.create_task(self._join(panel, one)) for one in members[batch : batch + 20]]
            if batch == 0:
                await asyncio.wait(joins, return_when=asyncio.FIRST_COMPLETED)
                await self.moment("after the first join")
            await asyncio.gather(*joins)

    async def _join(self, panel: Json, raider: int) -> None:
        """Press Join until somebody says that one is in; a press too many is slowed down by the bot itself."""

        async def pressed() -> bool:
            told = await self.raid.hands.click(raider, int(panel["id"]), buttons(panel)["Join"])
            return "You are in" in words(told["message"])

        await self._insist(pressed)
        self.confirmed.add(raider)

    async def _steer(self, label: str, moment: str, shows: str) -> None:
        async def pressed() -> bool:
            if await self._says(shows):
                return True
            private = await self.raid.use("Odalys", "panel")
            if private["message"] and label in buttons(private["message"]):
                pressing = asyncio.create_task(self.raid.press("Odalys", private["message"], label))
                await self.moment(moment)
                await pressing
            return False

        await self._insist(pressed)

    async def _end(self) -> None:
        async def ended() -> bool:
            if await self._says("ended after"):
                return True
            private = await self.raid.use("Odalys", "panel")
            if private["message"] and "End" in buttons(private["message"]):
                asked = await self.raid.press("Odalys", private["message"], "End")
                if asked["message"] and "End it" in buttons(asked["message"]):
                    pressing = asyncio.create_task(self.raid.press("Odalys", asked["message"], "End it"))
                    await self.moment("as End is pressed")
                    await pressing
            return False

        await self._insist(ended)

    async def _insist(self, act: Callable[[], Awaitable[bool]]) -> None:
        """Do it again, with a human pause, until it has worked."""

        async def once() -> bool:
            done = await act()
            if not done:
                await asyncio.sleep(0.4)
            return done

        await until(once, f"it to work; not killed yet: {self.killed} {self.besides}")

    async def _says(self, part: str) -> bool:
        """Whether the panel says that; calls that the run is live may stand below it."""
        return part in words((await self.raid.panels())[0])

    async def _is_over(self) -> bool:
        panels = await self.raid.panels()
        said = [("ended after" in words(one), f"{RAIDERS + 1} raiders" in words(one)) for one in panels]
        return said == [(True, True)]

    async def check(self, database: Database) -> None:
        """Check that nothing confirmed was lost, nothing happened twice, and the panel is right."""
        await self.raid.hands.shift_clock(CALLS_STAND_S)
        await until(self._is_over, "the panel to say how it ended, and to stand alone")
        async with database.transaction() as tx:
            held = await tx.value(list[int], "SELECT array_agg(user_id) FROM run_join WHERE state = 'join'") or []
            joined = await tx.value(int, "SELECT count(*) FROM run_entry WHERE kind = 'joined'")
            kinds = await tx.value(
                list[str], "SELECT array_agg(kind ORDER BY id) FROM run_entry WHERE kind NOT IN ('joined', 'left')"
            )
        assert self.confirmed <= set(held)
        assert (len(held), joined) == (RAIDERS + 1, RAIDERS)
        assert kinds == ["opened", "started", "ended"]
