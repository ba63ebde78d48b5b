"""Commands besides those of runs, as members use them."""

import re
from typing import Any

import aiohttp
import pytest
from msgspec.structs import replace
from tests.support.house import KEY, until
from tests.support.raid import Raid
from tests.support.reading import words

from raidbot.backups.folder import Folder
from raidbot.backups.model import Kind
from raidbot.backups.taking import take
from raidbot.bot.backend import Backend as Client
from raidbot.core.alerts import RunbookPage
from raidbot.core.clock import Clock
from raidbot.database.connection import DatabaseSettings
from raidbot.features.alerts.api import NoteAlert, note_alert

pytestmark = pytest.mark.journey


async def answer(raid: Raid, who: str, command: str, **options: Any) -> str:
    """What a member reads after a command, without the signs that keep markup from working."""
    return words((await raid.use(who, command, **options))["message"]).replace("\\", "")


async def trail(raid: Raid, says: str) -> str:
    """Wait until the audit trail says that: a use is written down while its member reads the answer."""

    async def found() -> str | None:
        told = await answer(raid, "Mira", "audit")
        return told if re.search(says, told) else None

    return await until(found, f"the trail to say {says}")


async def test_help_shows_each_rank_what_it_may_use_and_explains_one_command_community_b22(raid: Raid) -> None:
    raider = await answer(raid, "Rook", "help")
    organizer = await answer(raid, "Odalys", "help")
    first = await raid.use("Alwyn", "help")
    owner = words((await raid.press("Alwyn", first["message"], "More"))["message"])

    assert "/ping" in raider
    assert "/run`" not in raider
    assert "/run`" in organizer
    assert "/setroles" not in organizer
    assert "/setroles" in owner
    assert "It needs Organizer or higher" in await answer(raid, "Rook", "help", about="run")
    assert "/help lists those" in await answer(raid, "Rook", "help", about="nothing")
    await trail(raid, "unknown_command")


async def test_ping_tells_how_long_each_part_takes(raid: Raid) -> None:
    told = await answer(raid, "Rook", "ping")

    assert "backend" in told
    assert "database" in told
    assert "RealmEye answers" in told
    assert "away" not in told


async def figures(port: int) -> str:
    url = f"http://127.0.0.1:{port}/metrics"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return await answer.text()


async def test_the_figures_tell_how_long_interactions_took_how_old_backups_are_and_how_full_the_disk_is(
    raid: Raid,
) -> None:
    await raid.open()
    await raid.press("Rook", await raid.panel("Open"), "Join")

    counted = (
        'raidbot_bot_interaction_seconds_count{what="/run"} 1.0\n',
        'raidbot_bot_interaction_seconds_count{what="run:join"} 1.0\n',
        "raidbot_bot_answered_seconds_count 2.0\n",
        "raidbot_bot_painter_backlog 0.0\n",
    )

    async def drawn() -> str | None:
        told = await figures(raid.house.figures_port)
        return told if all(one in told for one in counted) else None

    told = await until(drawn, "both to be counted, and everything to be drawn")
    assert "raidbot_bot_gateway_seconds 0.0\n" not in told
    assert 'path="/guilds/{guild_id}/runs"' in told
    assert 'raidbot_bot_discord_requests_total{method="PATCH",status="429"}' not in told
    await tell_of_backups_and_the_disk(raid)


async def tell_of_backups_and_the_disk(raid: Raid) -> None:
    """Take a backup, wait until the backend shows how old it is, and let nobody take another one for hours."""
    taken = await take(
        DatabaseSettings(raid.house.database_url), Folder(raid.house.folder / "var" / "backups"), Kind.BY_HAND, Clock()
    )
    await raid.hands.shift_clock(60)

    async def seen() -> str | None:
        told = await figures(raid.house.backend_figures_port)
        shown = re.search(r"^raidbot_backup_verified_timestamp_seconds (.+)$", told, re.MULTILINE)
        return told if shown and float(shown[1]) == taken.taken_at.timestamp() else None

    told = await until(seen, "the backup to be seen")
    assert "raidbot_backup_copied_timestamp_seconds 0.0" in told
    assert re.search(r"^raidbot_disk_used_ratio 0\.\d+$", told, re.MULTILINE)

    await raid.hands.shift_clock(3 * 3600)
    late = words(await raid.said("bot-log", "🚨 The newest good backup is 3 h"))
    assert "runbook, page backup-late" in late


async def test_an_alert_and_its_end_stand_in_the_log_of_the_bot(raid: Raid) -> None:
    ask = NoteAlert(name="job_sweep", sentence="The job sweep failed 3 times.", page=RunbookPage.JOB_FAILS, raised=True)
    async with Client(raid.house.backend_url, KEY) as client:
        await client.call(note_alert, ask)
        told = await raid.said("bot-log", "🚨 The job sweep failed 3 times.")
        await client.call(note_alert, replace(ask, raised=False))

    await raid.said("bot-log", "Over after 0 minutes")
    assert "runbook, page job-fails" in words(told)


async def test_a_role_or_channel_that_cannot_be_used_is_refused_with_what_to_do_and_changes_nothing(raid: Raid) -> None:
    view = await raid.hands.view(raid.house.guild_id, raid.people["Alwyn"])
    roles = {one["name"]: one["id"] for one in view["roles"]}

    told = await answer(raid, "Alwyn", "setroles", what="suspended", role=roles["Raid Bot"])
    listed = await answer(raid, "Alwyn", "setroles")

    assert "belongs to an integration, so nobody can give or take it. Choose another" in told
    assert f"Suspended: <@&{roles['Suspended']}>" in listed
    await no_messages_are_taken(raid)


async def no_messages_are_taken(raid: Raid) -> None:
    """Try to map channels of other kinds, which is refused with why."""
    before, channel = await answer(raid, "Alwyn", "setchannels"), ""
    url = f"{raid.house.api_url}/guilds/{raid.guild_id}/channels"
    kinds = [(15, "raid", "is a forum"), (13, "raid_log", "is a stage"), (4, "notices", "is a category")]
    kinds += [(2, "bot_log", "is a voice channel"), (5, "getverified", "private thread")]
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {raid.house.discord['token']}"}) as session:
        for kind, key, why in kinds:
            async with session.post(url, json={"name": f"of kind {kind}", "type": kind}) as made:
                channel = (await made.json())["id"]
            told = await answer(raid, "Alwyn", "setchannels", what=key, channel=channel)
            assert why in told, told
            assert "Choose a text channel" in told
    assert await answer(raid, "Alwyn", "setchannels") == before
    news = await answer(raid, "Alwyn", "setchannels", what="quota", channel=channel)
    assert f"**Quota** is <#{channel}> now" in news  # an announcement channel will do for that


async def test_settings_are_shown_set_refused_and_reset(raid: Raid) -> None:
    assert "**auto_end_minutes**: 120" in await answer(raid, "Alwyn", "settings view")
    assert "is 90 now" in await answer(raid, "Alwyn", "settings set", setting="auto_end_minutes", value="90")
    assert "from 1 to 1440" in await answer(raid, "Alwyn", "settings set", setting="auto_end_minutes", value="never")
    assert "is 120 again" in await answer(raid, "Alwyn", "settings reset", setting="auto_end_minutes")


async def test_a_bot_is_no_raider(raid: Raid) -> None:
    told = await answer(raid, "Security Sten", "verify", member=str(raid.people["Raid Bot"]), ign="Botty")

    assert "Bots do not raid" in told
    await trail(raid, "cannot_verify")


async def test_a_run_without_a_raid_channel_is_in_the_audit_trail_as_refused_community_w24(raid: Raid) -> None:
    await raid.use("Alwyn", "setchannels", what="raid", clear=True)
    await raid.open()

    assert "/setchannels" in await trail(raid, "unmapped")


async def test_a_run_that_the_bot_cannot_post_is_in_the_audit_trail_as_refused(raid: Raid) -> None:
    silenced = {"id": str(raid.people["Raid Bot"]), "type": 1, "allow": "0", "deny": str(1 << 11)}
    await raid.hands.edit_channel(raid.channels["raid"], overwrites=[silenced])
    await raid.open()

    await trail(raid, "bot_cannot_post|not_posted")


async def test_a_raider_is_refused_what_is_not_theirs(raid: Raid) -> None:
    assert "This needs the rank Organizer or higher" in await answer(raid, "Rook", "run", dungeon="void")
    assert "You lead no run now" in await answer(raid, "Rook", "panel")
