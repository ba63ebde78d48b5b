"""Staff verify a member by hand: the record first, then what Discord shows."""

import pytest
from tests.support.house import until
from tests.support.raid import Raid
from tests.support.reading import Json, words

pytestmark = pytest.mark.journey


async def member(raid: Raid, name: str) -> Json:
    view = await raid.hands.view(raid.house.guild_id, raid.people["Alwyn"])
    return next(one for one in view["members"] if int(one["id"]) == raid.people[name])


async def test_verifying_gives_role_and_nickname_and_lets_the_raider_join(raid: Raid) -> None:
    told = await raid.use("Security Sten", "verify", member=str(raid.people["Newt"]), ign="Newtron")

    newt = await member(raid, "Newt")
    assert "is verified as **Newtron**" in words(told["message"])
    assert "⚠️" not in words(told["message"])
    assert newt["nick"] == "Newtron"
    await raid.open()
    joined = await raid.press("Newt", await raid.panel("Open"), "Join")
    assert "You are in" in words(joined["message"])


async def test_an_ign_that_somebody_has_is_refused(raid: Raid) -> None:
    await raid.use("Security Sten", "verify", member=str(raid.people["Newt"]), ign="Newtron")

    told = await raid.use("Security Sten", "verify", member=str(raid.people["Rook"]), ign="NEWTRON")

    assert "⚠️" in words(told["message"])
    assert (await member(raid, "Rook"))["nick"] != "NEWTRON"


async def test_what_discord_does_not_allow_is_told_and_done_as_soon_as_it_does(raid: Raid) -> None:
    await raid.hands.faults(fail=[{"route": "PATCH /guilds/*/members/*", "status": 500, "times": 6}])

    told = await raid.use("Security Sten", "verify", member=str(raid.people["Newt"]), ign="Newtron")
    assert "is verified as **Newtron**" in words(told["message"])
    await raid.hands.faults()
    await raid.hands.shift_clock(3600)

    async def named() -> bool:
        return (await member(raid, "Newt"))["nick"] == "Newtron"

    await until(named, "the nickname to be set")
