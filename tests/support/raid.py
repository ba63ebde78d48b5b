"""A raid as its members play it: named people of the sample server, and what they do."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest_asyncio
from tests.support.house import House, a_house, until
from tests.support.reading import Json, buttons, menus, said, words

from discord_loopback.client import Hands, HandsError
from raidbot.core.ids import GuildId


@dataclass
class Raid:
    """The sample server, or another one of the house, seen through its members' eyes."""

    house: House
    hands: Hands
    people: dict[str, int]
    channels: dict[str, int]
    extra: list[int]
    """Verified raiders without a name of their own, where the house was built with some."""
    guild_id: GuildId

    @classmethod
    async def of(cls, house: House, hands: Hands, number: int = 0) -> "Raid":
        guild_id = house.guild_ids[number]
        state = await hands.state()
        people = {user["name"]: int(user["id"]) for user in state["users"]}
        view = await hands.view(guild_id, people["Alwyn"])
        people |= {member["name"]: int(member["id"]) for member in view["members"]}
        first, second = (people.get(f"raider0000{number}", 0) for number in (1, 2))
        extra = [first + number * (second - first) for number in range(house.members)]
        return cls(house, hands, people, {one["name"]: int(one["id"]) for one in view["channels"]}, extra, guild_id)

    async def use(self, who: str, command: str, *, wait: str | None = "answered", **options: Any) -> Json:
        """Use a slash command in the channel for commands, and wait for its answer."""
        where = (self.guild_id, self.channels["bot-commands"])
        return await self.hands.command(self.people[who], *where, command, options, wait=wait)

    async def open(
        self, who: str = "Odalys", dungeon: str = "lost_halls", *, wait: str | None = "answered", **options: Any
    ) -> Json:
        """Open a run; returns the interaction, whose message is the organizer's private panel."""
        return await self.use(who, "run", wait=wait, dungeon=dungeon, **options)

    async def replay(self, channel: str, custom_ids: Sequence[str]) -> Json:
        """Let a message of the bot's stand in a channel with five buttons in a row that do these things."""
        rows = [
            {"type": 1, "components": [{"type": 2, "style": 2, "label": "?", "custom_id": one} for one in row]}
            for row in (custom_ids[at : at + 5] for at in range(0, len(custom_ids), 5))
        ]
        url = f"{self.house.api_url}/channels/{self.channels[channel]}/messages"
        headers = {"Authorization": f"Bot {self.house.discord['token']}"}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.post(url, json={"content": "old", "components": rows}) as answer,
        ):
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def press(self, who: str, message: Json, label: str, *, wait: str | None = "answered") -> Json:
        """Press the button with that label."""
        return await self.hands.click(self.people[who], int(message["id"]), buttons(message)[label], wait=wait)

    async def choose(self, who: str, message: Json, value: str) -> Json:
        """Choose a value in the menu of a message."""
        custom_id = next(menu for menu, values in menus(message).items() if value in values)
        return await self.hands.select(self.people[who], int(message["id"]), custom_id, [value])

    async def panels(self, who: str = "Rook") -> list[Json]:
        """All messages with buttons or words in the raid channel, as a member sees them, oldest first."""
        shown = await self.hands.messages(self.channels["raid"], self.people[who])
        return [one for one in shown if not one.get("ephemeral_for")]

    async def said(self, channel: str, text: str, who: str = "Alwyn") -> Json:
        """Wait until a message of a channel says that, and return it."""

        async def found() -> Json | None:
            told = await self.hands.messages(self.channels[channel], self.people[who])
            return next((one for one in told if text in words(one)), None)

        return await until(found, f"{channel} to say {text}")

    async def shown(self, channel: str, who: str, *says: str) -> Json:
        """Wait for a message in a channel that says all of that, boxes too, as a member sees it; the newest."""

        async def found() -> Json | None:
            messages = await self.hands.messages(self.channels[channel], self.people[who])
            return next((one for one in messages[::-1] if all(part in said(one) for part in says)), None)

        return await until(found, f"{channel} to say {says}")

    async def panel(
        self, *says: str, without: str | None = None, number: int = -1, instead_of: Json | None = None
    ) -> Json:
        """Wait until a panel says all of that, and return it."""

        async def found() -> Json | None:
            panels = await self.panels()
            if not panels or (instead_of and panels[number]["id"] == instead_of["id"]):
                return None
            shown = words(panels[number])
            right = all(part in shown for part in says) and (without is None or without not in shown)
            return panels[number] if right else None

        return await until(found, f"the panel to say {says}")

    async def call(self, *says: str) -> Json:
        """Wait until a message in the raid channel says all of that, wherever it stands, and return it."""

        async def found() -> Json | None:
            return next((one for one in await self.panels() if all(part in words(one) for part in says)), None)

        return await until(found, f"a message to say {says}")

    async def desk(self, *says: str, who: str = "Mira", number: int = -1) -> Json:
        """Wait until the desk of a run says all of that, and return it."""

        async def found() -> Json | None:
            shown = await self.hands.messages(self.channels["raid-log"], self.people[who])
            desks = [one for one in shown if not one.get("ephemeral_for") and one.get("components")]
            return desks[number] if desks and all(part in words(desks[number]) for part in says) else None

        return await until(found, f"the desk to say {says}")

    async def logged(self, desk: Json, *says: str, who: str = "Mira") -> list[str]:
        """Wait until the log below a desk says all of that, and return its messages."""

        async def found() -> list[str] | None:
            entries = await self.entries(desk, who)
            return entries if all(any(part in one for one in entries) for part in says) else None

        return await until(found, f"the log to say {says}")

    async def entries(self, desk: Json, who: str = "Mira") -> list[str]:
        """What the log below a desk says, a message each."""
        return [one["embeds"][0]["description"] for one in await self._thread(desk, who) if one.get("embeds")]

    async def _thread(self, desk: Json, who: str) -> list[Json]:
        """All messages in the thread of a desk, which is started a moment after it stands."""
        try:
            return await self.hands.messages(int(desk["id"]), self.people[who], limit=100)
        except HandsError as missing:
            if missing.status == 404:
                return []
            raise

    async def in_thread(self, desk: Json, *says: str, who: str = "Mira") -> Json:
        """Wait for a message in the thread of a desk that says all of that."""

        async def found() -> Json | None:
            shown = await self._thread(desk, who)
            return next((one for one in shown[::-1] if all(part in words(one) for part in says)), None)

        return await until(found, f"the thread to say {says}")


@pytest_asyncio.fixture
async def raid(database_url: str, tmp_path: Path) -> AsyncGenerator[Raid]:
    """Backend, loopback and bot as processes, and the people of the sample server."""
    async with a_house(database_url, tmp_path) as (house, hands):
        yield await Raid.of(house, hands)
