"""A server that wants its raiders called by a role: each run has one of its own, and no other role is touched."""

import pytest
from tests.support.house import until
from tests.support.raid import Raid
from tests.support.reading import Json, words

from raidbot.database.pool import Database

pytestmark = pytest.mark.journey


async def seen(raid: Raid) -> Json:
    return await raid.hands.view(raid.house.guild_id, raid.people["Mira"])


async def roles_of_runs(raid: Raid) -> list[Json]:
    return [role for role in (await seen(raid))["roles"] if role["name"].startswith("Lost Halls · run")]


async def role_of_run(raid: Raid) -> Json | None:
    return next(iter(await roles_of_runs(raid)), None)


async def holders(raid: Raid, role: Json) -> set[str]:
    names = {str(number): name for name, number in raid.people.items()}
    return {names[one["id"]] for one in (await seen(raid))["members"] if role["id"] in one["roles"]}


async def crashed_before_writing_down(raid: Raid, database: Database) -> None:
    """Take back what is on record of a role that stands in Discord, as if the bot had died a moment after making it."""
    await raid.house.kill("bot")
    async with database.transaction() as tx:
        await tx.run("UPDATE run_role SET role_id = NULL")
    await raid.house.start_bot()


async def test_raiders_hold_the_role_of_their_run_while_they_are_in_and_it_goes_with_the_run(
    raid: Raid, database: Database
) -> None:
    await raid.use("Alwyn", "settings set", setting="run_ping", value="role")
    opened = await raid.open(party="p", location="l")
    panel = await raid.panel("Open")
    for who in ("Rook", "Tansy", "Pike"):
        await raid.press(who, panel, "Join")
    role = await until(lambda: role_of_run(raid), "the role")

    async def held_by(*who: str) -> bool:
        return await holders(raid, role) == set(who)

    await until(lambda: held_by("Rook", "Tansy", "Pike"), "the raiders to hold it")
    await raid.press("Tansy", panel, "Leave")
    await until(lambda: held_by("Rook", "Pike"), "who left to hold it no more")

    await raid.press("Odalys", opened["message"], "Start")
    call = await raid.call("is live")
    assert (call["pinged_roles"], call["pinged"]) == ([role["id"]], [])
    assert f"<@&{role['id']}>" in words(call)

    await crashed_before_writing_down(raid, database)

    async def known_again() -> bool:
        async with database.transaction() as tx:
            return await tx.value(int, "SELECT role_id FROM run_role") == int(role["id"])

    await until(known_again, "the role to be on record again")
    assert [one["id"] for one in await roles_of_runs(raid)] == [role["id"]]
    asked = await raid.press("Odalys", await raid.desk("Live"), "End")
    await raid.press("Odalys", asked["message"], "End it")

    async def gone() -> bool:
        return await role_of_run(raid) is None

    await until(gone, "the role to go")
