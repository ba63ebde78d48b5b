"""What goes wrong is told in a sentence that helps, and leaves nothing half-made behind."""

import asyncio
import itertools
from typing import Any

import pytest
from tests.support.house import KEY, until
from tests.support.raid import Raid
from tests.support.reading import Json, words

from discord_loopback.client import HandsError
from raidbot.bot.backend import Backend as Client
from raidbot.core.errors import InvalidRequest
from raidbot.core.ids import InteractionId, UserId
from raidbot.database.embedded import EmbeddedServer
from raidbot.database.pool import Database
from raidbot.features.runs.api import life as api

pytestmark = pytest.mark.journey

SEND_MESSAGES = 1 << 11
"""docs: Permissions, Bitwise Permission Flags"""


async def refused(raid: Raid, **options: Any) -> str:
    """What /run answers."""
    return words((await raid.open(**options))["message"])


async def left_behind(raid: Raid, database: Database) -> tuple[int, int, int]:
    """How many runs are open, organizers taken, and panels posted."""
    async with database.transaction() as tx:
        runs = await tx.value(int, "SELECT count(*) FROM run WHERE status IN ('open', 'live')")
        taken = await tx.value(int, "SELECT count(*) FROM organizer_activity")
    return runs or 0, taken or 0, len(await raid.panels())


async def settled(raid: Raid, about: str, **options: Any) -> Json:
    """Let the owner set up something."""
    return await raid.use("Alwyn", about, **options)


async def test_a_dungeon_that_does_not_exist(raid: Raid, database: Database) -> None:
    assert "no such dungeon. Pick one from the list" in await refused(raid, dungeon="the moon")
    assert await left_behind(raid, database) == (0, 0, 0)


async def test_a_description_of_5000_characters(raid: Raid, database: Database) -> None:
    with pytest.raises(HandsError, match="description"):
        await raid.open(description="x" * 5000)

    async with Client(raid.house.backend_url, KEY) as client:
        ask = api.OpenRun(guild_id=raid.house.guild_id, dungeon="void", note="x" * 5000)
        with pytest.raises(InvalidRequest, match=r"500.*note"):
            await client.call(api.open_run, ask, actor=UserId(raid.people["Odalys"]), key=InteractionId(5))
    assert await left_behind(raid, database) == (0, 0, 0)


async def test_everyone_in_the_name_of_the_party_pings_nobody_raids_8(raid: Raid) -> None:
    opened = await raid.open(party="@everyone <@&1> https://example.org", location="@here", description="@everyone go")
    panel = await raid.panel("Open")

    assert panel["pinged_everyone"] is None
    assert opened["message"]["pinged_everyone"] is None
    assert "@everyone" not in words(panel).replace("\\@everyone", "")
    assert "`@everyone <@&1> https://example.org`" in words(opened["message"])


async def test_a_bot_that_may_not_write_in_the_raid_channel(raid: Raid, database: Database) -> None:
    silenced = {"id": str(raid.people["Raid Bot"]), "type": 1, "allow": "0", "deny": str(SEND_MESSAGES)}
    await raid.hands.edit_channel(raid.channels["raid"], overwrites=[silenced])

    told = await until(lambda: said(raid, "Send Messages"), "the bot to notice")

    assert "An administrator gives me that there" in told
    assert await left_behind(raid, database) == (0, 0, 0)


async def said(raid: Raid, part: str) -> str | None:
    told = await refused(raid)
    return told if part in told else None


async def test_a_raid_channel_that_was_deleted(raid: Raid, database: Database) -> None:
    raid_channel = raid.channels.pop("raid")
    await raid.hands.edit_channel(raid_channel, delete=True)

    assert "maps another one with /setchannels" in await refused(raid)
    async with database.transaction() as tx:
        assert await tx.value(int, "SELECT count(*) FROM organizer_activity") == 0


async def test_no_raid_channel_is_mapped(raid: Raid, database: Database) -> None:
    cleared = await settled(raid, "setchannels", what="raid", clear=True)
    assert "is not set now. It was <#" in words(cleared["message"])

    assert "An administrator sets it with /setchannels" in await refused(raid)
    assert await left_behind(raid, database) == (0, 0, 0)


async def test_discord_stumbles_while_the_panel_is_posted_and_drawn_and_the_run_goes_on_raids_10(raid: Raid) -> None:
    await raid.hands.faults(fail=[{"route": "POST /channels/*/messages", "status": 500, "times": 2}])
    await raid.open()
    panel = await raid.panel("1 raider")

    await raid.hands.faults(fail=[{"route": "* /channels/*/messages/*", "status": 503, "times": 6}])
    joined = await raid.press("Rook", panel, "Join")
    assert "You are in" in words(joined["message"])

    await raid.panel("Open", "2 raiders")
    assert len(await raid.panels()) == 1


async def test_the_backend_is_away_and_comes_back(raid: Raid) -> None:
    await raid.open()
    panel = await raid.panel("1 raider")
    await raid.house.kill("backend")

    told = await raid.press("Rook", panel, "Join")
    assert "Nothing was changed; press again in a moment" in words(told["message"])
    assert "restarting" in await refused(raid, who="Quill")

    await raid.house.start_backend()
    again = await raid.press("Rook", panel, "Join")
    assert "You are in" in words(again["message"])
    await raid.panel("2 raiders")


async def test_the_database_is_away_and_comes_back(raid: Raid, postgres: EmbeddedServer) -> None:
    await raid.open()
    panel = await raid.panel("1 raider")
    await asyncio.to_thread(postgres.crash)

    told = await raid.press("Rook", panel, "Join")
    assert "press again" in words(told["message"]).lower() or "try again" in words(told["message"]).lower()

    shifts = itertools.count(20, 20)

    async def alarmed() -> bool:
        raid.house.clock_file.write_text(str(next(shifts)))
        return "database_away" in raid.house.log("backend") or await asyncio.sleep(0.3, result=False)

    await until(alarmed, "the operator to be told")
    await asyncio.to_thread(postgres.start)

    async def joined() -> bool:
        again = await raid.press("Tansy", panel, "Join")
        return "You are in" in words(again["message"]) or await asyncio.sleep(0.5, result=False)

    await until(joined, "joining to work again")
    await raid.panel("2 raiders")
