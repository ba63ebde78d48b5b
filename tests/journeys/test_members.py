"""The bot tells the backend what members hold, before it matters, and registers commands only when they changed."""

import pytest
from tests.support.house import until
from tests.support.raid import Raid
from tests.support.reading import words

from raidbot.database.pool import Database

pytestmark = pytest.mark.journey


async def roles_of(raid: Raid) -> dict[str, int]:
    view = await raid.hands.view(raid.house.guild_id, raid.people["Alwyn"])
    return {one["name"]: int(one["id"]) for one in view["roles"]}


async def test_a_suspension_counts_with_the_very_next_press(raid: Raid) -> None:
    roles = await roles_of(raid)
    await raid.open()
    panel = await raid.panel("Open")
    assert "You are in" in words((await raid.press("Rook", panel, "Join"))["message"])
    await raid.press("Rook", panel, "Leave")

    await raid.hands.set_roles(raid.house.guild_id, raid.people["Rook"], [roles["Verified Raider"], roles["Suspended"]])

    assert "You are suspended" in words((await raid.press("Rook", panel, "Join"))["message"])


async def test_who_becomes_an_organizer_may_open_a_run_at_once(raid: Raid) -> None:
    roles = await roles_of(raid)
    assert "needs the rank Organizer" in words((await raid.open(who="Rook"))["message"])

    await raid.hands.set_roles(raid.house.guild_id, raid.people["Rook"], [roles["Verified Raider"], roles["Organizer"]])

    assert "The panel" in words((await raid.open(who="Rook"))["message"])


async def test_who_leaves_holds_nothing_any_more(raid: Raid, database: Database) -> None:
    await raid.hands.leave(raid.people["Rook"], raid.house.guild_id)

    async def gone() -> bool:
        async with database.transaction() as tx:
            present = await tx.value(bool, "SELECT present FROM member WHERE user_id = $1", raid.people["Rook"])
        return present is False

    await until(gone, "the backend to know")


async def test_a_bot_that_starts_again_registers_nothing_anew_and_forgets_nobody(raid: Raid) -> None:
    await raid.open()
    panel = await raid.panel("1 raider")
    await raid.house.kill("bot")
    before = (await raid.hands.log())["next"]

    await raid.house.start_bot()

    assert "You are in" in words((await raid.press("Rook", panel, "Join"))["message"])
    requests = (await raid.hands.log(before))["requests"]
    assert [one for one in requests if one["method"] == "PUT" and "commands" in one["path"]] == []
