"""Members: who may change whom."""

from typing import Any

import pytest
from tests.loopback.conftest import Here
from tests.loopback.ids import (
    ADMINISTRATOR,
    ALWYN,
    BOT_ROLE,
    GUILD,
    MIRA,
    NEWT,
    ORYX_3,
    ROOK,
    SUSPENDED,
    TANSY,
    VERIFIED,
)
from tests.loopback.rules import rule

from discord_loopback.model import Channel, Role

MEMBERS = f"/guilds/{GUILD}/members"
FAR = "2090-01-01T00:00:00+00:00"

CHANGES: list[tuple[str, str, Any, int, int]] = [
    ("PUT", f"{MEMBERS}/{NEWT}/roles/{VERIFIED}", None, 204, 0),
    ("DELETE", f"{MEMBERS}/{ROOK}/roles/{VERIFIED}", None, 204, 0),
    ("PUT", f"{MEMBERS}/{NEWT}/roles/{BOT_ROLE}", None, 403, 50013),
    ("PUT", f"{MEMBERS}/{NEWT}/roles/{GUILD}", None, 403, 50013),
    ("PUT", f"{MEMBERS}/{ALWYN}/roles/{ORYX_3}", None, 204, 0),
    ("PATCH", f"{MEMBERS}/{ROOK}", {"nick": "R"}, 200, 0),
    ("PATCH", f"{MEMBERS}/{ROOK}", {"nick": "x" * 33}, 400, 50035),
    ("PATCH", f"{MEMBERS}/{ALWYN}", {"nick": "A"}, 403, 50013),
    ("PATCH", f"{MEMBERS}/{ROOK}", {"roles": [str(SUSPENDED)]}, 200, 0),
    ("PATCH", f"{MEMBERS}/{ROOK}", {"communication_disabled_until": FAR}, 400, 50035),
    ("PATCH", f"{MEMBERS}/{ALWYN}", {"communication_disabled_until": None}, 403, 50013),
    ("PATCH", f"{MEMBERS}/@me", {"nick": "Bot"}, 200, 0),
    ("DELETE", f"{MEMBERS}/{ROOK}", None, 204, 0),
    ("DELETE", f"{MEMBERS}/{ALWYN}", None, 403, 50013),
    ("PUT", f"/guilds/{GUILD}/bans/{ROOK}", {}, 204, 0),
    ("PUT", f"/guilds/{GUILD}/bans/{ALWYN}", {}, 403, 50013),
    ("DELETE", f"/guilds/{GUILD}/bans/{ROOK}", None, 404, 10026),
]


@rule("Order of roles for roles, nicknames, timeouts, kicks and bans")
@pytest.mark.parametrize(("method", "path", "body", "status", "code"), CHANGES)
async def test_the_bot_changes_only_those_below_it(
    here: Here, method: str, path: str, body: Any, status: int, code: int
) -> None:
    answer = await here.call(method, path, body)

    assert answer.status == status
    assert answer.code == code


@rule("Order of roles for roles, nicknames, timeouts, kicks and bans")
async def test_a_bot_below_can_do_nothing_above(here: Here) -> None:
    guild = here.world.guilds[GUILD]
    guild.roles[BOT_ROLE].position, guild.roles[VERIFIED].position = (
        guild.roles[VERIFIED].position,
        guild.roles[BOT_ROLE].position,
    )

    role = await here.call("PUT", f"{MEMBERS}/{NEWT}/roles/{VERIFIED}")
    nick = await here.call("PATCH", f"{MEMBERS}/{MIRA}", {"nick": "M"})
    low = await here.call("PUT", f"{MEMBERS}/{NEWT}/roles/{ORYX_3}")

    assert (role.code, nick.code, low.status) == (50013, 50013, 204)


async def test_without_the_permission_no_role_is_given(here: Here) -> None:
    from discord_loopback.permissions import bits  # noqa: PLC0415 - only here

    here.world.guilds[GUILD].roles[BOT_ROLE].permissions &= ~bits("MANAGE_ROLES")

    assert (await here.call("PUT", f"{MEMBERS}/{NEWT}/roles/{VERIFIED}")).code == 50013


async def test_roles_are_made_changed_and_deleted(here: Here) -> None:
    made = await here.call("POST", f"/guilds/{GUILD}/roles", {"name": "Void", "permissions": "0"})
    path = f"/guilds/{GUILD}/roles/{made.body['id']}"
    await here.call("PUT", f"{MEMBERS}/{ROOK}/roles/{made.body['id']}")
    gone = await here.call("DELETE", path)
    member = await here.call("GET", f"{MEMBERS}/{ROOK}")
    above = await here.call("PATCH", f"/guilds/{GUILD}/roles/{BOT_ROLE}", {"name": "x"})
    granting = await here.call("PATCH", f"/guilds/{GUILD}/roles/{ORYX_3}", {"permissions": "8"})

    assert made.body["position"] == 1
    assert gone.status == 204
    assert member.body["roles"] == [str(VERIFIED)]
    assert (above.code, granting.code) == (50013, 50013)
    assert here.world.guilds[GUILD].roles[ADMINISTRATOR].permissions == 8


async def test_members_are_listed_and_searched(here: Here) -> None:
    listed = await here.call("GET", f"{MEMBERS}?limit=3&after={ROOK}")
    found = await here.call("GET", f"{MEMBERS}/search?query=ta&limit=5")

    assert [each["user"]["global_name"] for each in listed.body] == ["Tansy", "Pike", "Wren"]
    assert [each["user"]["id"] for each in found.body] == [str(TANSY)]


async def test_the_banned_stay_out(here: Here) -> None:
    from discord_loopback.client import HandsError  # noqa: PLC0415 - only here

    reason = {"X-Audit-Log-Reason": "cheating", "Authorization": f"Bot {here.world.token}"}
    await here.call("PUT", f"/guilds/{GUILD}/bans/{ROOK}", {}, headers=reason)
    ban = await here.call("GET", f"/guilds/{GUILD}/bans/{ROOK}")

    assert ban.body["reason"] == "cheating"
    with pytest.raises(HandsError, match="banned"):
        await here.hands.join(ROOK, GUILD)
    await here.call("DELETE", f"/guilds/{GUILD}/bans/{ROOK}")
    await here.hands.join(ROOK, GUILD)
    assert (await here.hands.view(GUILD, ROOK))["me"]["roles"] == []


async def test_nobody_is_muted_who_is_not_in_voice(here: Here) -> None:
    without = await here.call("PATCH", f"{MEMBERS}/{ROOK}", {"mute": True})
    here.grant("MUTE_MEMBERS")
    outside = await here.call("PATCH", f"{MEMBERS}/{ROOK}", {"mute": True})

    assert (without.status, without.code) == (403, 50013)
    assert (outside.status, outside.code) == (400, 40032)


async def test_roles_are_put_in_order_but_not_above_the_bot(here: Here) -> None:
    guild = here.world.guilds[GUILD]

    async def order(**wanted: int) -> int:
        body = [{"id": str(ORYX_3), **wanted}]
        return (await here.call("PATCH", f"/guilds/{GUILD}/roles", body)).status

    above = await order(position=guild.roles[BOT_ROLE].position + 1)
    before = [each.id for each in guild.ranked()]
    moved = await order(position=guild.roles[VERIFIED].position)
    after = [each.id for each in guild.ranked()]

    assert (above, moved) == (403, 200)
    assert before != after
    assert after.index(ORYX_3) < after.index(BOT_ROLE)
    assert sorted(each.position for each in guild.roles.values()) == list(range(len(guild.roles)))


async def test_members_of_a_role_are_counted(here: Here) -> None:
    counts = (await here.call("GET", f"/guilds/{GUILD}/roles/member-counts")).body
    verified = [each for each in here.world.guilds[GUILD].members.values() if VERIFIED in each.roles]

    assert counts[str(VERIFIED)] == len(verified)
    assert str(GUILD) not in counts


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "after=x"])
async def test_pages_have_limits(here: Here, query: str) -> None:
    answer = await here.call("GET", f"{MEMBERS}?{query}")

    assert (answer.status, answer.code) == (400, 50035)


async def test_a_guild_has_250_roles_and_500_channels(here: Here) -> None:
    guild = here.world.guilds[GUILD]
    for each in range(250 - len(guild.roles)):
        guild.roles[each + 1] = Role(each + 1, "x")
    for each in range(500 - len(guild.channels)):
        guild.channels[each + 1] = Channel(each + 1, 0, "x", GUILD)
    role = await here.call("POST", f"/guilds/{GUILD}/roles", {"name": "x"})
    channel = await here.call("POST", f"/guilds/{GUILD}/channels", {"name": "x"})

    assert (role.status, role.code) == (400, 30005)
    assert (channel.status, channel.code) == (400, 30013)
