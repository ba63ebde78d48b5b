"""Moderators: each act needs its permission and a role above, and the application hears of it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.loopback.conftest import Here
from tests.loopback.ids import (
    ADMINISTRATOR,
    ALWYN,
    BOT_COMMANDS,
    BOT_ROLE,
    BRAM,
    GUILD,
    MIRA,
    MODERATOR,
    ORYX_3,
    RAID,
    ROOK,
    SUSPENDED,
    TANSY,
    VERIFIED,
)
from tests.loopback.rules import rule

from discord_loopback.client import Hands, HandsError
from discord_loopback.permissions import ALL, bits

Act = Callable[[Hands], Awaitable[Any]]

REFUSED: list[tuple[str, Act, str]] = [
    ("kick without permission", lambda hands: hands.kick(ROOK, GUILD, TANSY), "lack KICK_MEMBERS"),
    ("kick above", lambda hands: hands.kick(MIRA, GUILD, ALWYN), "Alwyn does not stand below"),
    ("kick oneself", lambda hands: hands.kick(MIRA, GUILD, MIRA), "does not stand below"),
    ("ban without permission", lambda hands: hands.ban(MIRA, GUILD, ROOK), "lack BAN_MEMBERS"),
    ("unban nobody", lambda hands: hands.unban(ALWYN, GUILD, ROOK), "not banned"),
    ("time out above", lambda hands: hands.timeout(MIRA, GUILD, ALWYN, 60), "does not stand below"),
    ("nickname of another", lambda hands: hands.nickname(ROOK, GUILD, TANSY, "T"), "lack MANAGE_NICKNAMES"),
    ("roles without permission", lambda hands: hands.change_roles(MIRA, GUILD, ROOK, []), "lack MANAGE_ROLES"),
    ("the bot's role", lambda hands: hands.change_roles(ALWYN, GUILD, ROOK, [BOT_ROLE]), "nobody's to give"),
    ("no such role", lambda hands: hands.change_roles(ALWYN, GUILD, ROOK, [1]), "Unknown Role"),
    ("delete a role", lambda hands: hands.delete_role(MIRA, GUILD, ORYX_3), "lack MANAGE_ROLES"),
    ("delete a channel", lambda hands: hands.delete_channel(MIRA, RAID), "lack MANAGE_CHANNELS"),
    ("permissions", lambda hands: hands.permit(MIRA, RAID, []), "lack MANAGE_ROLES"),
    ("prune", lambda hands: hands.prune(MIRA, GUILD, 7), "lack MANAGE_GUILD"),
    ("archive a channel", lambda hands: hands.change_channel(ALWYN, RAID, archived=True), "Only threads"),
]


@rule("Moderators stand above whom they change, and give no permission they lack")
@pytest.mark.parametrize(("act", "why"), [pytest.param(act, why, id=name) for name, act, why in REFUSED])
async def test_what_the_app_would_not_let_them_do_is_refused(here: Here, act: Act, why: str) -> None:
    with pytest.raises(HandsError, match=why):
        await act(here.hands)


@rule("Timeouts up to 28 days, never of administrators; bans delete up to 7 days of messages")
async def test_members_are_kicked_banned_and_let_back(here: Here) -> None:
    bot = await here.connect()
    said = await here.hands.say(TANSY, BOT_COMMANDS, "buy gold")
    await here.hands.kick(MIRA, GUILD, ROOK)
    await here.hands.ban(ALWYN, GUILD, TANSY, "selling", delete_message_seconds=3600)
    await bot.event("GUILD_BAN_ADD")

    assert {ROOK, TANSY} & set(here.world.guilds[GUILD].members) == set()
    assert bot.names().count("GUILD_MEMBER_REMOVE") == 2
    assert (await bot.event("MESSAGE_DELETE_BULK"))["ids"] == [said["id"]]
    with pytest.raises(HandsError, match="banned"):
        await here.hands.join(TANSY, GUILD)
    await here.hands.unban(ALWYN, GUILD, TANSY)
    await here.hands.join(TANSY, GUILD)
    await bot.event("GUILD_BAN_REMOVE")


@rule("Timeouts up to 28 days, never of administrators; bans delete up to 7 days of messages")
async def test_a_timeout_silences_and_ends(here: Here) -> None:
    bot = await here.connect()
    await here.hands.timeout(MIRA, GUILD, ROOK, 600)
    told = await bot.event("GUILD_MEMBER_UPDATE")

    assert told["communication_disabled_until"]
    with pytest.raises(HandsError, match="SEND_MESSAGES"):
        await here.hands.say(ROOK, BOT_COMMANDS, "x")
    await here.hands.shift_clock(601)
    await here.hands.say(ROOK, BOT_COMMANDS, "I am back")
    await here.hands.timeout(MIRA, GUILD, ROOK, 600)
    await here.hands.timeout(MIRA, GUILD, ROOK, 0)
    await here.hands.say(ROOK, BOT_COMMANDS, "again")


async def test_a_moderator_who_is_timed_out_moderates_nobody(here: Here) -> None:
    await here.hands.timeout(ALWYN, GUILD, MIRA, 600)

    with pytest.raises(HandsError, match="timed out"):
        await here.hands.kick(MIRA, GUILD, ROOK)


@rule("Timeouts up to 28 days, never of administrators; bans delete up to 7 days of messages")
async def test_administrators_cannot_be_timed_out(here: Here) -> None:
    await here.hands.set_roles(GUILD, MIRA, [ADMINISTRATOR])
    with pytest.raises(HandsError, match="Administrators"):
        await here.hands.timeout(ALWYN, GUILD, MIRA, 60)


@rule("Moderators stand above whom they change, and give no permission they lack")
async def test_roles_are_given_below_ones_own(here: Here) -> None:
    bot = await here.connect()
    here.world.guilds[GUILD].roles[MODERATOR].permissions |= bits("MANAGE_ROLES")
    await here.hands.change_roles(MIRA, GUILD, ROOK, [VERIFIED, SUSPENDED])

    assert (await bot.event("GUILD_MEMBER_UPDATE"))["roles"] == [str(VERIFIED), str(SUSPENDED)]
    for given in (MODERATOR, ADMINISTRATOR):
        with pytest.raises(HandsError, match="does not stand below"):
            await here.hands.change_roles(MIRA, GUILD, ROOK, [VERIFIED, given])


async def test_nicknames_change_by_oneself_and_from_above(here: Here) -> None:
    await here.hands.nickname(ROOK, GUILD, ROOK, "Castle")
    await here.hands.nickname(MIRA, GUILD, TANSY, "Herb")
    names = {each["id"]: each["nick"] for each in (await here.hands.view(GUILD, ROOK))["members"]}

    assert (names[str(ROOK)], names[str(TANSY)]) == ("Castle", "Herb")
    await here.hands.nickname(ROOK, GUILD, ROOK, None)
    assert here.world.member(GUILD, ROOK).nick is None


async def test_moderators_pin_and_delete_what_others_wrote(here: Here) -> None:
    bot = await here.connect()
    said = await here.hands.say(ROOK, BOT_COMMANDS, "spam")
    for act in (here.hands.pin, here.hands.unpin):
        with pytest.raises(HandsError, match="PIN_MESSAGES"):
            await act(MIRA, said["id"])
    await here.hands.pin(ALWYN, said["id"])
    assert (await bot.event("MESSAGE_UPDATE"))["pinned"]
    await here.hands.unpin(ALWYN, said["id"])
    with pytest.raises(HandsError, match="may not delete"):
        await here.hands.delete(TANSY, said["id"])
    await here.hands.delete(MIRA, said["id"])

    assert (await bot.event("MESSAGE_DELETE"))["id"] == said["id"]


async def test_channels_threads_and_roles_are_changed_and_deleted(here: Here) -> None:
    bot = await here.connect()
    await here.hands.change_channel(ALWYN, BOT_COMMANDS, name="commands", topic="Type here", slowmode=5)
    changed = await bot.event("CHANNEL_UPDATE")
    thread = int((await here.hands.open_thread(ROOK, BOT_COMMANDS, "Keys"))["id"])
    await here.hands.change_channel(ALWYN, thread, locked=True, archived=True)
    closed = await bot.event("THREAD_UPDATE")
    await here.hands.delete_channel(ALWYN, BOT_COMMANDS)
    await here.hands.delete_role(ALWYN, GUILD, ORYX_3)
    gone = await bot.event("GUILD_ROLE_DELETE")

    assert (changed["name"], changed["topic"], changed["rate_limit_per_user"]) == ("commands", "Type here", 5)
    assert closed["thread_metadata"]["locked"]
    assert closed["thread_metadata"]["archived"]
    assert gone["role_id"] == str(ORYX_3)
    assert {"THREAD_DELETE", "CHANNEL_DELETE"} <= set(bot.names())
    dm = int((await here.hands.open_dm(ROOK))["id"])
    with pytest.raises(HandsError, match="nobody's to change"):
        await here.hands.delete_channel(ROOK, dm)


@rule("Moderators stand above whom they change, and give no permission they lack")
async def test_nobody_gives_permissions_they_lack(here: Here) -> None:
    here.world.guilds[GUILD].roles[MODERATOR].permissions |= bits("MANAGE_ROLES")
    standing = [
        {"id": str(each.id), "type": each.type, "allow": str(each.allow), "deny": str(each.deny)}
        for each in here.world.channels[BOT_COMMANDS].overwrites.values()
    ]
    silent = [*standing, {"id": str(BRAM), "type": 1, "deny": str(bits("SEND_MESSAGES"))}]
    await here.hands.permit(MIRA, BOT_COMMANDS, silent)

    with pytest.raises(HandsError, match="lack SEND_MESSAGES"):
        await here.hands.say(BRAM, BOT_COMMANDS, "x")
    with pytest.raises(HandsError, match="have not themselves"):
        await here.hands.permit(MIRA, BOT_COMMANDS, [*standing, {"id": str(ROOK), "type": 1, "allow": str(ALL)}])


@rule(
    "Pruning takes whoever was not seen for so many days and has no role but the named ones; one entry tells how many"
)
async def test_who_was_not_seen_and_has_no_role_is_pruned_and_one_entry_tells_how_many(here: Here) -> None:
    here.grant("VIEW_AUDIT_LOG")
    bot = await here.connect()
    members = here.world.guilds[GUILD].members
    await here.hands.shift_clock(8 * 86_400)
    await here.hands.say(TANSY, BOT_COMMANDS, "still here")
    idle = {each for each, one in members.items() if not one.user.bot and set(one.roles) <= {VERIFIED}} - {TANSY}

    pruned = await here.hands.prune(ALWYN, GUILD, 7, [VERIFIED], "spring cleaning")

    entry = await bot.event("GUILD_AUDIT_LOG_ENTRY_CREATE")
    assert (pruned, idle & set(members), TANSY in members) == (len(idle), set(), True)
    assert (entry["action_type"], entry["user_id"], entry["target_id"]) == (21, str(ALWYN), None)
    assert entry["options"] == {"delete_member_days": "7", "members_removed": str(len(idle))}
    assert bot.names().count("GUILD_MEMBER_REMOVE") == len(idle)
    assert bot.names().count("GUILD_AUDIT_LOG_ENTRY_CREATE") == 1


@rule("A rule of AutoMod times out: an entry with the rule's name, without until when, in the member's own name")
async def test_automod_times_out_by_a_rule(here: Here) -> None:
    here.grant("VIEW_AUDIT_LOG")
    bot = await here.connect()
    await here.hands.automod(GUILD, ROOK, 600, "No scams")

    assert (await bot.event("GUILD_MEMBER_UPDATE"))["communication_disabled_until"]
    entry = await bot.event("GUILD_AUDIT_LOG_ENTRY_CREATE")
    assert (entry["action_type"], entry["user_id"], entry["target_id"]) == (145, str(ROOK), str(ROOK))
    assert entry["options"]["auto_moderation_rule_name"] == "No scams"
    assert "changes" not in entry
    with pytest.raises(HandsError, match="SEND_MESSAGES"):
        await here.hands.say(ROOK, BOT_COMMANDS, "x")
