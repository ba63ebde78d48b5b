"""An administrator sets a server up, looks it over, and carries its configuration in a file."""

from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from tests.support.house import a_house, until
from tests.support.raid import Raid
from tests.support.reading import Json, buttons, words

from discord_loopback import servers
from discord_loopback.client import file
from raidbot.core.permissions import Permission
from raidbot.database.pool import Database

pytestmark = pytest.mark.journey

BARE = Path(servers.__file__).parent / "servers" / "bare_server.yaml"


async def things(raid: Raid) -> Counter[str]:
    """The names of all roles and channels, and how often each is there."""
    view = await raid.hands.view(raid.house.guild_id, raid.people["Alwyn"])
    return Counter([*(one["name"] for one in view["roles"]), *(f"#{one['name']}" for one in view["channels"])])


async def use(raid: Raid, command: str, **options: Any) -> Json:
    where = (raid.house.guild_id, raid.channels["general"])
    return await raid.hands.command(raid.people["Alwyn"], *where, command, options)


async def killed_half_way(raid: Raid) -> int:
    """Kill the bot once some of it is made; return how much that was."""

    async def half_made() -> bool:
        return len(await things(raid)) >= 9

    await until(half_made, "some roles to be there")
    await raid.house.kill("bot")
    return len(await things(raid))


async def all_made(database: Database) -> None:
    async def made() -> bool:
        async with database.transaction() as tx:
            return not await tx.value(int, "SELECT count(*) FROM guild_creation WHERE state <> 'made'")

    await until(made, "the rest to be made by itself")


async def crashed_before_writing_down(raid: Raid, database: Database) -> None:
    """Take back what is on record of two things that stand in Discord, as if the bot had died a moment after both."""
    await raid.house.kill("bot")
    async with database.transaction() as tx:
        await tx.run("UPDATE guild_creation SET state = 'open', made = NULL WHERE key IN ('team', 'bot_log')")
        await tx.run("DELETE FROM guild_role WHERE key = 'team'")
        await tx.run("DELETE FROM guild_channel WHERE key = 'bot_log'")
    await raid.house.start_bot()
    await all_made(database)


async def test_a_bare_server_is_set_up_in_two_acts_though_the_bot_is_killed_in_between(
    database_url: str, database: Database, tmp_path: Path
) -> None:
    async with a_house(database_url, tmp_path, server=BARE) as (house, hands):
        raid = await Raid.of(house, hands)
        begun = (await use(raid, "setup"))["message"]
        await raid.press("Alwyn", begun, "Create all 26", wait=None)
        half = await killed_half_way(raid)
        await house.start_bot()
        await all_made(database)

        pressed = await raid.press("Alwyn", begun, "Create all 26")  # once more, on the old message
        done = await use(raid, "setup")

        there = await things(raid)
        assert "step 2 of 3" in words(begun)
        assert half < len(there) == 1 + 1 + 10 + 1 + 3 + 16
        assert set(there.values()) == {1}
        for told in (pressed["message"], done["message"]):
            assert "step 3 of 3" in words(told)
            assert "❌" not in words(told)
        raid = await Raid.of(house, hands)
        await use(raid, "run", dungeon="lost_halls")
        shown = await hands.messages(raid.channels["raids"], raid.people["Alwyn"])
        assert "Lost Halls" in words(shown[-1])
        seen = {one["name"] for one in (await hands.view(house.guild_id, raid.people["Rook"]))["channels"]}
        assert {"get-verified", "notices", "contact-staff"} <= seen
        assert not {"raids", "modmail", "raid-log"} & seen

        await crashed_before_writing_down(raid, database)
        assert await things(raid) == there
        assert "Bot Log** is <#" in words((await use(raid, "setchannels", what="bot_log"))["message"])


async def test_the_doctor_finds_what_was_broken_and_is_content_once_it_is_mended(raid: Raid) -> None:
    bot, raid_channel = int(raid.house.discord["application_id"]), raid.channels["raid"]
    denied = {"id": str(bot), "type": 1, "allow": "0", "deny": str(int(Permission.SEND_MESSAGES))}
    allowed = {**denied, "allow": denied["deny"], "deny": "0"}
    view = await raid.hands.view(raid.house.guild_id, raid.people["Alwyn"])
    muted = next(int(one["id"]) for one in view["roles"] if one["name"] == "Muted")
    await raid.hands.permit(raid.people["Alwyn"], raid_channel, [denied])
    await raid.hands.delete_channel(raid.people["Alwyn"], raid.channels["raid-log"])
    await raid.hands.delete_role(raid.people["Alwyn"], raid.house.guild_id, muted)

    async def found() -> Json | None:
        told = (await raid.use("Alwyn", "doctor"))["message"]
        return told if words(told).count("\n-# →") >= 5 else None

    told = await until(found, "the doctor to see it")
    warned = await raid.use("Alwyn", "setchannels", what="raid", channel=str(raid_channel))
    refused = await raid.use("Alwyn", "setchannels", what="quota", dungeon="void", clear=True)

    for says in ("I lack **Send Messages**", "Raid Log channel is gone", "Muted role is gone"):
        assert says in words(told)
    assert "I lack Send Messages there" in words(warned["message"])
    assert "Raid, Early Loc, Verified Raider may differ" in words(refused["message"])
    assert "not_per_dungeon" in raid.house.log("bot")

    await raid.hands.permit(raid.people["Alwyn"], raid_channel, [allowed])
    await raid.use("Alwyn", "setchannels", what="raid_log", channel=str(raid.channels["bot-log"]))
    await raid.use("Alwyn", "setroles", what="muted", clear=True)

    async def content() -> bool:
        return "problem" not in words((await raid.press("Alwyn", told, "Look again"))["message"])

    await until(content, "the doctor to be content")


async def test_a_configuration_is_exported_changed_and_imported_once(raid: Raid) -> None:
    out = await raid.use("Alwyn", "config export")
    async with aiohttp.ClientSession() as session, session.get(out["message"]["attachments"][0]["url"]) as answer:
        text = await answer.text()
    changed = text.replace("\nsettings: {}", "\nsettings:\n  roster: all")
    changed = "\n".join(line for line in changed.splitlines() if "quota:" not in line)

    bad = await raid.use("Alwyn", "config import", file=file("c.yaml", changed.replace("all", "alle").encode()))
    shown = await raid.use("Alwyn", "config import", file=file("c.yaml", changed.encode()))
    await raid.use("Alwyn", "settings set", setting="open_minutes", value="30")
    stale = await raid.press("Alwyn", shown["message"], "Apply")
    applied = await raid.press("Alwyn", stale["message"], "Apply")
    quota = await raid.use("Alwyn", "setchannels", what="quota")

    assert "# @Organizer" in text
    assert "`settings.roster`: roster takes one of staff, all" in words(bad["message"])
    assert "2 changes to apply" in words(shown["message"])
    assert "nothing was applied" in words(stale["message"])
    assert "open_minutes: **30** → not set" in words(stale["message"])
    assert "✅ Applied" in words(applied["message"])
    assert buttons(applied["message"]) == {}
    assert "**Quota** is not set" in words(quota["message"])
