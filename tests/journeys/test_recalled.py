"""A backup is put back: what was done since stands in Discord's logs, and is proposed to be entered."""

from datetime import date
from pathlib import Path

import pytest
from tests.journeys.test_foreign import Thief
from tests.journeys.test_pops import live
from tests.support.house import KEY, House, a_house
from tests.support.raid import Raid
from tests.support.record import Record

from raidbot.backups.folder import Folder
from raidbot.backups.model import Kind
from raidbot.backups.taking import take
from raidbot.bot.backend import Backend as Client
from raidbot.core.clock import Clock
from raidbot.core.ids import InteractionId, UserId
from raidbot.features.points import api as points
from raidbot.features.raiders import api as raiders

pytestmark = pytest.mark.journey


async def typed(house: House, *words: str) -> str:
    """Type a command of the operator's, which ends well; return what it says."""
    code, told = await house.types(*words)
    assert code == 0, told
    return told


async def a_run_with_a_key(raid: Raid, clock: Clock) -> tuple[str, set[date]]:
    """Play a run in which a key pops; return the number of its log, which is archived, and the days on which it was."""
    began = clock.now().date()
    private = await live(raid)
    await raid.press("Odalys", private, "Key popped")
    desk = await raid.desk("Live")
    asked = await raid.press("Odalys", desk, "End")
    await raid.press("Odalys", asked["message"], "End it")
    await raid.logged(desk, "**Opened**", "**Key 1 popped**", "**Ended**")
    await raid.hands.change_channel(raid.people["Alwyn"], int(desk["id"]), archived=True)
    return str(desk["id"]), {began, clock.now().date()}


async def in_threads_that_are_put_away(raid: Raid) -> None:
    """Write with the bot's account in a public and a private thread of the run log, and archive both."""
    account = Thief(raid)
    for name, kind in (("older", 11), ("private", 12)):
        thread = await account.call(
            "POST", f"/channels/{raid.channels['raid-log']}/threads", {"name": name, "type": kind}
        )
        await account.call("POST", f"/channels/{thread['id']}/messages", {"content": f"Told in {name}"})
        await account.call("PATCH", f"/channels/{thread['id']}", {"archived": True})


def tells_what_was_put_away(told: str) -> None:
    assert [told.count(one) for one in ("“Told in older”", "“Told in private”", "“**Ended**")] == [1, 1, 0]
    assert "not read" not in told


async def test_what_was_done_since_the_backup_is_proposed_until_it_is_entered(record: Record, tmp_path: Path) -> None:
    async with a_house(record.where.url, tmp_path) as (house, hands):
        raid = await Raid.of(house, hands)
        rook, newt, odalys = (raid.people[one] for one in ("Rook", "Newt", "Odalys"))
        await raid.use("Security Sten", "verify", member=str(rook), ign="Castle")
        await raid.shown("veri-log", "Alwyn", "is verified as **Castle**")
        await take(record.where, Folder(tmp_path / "backups"), Kind.BY_HAND, Clock(house.clock_file))

        await raid.use("Security Sten", "verify", member=str(newt), ign="Newt")
        await raid.use("Security Sten", "editname", member=str(newt), ign="Newtron")
        await raid.shown("veri-log", "Alwyn", "is renamed from **Newt** to **Newtron**")
        log, days = await a_run_with_a_key(raid, Clock(house.clock_file))
        await in_threads_that_are_put_away(raid)
        await house.kill("bot")
        await house.kill("backend")
        await typed(house, "restore", "latest", "--yes")

        told = await typed(house, "restore", "--from-discord")
        tells_what_was_put_away(told)
        assert f"/verify member:{newt} ign:Newtron  https://discord.com/channels/{house.guild_id}/" in told
        assert f"Shatters, run 1, led by {odalys}, ended  https://discord.com/channels/{house.guild_id}/" in told
        assert any(f"/logrun dungeon:shatters when:{day} reason:log {log} amount:1" in told for day in days)
        assert "Castle" not in told

        await house.start_backend()
        async with Client(house.backend_url, KEY) as client:
            ask = raiders.VerifyRaider(house.guild_id, UserId(newt), "Newtron", "")
            await client.call(raiders.verify_raider, ask, actor=UserId(raid.people["Alwyn"]), key=InteractionId(1))
            entered = points.LogRun(
                guild_id=house.guild_id,
                user_id=UserId(odalys),
                dungeon="shatters",
                amount=1,
                reason=f"log {log}",
                when=None,
            )
            await client.call(points.log_run, entered, actor=UserId(raid.people["Alwyn"]), key=InteractionId(2))

        told = await typed(house, "restore", "--from-discord")
        assert "/verify" not in told
        assert "/logrun" not in told
