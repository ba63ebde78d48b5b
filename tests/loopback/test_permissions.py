"""Who may do what, where: the documented order of overwrites, and what follows from it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.loopback.conftest import Here
from tests.loopback.ids import ALWYN, BOT_ROLE, GUILD, MIRA, ORYX_3, RAID, RAID_LOG, ROOK, TANSY, VERIFIED
from tests.loopback.rules import rule

from discord_loopback import permissions
from discord_loopback.client import HandsError
from discord_loopback.model import TEXT, Channel, Guild, Member, Overwrite, Role, User
from discord_loopback.permissions import bits

BASE = "Permissions: base, overwrites, implicit ones"
ANY = st.integers(0, permissions.ALL) | st.sampled_from([0, permissions.VIEW, permissions.SEND, permissions.ALL])

THREE, FOUR = (st.lists(ANY, min_size=count, max_size=count) for count in (3, 4))
HOOKS = str(bits("MANAGE_WEBHOOKS"))


def described(guild: Guild, member: Member, channel: Channel) -> int:
    """What the documented steps give, one by one. docs: Permissions, Permission Overwrites."""
    granted = guild.everyone.permissions
    for role_id in member.roles:
        granted |= guild.roles[role_id].permissions
    if granted >> 3 & 1:
        return permissions.ALL
    for key in ([guild.id], member.roles, [member.user.id]):
        found = [channel.overwrites[each] for each in key if each in channel.overwrites]
        for each in found:
            granted &= ~each.deny
        for each in found:
            granted |= each.allow
    return granted


@rule(BASE)
@given(roles=THREE, allowed=FOUR, denied=FOUR)
def test_permissions_follow_the_documented_steps(roles: list[int], allowed: list[int], denied: list[int]) -> None:
    guild = Guild(1, "g", 99, 0, {each: Role(each, "r", permissions=roles[each - 1]) for each in (1, 2, 3)})
    member = Member(User(7, "m"), 0, [2, 3])
    channel = Channel(5, TEXT, guild_id=1)
    channel.overwrites = {key: Overwrite(key, 0, allowed[n], denied[n]) for n, key in enumerate((1, 2, 3, 7))}

    expected = described(guild, member, channel)
    granted = permissions.within(guild, member, channel, 0)

    if not expected & permissions.VIEW:
        assert granted == 0
    elif not expected & permissions.SEND:
        assert granted == expected & ~bits("MENTION_EVERYONE", "SEND_TTS_MESSAGES", "ATTACH_FILES", "EMBED_LINKS")
    else:
        assert granted == expected


def test_every_documented_permission_has_its_bit() -> None:
    assert bits("PIN_MESSAGES", "BYPASS_SLOWMODE", "USE_EXTERNAL_APPS") == 1 << 51 | 1 << 52 | 1 << 50
    assert sorted(permissions.NAMES.values()) == [each for each in range(53) if each != 47]


@rule("50001 where a channel cannot be seen, else 50013")
async def test_what_is_hidden_is_refused_with_another_code(here: Here) -> None:
    await here.hands.edit_channel(RAID, overwrites=[{"id": BOT_ROLE, "type": 0, "deny": str(1 << 11)}])
    mute = await here.post(RAID, content="x")
    await here.hands.edit_channel(RAID, overwrites=[{"id": BOT_ROLE, "type": 0, "deny": str(1 << 10)}])
    hidden = await here.post(RAID, content="x")

    assert (mute.status, mute.code) == (403, 50013)
    assert (hidden.status, hidden.code) == (403, 50001)


@rule("Lists of channels and threads leave out what the bot does not see")
async def test_what_the_bot_does_not_see_is_left_out(here: Here) -> None:
    thread = (await here.call("POST", f"/channels/{RAID}/threads", {"name": "t", "type": 11})).body["id"]
    await here.hands.edit_channel(RAID, overwrites=[{"id": BOT_ROLE, "type": 0, "deny": str(1 << 10)}])
    channels = {each["id"] for each in (await here.call("GET", f"/guilds/{GUILD}/channels")).body}
    threads = {each["id"] for each in (await here.call("GET", f"/guilds/{GUILD}/threads/active")).body["threads"]}

    assert str(RAID) not in channels
    assert str(RAID_LOG) in channels
    assert thread not in threads


@rule("Embeds without EMBED_LINKS are refused for bots")
async def test_embeds_and_files_need_their_permissions(here: Here) -> None:
    here.revoke("EMBED_LINKS")
    await here.hands.edit_channel(RAID, overwrites=[{"id": GUILD, "type": 0, "deny": str(bits("EMBED_LINKS"))}])
    embed = await here.post(RAID, embeds=[{"title": "t"}])
    plain = await here.post(RAID, content="x")
    loud = await here.post(RAID, content="x", tts=True)

    assert (embed.status, embed.code) == (403, 50013)
    assert plain.status == 200
    assert (loud.status, loud.code) == (403, 50013)


TIMED_OUT = "Timed-out members only see and read; owners and administrators are exempt; 28 days at most"


@rule(TIMED_OUT)
async def test_who_is_timed_out_only_sees_and_reads(here: Here) -> None:
    await here.hands.shift_clock(0)
    until = "2090-01-01T00:00:00+00:00"
    far = await here.call("PATCH", f"/guilds/{GUILD}/members/{TANSY}", {"communication_disabled_until": until})
    here.world.guilds[GUILD].members[TANSY].timeout_until = here.world.clock.now() + 60
    here.world.guilds[GUILD].members[ALWYN].timeout_until = here.world.clock.now() + 60
    channel = here.world.channels[RAID]

    assert (far.status, far.error("communication_disabled_until")) == (400, "MEMBER_TIMEOUT_TOO_LONG")
    assert here.world.granted(TANSY, channel) & ~permissions.TIMED_OUT == 0
    assert here.world.granted(TANSY, channel) & permissions.VIEW
    assert here.world.granted(ALWYN, channel) == permissions.ALL
    await here.hands.shift_clock(61)
    assert here.world.granted(TANSY, channel) & bits("ADD_REACTIONS")


HANDED = "Bots hand on only permissions they have, by roles and by overwrites"


@rule(HANDED)
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", f"/guilds/{GUILD}/roles", {"name": "x", "permissions": str(bits("VIEW_AUDIT_LOG"))}),
        ("PATCH", f"/guilds/{GUILD}/roles/{ORYX_3}", {"permissions": str(bits("VIEW_AUDIT_LOG"))}),
        ("PUT", f"/channels/{RAID}/permissions/{ROOK}", {"type": 1, "allow": HOOKS}),
        ("PUT", f"/channels/{RAID}/permissions/{ROOK}", {"type": 1, "deny": HOOKS}),
        (
            "POST",
            f"/guilds/{GUILD}/channels",
            {
                "name": "x",
                "permission_overwrites": [{"id": str(ROOK), "type": 1, "allow": HOOKS}],
            },
        ),
        (
            "PATCH",
            f"/channels/{RAID}",
            {"permission_overwrites": [{"id": str(ROOK), "type": 1, "allow": HOOKS}]},
        ),
    ],
)
async def test_nobody_hands_on_what_they_lack(here: Here, method: str, path: str, body: dict[str, object]) -> None:
    here.revoke("VIEW_AUDIT_LOG")
    before = dict(here.world.channels[RAID].overwrites)
    answer = await here.call(method, path, body)

    assert (answer.status, answer.code) == (403, 50013)
    assert here.world.channels[RAID].overwrites == before


@rule("Slow mode holds members back (20016), not bots and not BYPASS_SLOWMODE")
async def test_slow_mode_holds_members_back(here: Here) -> None:
    changed = await here.call("PATCH", f"/channels/{RAID}", {"rate_limit_per_user": 30})
    await here.hands.edit_channel(
        RAID, overwrites=[{"id": VERIFIED, "type": 0, "allow": str(1 << 11 | 1 << 10 | 1 << 16)}]
    )
    await here.hands.say(ROOK, RAID, "one")
    with pytest.raises(HandsError, match="slowmode"):
        await here.hands.say(ROOK, RAID, "two")
    for each in range(2):
        await here.hands.say(ALWYN, RAID, f"owner {each}")
        assert (await here.post(RAID, content=f"bot {each}")).status == 200
    await here.hands.say(TANSY, RAID, "someone else")
    await here.hands.shift_clock(30)
    await here.hands.say(ROOK, RAID, "three")

    said = [each["content"] for each in await here.hands.messages(RAID, MIRA)]
    assert changed.body["rate_limit_per_user"] == 30
    assert [each for each in said if each in ("one", "two", "three")] == ["one", "three"]
    too_slow = await here.call("PATCH", f"/channels/{RAID}", {"rate_limit_per_user": 21_601})
    assert (too_slow.status, too_slow.code) == (400, 50035)
