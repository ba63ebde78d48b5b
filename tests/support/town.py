"""The sample server with a panel of verification and a RealmEye beside it, and what members do there."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest_asyncio
from tests.support.house import a_house, until
from tests.support.raid import Raid
from tests.support.reading import Json, said

from discord_loopback.client import file
from realmeye_loopback.client import RealmEye

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 200


@pytest_asyncio.fixture
async def town(database_url: str, tmp_path: Path) -> AsyncGenerator[tuple[Raid, RealmEye]]:
    """The sample server with its panel, and a RealmEye beside it."""
    async with a_house(database_url, tmp_path) as (house, hands):
        await house.start_realmeye()
        raid = await Raid.of(house, hands)
        await raid.use("Mira", "configverification send-panel")
        async with RealmEye(house.realmeye_url) as realmeye:
            yield raid, realmeye


async def looks(raid: Raid, name: str, nick: str) -> None:
    async def right() -> bool:
        view = await raid.hands.view(raid.guild_id, raid.people["Alwyn"])
        role = next(one["id"] for one in view["roles"] if one["name"] == "Verified Raider")
        now = next(one for one in view["members"] if int(one["id"]) == raid.people[name])
        return now["nick"] == nick and role in now["roles"]

    await until(right, f"{name} to be called {nick}")


async def fill(raid: Raid, who: str, message: Json, label: str, **fields: str) -> Json:
    """Press a button that opens a form, and send it."""
    form = await raid.press(who, message, label, wait="first")
    return await raid.hands.submit(raid.people[who], int(form["id"]), dict(fields))


async def by_form(raid: Raid, panel: Json) -> Json:
    """Let Newt send a screenshot by a form; return the message with the code."""
    begun = (await fill(raid, "Newt", panel, "Get verified", ign="Newton"))["message"]
    how = (await raid.press("Newt", begun, "Screenshot instead"))["message"]
    form = await raid.press("Newt", how, "Send picture", wait="first")
    waiting = await raid.hands.submit(raid.people["Newt"], int(form["id"]), {"screenshot": [file("a.png", PNG)]})
    assert "1st in line" in said(waiting["message"])
    return begun
