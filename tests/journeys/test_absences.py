"""The bot is taken out of a server and comes back, and Discord has outages: nothing is tried in vain, or lost."""

import pytest
from tests.support.house import KEY, until
from tests.support.raid import Raid
from tests.support.reading import Json, words
from tests.support.town import looks

from raidbot.bot.backend import Backend
from raidbot.core.ids import UserId
from raidbot.database.pool import Database
from raidbot.features.raiders import api as raiders

pytestmark = pytest.mark.journey

WAITS = ("Taken out of a server", "Discord does not show the server")


async def verify(raid: Raid, name: str, ign: str) -> None:
    """Let the record say that somebody is verified, whether Discord can show it or not."""
    ask = raiders.VerifyRaider(raid.guild_id, UserId(raid.people[name]), ign)
    async with Backend(raid.house.backend_url, KEY) as backend:
        await backend.call(raiders.verify_raider, ask, actor=UserId(raid.people["Alwyn"]))


async def in_vain(raid: Raid, after: int) -> list[str]:
    """What the bot asked of Discord since then and was not given."""
    told = await raid.hands.log(after)
    return [f"{one['method']} {one['path']} {one['status']}" for one in told["requests"] if one["status"] >= 400]


def complaints(raid: Raid, since: int) -> list[str]:
    """What the bot complained about since then, besides that it waits."""
    lines = raid.house.log("bot")[since:].splitlines()
    return [one for one in lines if "[error" in one or ("[warning" in one and not any(two in one for two in WAITS))]


async def a_run_and_a_panel(raid: Raid) -> Json:
    """Let a run be open with all that is told of it, and newcomers have their panel, which is returned."""
    await raid.use("Mira", "configverification send-panel")
    await raid.open()
    await raid.press("Rook", await raid.panel("Open"), "Join")
    await raid.panel("1 raider")
    await raid.logged(await raid.desk("Open"), "**Opened**", str(raid.people["Rook"]))
    return await raid.shown("get-verified", "Newt", "Get verified")


async def role(raid: Raid, name: str) -> int:
    view = await raid.hands.view(raid.guild_id, raid.people["Alwyn"])
    return next(int(one["id"]) for one in view["roles"] if one["name"] == name)


async def become_officer(raid: Raid, name: str) -> tuple[int, int]:
    """Let a raider be an officer instead; return both roles."""
    officer, raider = await role(raid, "Officer"), await role(raid, "Verified Raider")
    await raid.hands.set_roles(raid.guild_id, raid.people[name], [officer])
    return officer, raider


async def on_record(raid: Raid, database: Database, name: str, *, has: int, lost: int) -> None:
    """Wait until the record says that somebody holds one role and no longer another.

    What follows from that, as the role of the team does for staff, may have been given by then.
    """
    query = "SELECT $3 = ANY (role_ids) AND $4 <> ALL (role_ids) FROM member WHERE guild_id = $1 AND user_id = $2"

    async def known() -> bool:
        async with database.transaction() as tx:
            return bool(await tx.value(bool, query, raid.guild_id, raid.people[name], has, lost))

    await until(known, f"the record to know what {name} holds")


async def test_what_is_to_be_done_in_a_server_waits_while_the_bot_is_out_of_it_and_while_discord_hides_it(
    raid: Raid, database: Database
) -> None:
    panel = await a_run_and_a_panel(raid)
    asked, said = (await raid.hands.log())["next"], len(raid.house.log("bot"))

    await raid.hands.take_out(raid.guild_id)
    await raid.hands.delete(raid.people["Alwyn"], int(panel["id"]))
    await verify(raid, "Newt", "Newton")
    await raid.hands.shift_clock(3 * 3600)  # the run ends by itself, and all is compared
    await raid.hands.bring_back(raid.guild_id)
    await looks(raid, "Newt", "Newton")

    await raid.call("ancelled")
    again = await raid.shown("get-verified", "Newt", "Get verified")
    assert again["id"] != panel["id"]
    assert "Nothing waits" in words((await raid.use("Rook", "inbox"))["message"])

    await raid.hands.outage(raid.guild_id)
    officer, raider = await become_officer(raid, "Tansy")
    await verify(raid, "Fen", "Fenris")
    await raid.hands.shift_clock(120)
    await raid.hands.outage(raid.guild_id, over=True)
    await looks(raid, "Fen", "Fenris")
    await on_record(raid, database, "Tansy", has=officer, lost=raider)  # who has not acted since
    missed = [f"PATCH /channels/{panel['channel_id']}/messages/{panel['id']} 404"]  # how it learnt that it is gone
    assert (await in_vain(raid, asked), complaints(raid, said)) == (missed, [])

    await raid.house.kill("bot")
    await raid.hands.outage(raid.guild_id)
    await raid.house.start_bot()
    await verify(raid, "Pike", "Pikeman")
    await raid.hands.outage(raid.guild_id, over=True)
    await looks(raid, "Pike", "Pikeman")
    assert "Nothing waits" in words((await raid.use("Rook", "inbox"))["message"])
    assert await in_vain(raid, asked) == missed
