"""For every route that changes something, the event that the documentation names arrives."""

from typing import Any

import pytest
from tests.loopback.conftest import EVERYTHING, Connected, Here, Json
from tests.loopback.ids import ALWYN, GUILD, ORYX_3, RAID, RAID_LOG, ROOK, TANSY, VERIFIED
from tests.loopback.rules import rule

from discord_loopback import people, pins, places, reactions
from discord_loopback.audit_log import By
from discord_loopback.intents import (
    DIRECT_MESSAGES,
    GUILD_MEMBERS,
    GUILD_MODERATION,
    GUILD_REACTIONS,
    GUILD_TYPING,
    GUILDS,
)
from discord_loopback.permissions import bits
from discord_loopback.rest import ROUTES

CHANNELS, GUILDS_, MEMBERS = "/channels/{channel_id}", "/guilds/{guild_id}", "/guilds/{guild_id}/members/{user_id}"
MESSAGE, BAN = CHANNELS + "/messages/{message_id}", "/guilds/{guild_id}/bans/{user_id}"
THREAD_MEMBERS, REACTIONS = CHANNELS + "/thread-members", MESSAGE + "/reactions"
REACTION = REACTIONS + "/{emoji_name}"
HOOK, TOKEN = "/webhooks/{webhook_id}", "/webhooks/{webhook_id}/{webhook_token}"
LOGGED, ANNOUNCED = "GUILD_AUDIT_LOG_ENTRY_CREATE", "MESSAGE_CREATE"
"""What comes beside the event of a route: the entry of the audit log, the message that Discord itself writes."""

CAUSED: dict[str, tuple[str, Any, list[str]]] = {
    "PATCH /users/@me": ("/users/@me", {"username": "Renamed"}, ["USER_UPDATE", "GUILD_MEMBER_UPDATE"]),
    f"PATCH {GUILDS_}": (f"/guilds/{GUILD}", {"name": "Renamed"}, ["GUILD_UPDATE", LOGGED]),
    f"POST {GUILDS_}/channels": (f"/guilds/{GUILD}/channels", {"name": "new"}, ["CHANNEL_CREATE", LOGGED]),
    f"PATCH {GUILDS_}/channels": (
        f"/guilds/{GUILD}/channels",
        [{"id": str(RAID), "position": 9}],
        ["CHANNEL_UPDATE"],
    ),
    f"PATCH {GUILDS_}/roles": (f"/guilds/{GUILD}/roles", [{"id": "{role}", "position": 3}], ["GUILD_ROLE_UPDATE"] * 2),
    f"POST {GUILDS_}/bulk-ban": (
        f"/guilds/{GUILD}/bulk-ban",
        {"user_ids": [str(ROOK)]},
        ["GUILD_MEMBER_REMOVE", "GUILD_BAN_ADD", LOGGED],
    ),
    f"POST {GUILDS_}/roles": (f"/guilds/{GUILD}/roles", {"name": "new"}, ["GUILD_ROLE_CREATE", LOGGED]),
    f"PATCH {GUILDS_}/roles/{{role_id}}": (
        f"/guilds/{GUILD}/roles/{ORYX_3}",
        {"name": "O3"},
        ["GUILD_ROLE_UPDATE", LOGGED],
    ),
    f"DELETE {GUILDS_}/roles/{{role_id}}": (f"/guilds/{GUILD}/roles/{ORYX_3}", None, ["GUILD_ROLE_DELETE", LOGGED]),
    f"PUT {CHANNELS}/permissions/{{overwrite_id}}": (
        f"/channels/{RAID}/permissions/{VERIFIED}",
        {"type": 0, "allow": "0"},
        ["CHANNEL_UPDATE", LOGGED],
    ),
    f"DELETE {CHANNELS}/permissions/{{overwrite_id}}": (
        f"/channels/{RAID}/permissions/{VERIFIED}",
        None,
        ["CHANNEL_UPDATE", LOGGED],
    ),
    f"PATCH {GUILDS_}/members/@me": (f"/guilds/{GUILD}/members/@me", {"nick": "R"}, ["GUILD_MEMBER_UPDATE", LOGGED]),
    f"PATCH {MEMBERS}": (f"/guilds/{GUILD}/members/{ROOK}", {"nick": "R"}, ["GUILD_MEMBER_UPDATE", LOGGED]),
    f"DELETE {MEMBERS}": (f"/guilds/{GUILD}/members/{ROOK}", None, ["GUILD_MEMBER_REMOVE", LOGGED]),
    f"PUT {MEMBERS}/roles/{{role_id}}": (
        f"/guilds/{GUILD}/members/{ROOK}/roles/{ORYX_3}",
        None,
        ["GUILD_MEMBER_UPDATE", LOGGED],
    ),
    f"DELETE {MEMBERS}/roles/{{role_id}}": (
        f"/guilds/{GUILD}/members/{ROOK}/roles/{VERIFIED}",
        None,
        ["GUILD_MEMBER_UPDATE", LOGGED],
    ),
    f"PUT {BAN}": (f"/guilds/{GUILD}/bans/{ROOK}", {}, ["GUILD_MEMBER_REMOVE", "GUILD_BAN_ADD", LOGGED]),
    f"DELETE {BAN}": (f"/guilds/{GUILD}/bans/{TANSY}", None, ["GUILD_BAN_REMOVE", LOGGED]),
    f"PATCH {CHANNELS}": (f"/channels/{RAID}", {"topic": "t"}, ["CHANNEL_UPDATE", LOGGED]),
    f"DELETE {CHANNELS}": ("/channels/{thread}", None, ["THREAD_DELETE", LOGGED]),
    f"POST {CHANNELS}/typing": (f"/channels/{RAID}/typing", None, ["TYPING_START"]),
    f"POST {CHANNELS}/messages": (f"/channels/{RAID}/messages", {"content": "x"}, ["MESSAGE_CREATE"]),
    f"PATCH {MESSAGE}": (f"/channels/{RAID}/messages/{{message}}", {"content": "x"}, ["MESSAGE_UPDATE"]),
    f"DELETE {MESSAGE}": (f"/channels/{RAID}/messages/{{message}}", None, ["MESSAGE_DELETE"]),
    f"POST {CHANNELS}/messages/bulk-delete": (
        f"/channels/{RAID}/messages/bulk-delete",
        {"messages": ["{message}", "{reacted}"]},
        ["MESSAGE_DELETE_BULK", LOGGED],
    ),
    **{
        f"{method} {route}/{{message_id}}": (
            f"/channels/{RAID}{path}/{which}",
            None,
            ["MESSAGE_UPDATE", "CHANNEL_PINS_UPDATE", LOGGED, *announced],
        )
        for method, which, announced in (("PUT", "{message}", [ANNOUNCED]), ("DELETE", "{reacted}", []))
        for route, path in ((f"{CHANNELS}/pins", "/pins"), (f"{CHANNELS}/messages/pins", "/messages/pins"))
    },
    f"PUT {REACTION}/@me": (f"/channels/{RAID}/messages/{{message}}/reactions/🎉/@me", None, ["MESSAGE_REACTION_ADD"]),
    **{
        f"DELETE {route}": (f"/channels/{RAID}/messages/{{reacted}}/reactions{path}", None, [event])
        for route, path, event in (
            (f"{REACTION}/@me", "/🎉/@me", "MESSAGE_REACTION_REMOVE"),
            (f"{REACTION}/{{user_id}}", f"/🎉/{ROOK}", "MESSAGE_REACTION_REMOVE"),
            (REACTION, "/🎉", "MESSAGE_REACTION_REMOVE_EMOJI"),
            (REACTIONS, "", "MESSAGE_REACTION_REMOVE_ALL"),
        )
    },
    f"POST {MESSAGE}/threads": (
        f"/channels/{RAID}/messages/{{message}}/threads",
        {"name": "t"},
        ["THREAD_CREATE", "THREAD_MEMBER_UPDATE", "THREAD_MEMBERS_UPDATE", LOGGED, ANNOUNCED, "MESSAGE_UPDATE"],
    ),
    f"POST {CHANNELS}/threads": (
        f"/channels/{RAID}/threads",
        {"name": "t", "type": 11},
        ["THREAD_CREATE", "THREAD_MEMBER_UPDATE", "THREAD_MEMBERS_UPDATE", LOGGED],
    ),
    f"PUT {THREAD_MEMBERS}/@me": (
        "/channels/{left}/thread-members/@me",
        None,
        ["THREAD_MEMBER_UPDATE", "THREAD_MEMBERS_UPDATE"],
    ),
    f"DELETE {THREAD_MEMBERS}/@me": ("/channels/{thread}/thread-members/@me", None, ["THREAD_MEMBERS_UPDATE"]),
    f"PUT {THREAD_MEMBERS}/{{user_id}}": (
        f"/channels/{{left}}/thread-members/{ROOK}",
        None,
        ["THREAD_MEMBERS_UPDATE", ANNOUNCED],
    ),
    f"DELETE {THREAD_MEMBERS}/{{user_id}}": (
        f"/channels/{{thread}}/thread-members/{ROOK}",
        None,
        ["THREAD_MEMBERS_UPDATE"],
    ),
    "POST /interactions/{interaction_id}/{interaction_token}/callback": (
        "/interactions/{interaction}/{unanswered}/callback",
        {"type": 4, "data": {"content": "x"}},
        ["MESSAGE_CREATE"],
    ),
    f"POST {TOKEN}": ("/webhooks/{application}/{answered}", {"content": "x"}, ["MESSAGE_CREATE"]),
    **{
        f"{method} {TOKEN}/messages{route}": (f"/webhooks{path}", body, [event])
        for method, body, event in (
            ("PATCH", {"content": "y"}, "MESSAGE_UPDATE"),
            ("DELETE", None, "MESSAGE_DELETE"),
        )
        for route, path in (
            ("/@original", "/{application}/{answered}/messages/@original"),
            ("/{message_id}", "/{hook}/{hook_token}/messages/{hooked}"),
        )
    },
    f"POST {CHANNELS}/webhooks": (f"/channels/{RAID}/webhooks", {"name": "Log"}, ["WEBHOOKS_UPDATE", LOGGED]),
    **{
        f"{method} {route}": (path, body, ["WEBHOOKS_UPDATE", LOGGED])
        for method, body in (("PATCH", {"name": "Other"}), ("DELETE", None))
        for route, path in ((HOOK, "/webhooks/{hook}"), (TOKEN, "/webhooks/{hook}/{hook_token}"))
    },
}
"""Route to a request that fits it and the events which that causes."""
SILENT = {
    "POST /users/@me/channels",  # docs: Channel Create is sent for guild channels
    "POST /attachments/refresh-urls",
    *(
        f"{method} /applications/{{application_id}}{scope}/commands{one}"
        for scope in ("", "/guilds/{guild_id}")
        for method, one in (("PUT", ""), ("POST", ""), ("PATCH", "/{command_id}"), ("DELETE", "/{command_id}"))
    ),
    "PUT /applications/{application_id}/guilds/{guild_id}/commands/{command_id}/permissions",  # no bot may
    *(
        f"{method} /applications/{{application_id}}/emojis{one}"
        for method, one in (("POST", ""), ("PATCH", "/{emoji_id}"), ("DELETE", "/{emoji_id}"))
    ),
}
"""Routes that the documentation names no event for."""


@rule("For each route that changes something the event that the pages name (`test_events.py` has the table)")
def test_every_route_that_changes_something_is_tried_here() -> None:
    changing = {f"{each.method} {each.path}" for each in ROUTES if each.method != "GET"}

    assert changing == CAUSED.keys() | SILENT


async def prepared(here: Here, bot: Connected) -> dict[str, str]:
    """Make what the requests speak of, and return its ids by their names there."""
    message, reacted = [(await here.post(RAID, content=text)).body["id"] for text in ("one", "two")]
    for user_id in (here.world.application_id, ROOK):
        reactions.add(here.world, here.world.messages[int(reacted)], user_id, "🎉")
    pins.pin(here.world, here.world.messages[int(reacted)], By(ALWYN))
    guild = here.world.guild(GUILD)
    here.grant("MANAGE_GUILD", "MANAGE_WEBHOOKS", "VIEW_AUDIT_LOG")
    people.ban(here.world, guild, here.world.user(TANSY), By(ALWYN))
    threads = [(await here.call("POST", f"/channels/{RAID}/threads", {"name": "t", "type": 11})).body for _ in "ab"]
    places.join(here.world, here.world.channel(int(threads[0]["id"])), ROOK)
    places.leave(here.world, here.world.channel(int(threads[1]["id"])), here.world.application_id)
    role = (await here.call("POST", f"/guilds/{GUILD}/roles", {"name": "t"})).body
    hook = (await here.call("POST", f"/channels/{RAID_LOG}/webhooks", {"name": "Log"})).body
    hooked = await here.call("POST", f"/webhooks/{hook['id']}/{hook['token']}?wait=true", {"content": "x"})
    unanswered, answered = [await opened(here, bot) for _ in "ab"]
    await here.callback(answered, 4, {"content": "x"})
    return {
        "message": message,
        "reacted": reacted,
        "thread": threads[0]["id"],
        "left": threads[1]["id"],
        "role": role["id"],
        "hook": hook["id"],
        "hook_token": hook["token"],
        "hooked": hooked.body["id"],
        "interaction": unanswered["id"],
        "unanswered": unanswered["token"],
        "answered": answered["token"],
        "application": str(here.world.application_id),
    }


async def opened(here: Here, bot: Connected) -> Json:
    panel = await here.post(
        RAID, components=[{"type": 1, "components": [{"type": 2, "style": 1, "label": "x", "custom_id": "x"}]}]
    )
    bot.packets.clear()
    await here.hands.click(ROOK, panel.body["id"], "x", wait=None)
    return await bot.event("INTERACTION_CREATE")


async def settled(bot: Connected) -> None:
    """Wait until all that happened was told."""
    bot.packets.clear()
    await bot.say(1)
    await bot.op(11)
    bot.packets.clear()


def filled(value: Any, made: dict[str, str]) -> Any:
    if isinstance(value, str):
        return value.format(**made)
    if isinstance(value, list):
        return [filled(each, made) for each in value]
    return {key: filled(each, made) for key, each in value.items()} if isinstance(value, dict) else value


@rule(
    "For each route that changes something the event that the pages name (`test_events.py` has the table)",
    "A new name of the bot: USER_UPDATE and GUILD_MEMBER_UPDATE",
)
@pytest.mark.parametrize("route", CAUSED)
async def test_a_route_causes_the_events_that_are_documented(here: Here, route: str) -> None:
    path, body, events = CAUSED[route]
    bot = await here.connect()
    made = await prepared(here, bot)
    await settled(bot)
    answer = await here.call(route.split(maxsplit=1)[0], filled(path, made), filled(body, made))
    await bot.say(1)
    await bot.op(11)

    assert answer.status < 300, answer.body
    assert bot.names() == events


async def test_a_reaction_is_told_with_who_what_and_where(here: Here) -> None:
    bot = await here.connect()
    message = await here.hands.say(ROOK, RAID + 2, "x")
    path = f"/channels/{RAID + 2}/messages/{message['id']}/reactions/🎉/@me"
    for method in ("PUT", "PUT", "DELETE"):
        await here.patiently(method, path)
    added, removed = await bot.event("MESSAGE_REACTION_ADD"), await bot.event("MESSAGE_REACTION_REMOVE")

    own = str(here.world.application_id)
    assert added["emoji"] == removed["emoji"] == {"id": None, "name": "🎉"}
    assert (added["user_id"], added["message_id"], added["member"]["user"]["id"]) == (own, message["id"], own)
    assert added["message_author_id"] == str(ROOK)
    assert removed["guild_id"] == str(GUILD)
    assert "member" not in removed
    assert bot.names().count("MESSAGE_REACTION_ADD") == 1


async def test_reactions_are_cleared_all_or_one_emoji(here: Here) -> None:
    bot = await here.connect()
    sent = await here.post(RAID, content="x")
    message = here.world.message(RAID, int(sent.body["id"]))
    for emoji in ("🎉", "oryx:500000000000000009"):
        reactions.add(here.world, message, ROOK, emoji)
    reactions.clear(here.world, message, "oryx:500000000000000009")
    reactions.clear(here.world, message)
    one = await bot.event("MESSAGE_REACTION_REMOVE_EMOJI")
    everything = await bot.event("MESSAGE_REACTION_REMOVE_ALL")

    assert one["emoji"] == {"id": "500000000000000009", "name": "oryx"}
    assert everything == {"channel_id": str(RAID), "message_id": sent.body["id"], "guild_id": str(GUILD)}


async def test_a_pin_is_told_with_its_time(here: Here) -> None:
    bot = await here.connect()
    sent = await here.post(RAID, content="x")
    await here.call("PUT", f"/channels/{RAID}/pins/{sent.body['id']}")
    told = await bot.event("CHANNEL_PINS_UPDATE")
    channel = await here.call("GET", f"/channels/{RAID}")

    assert told["last_pin_timestamp"] == channel.body["last_pin_timestamp"]
    assert told["last_pin_timestamp"] is not None


@rule("Threads: created, also for who is added to a private one; members come and go; one's own membership")
async def test_being_brought_into_a_private_thread_creates_it_for_the_bot(here: Here) -> None:
    bot = await here.connect()
    thread = (await here.call("POST", f"/channels/{RAID_LOG}/threads", {"name": "t", "type": 12})).body
    channel = here.world.channel(int(thread["id"]))
    places.leave(here.world, channel, here.world.application_id)
    await settled(bot)
    places.join(here.world, channel, here.world.application_id)
    created, joined = await bot.event("THREAD_CREATE"), await bot.event("THREAD_MEMBERS_UPDATE")

    assert created["member"]["user_id"] == str(here.world.application_id)
    assert "newly_created" not in created
    assert joined["member_count"] == 1
    assert joined["added_members"][0]["member"]["user"]["id"] == str(here.world.application_id)
    assert joined["added_members"][0]["presence"] is None


async def test_writing_wakes_and_joins_a_thread(here: Here) -> None:
    bot = await here.connect()
    thread = (await here.call("POST", f"/channels/{RAID + 2}/threads", {"name": "t", "type": 11})).body
    await here.call("PATCH", f"/channels/{thread['id']}", {"archived": True})
    await settled(bot)
    await here.hands.say(ROOK, int(thread["id"]), "hello")
    woken = await bot.event("THREAD_UPDATE")
    await bot.event("MESSAGE_CREATE")

    assert woken["thread_metadata"]["archived"] is False
    assert bot.deeds() == ["THREAD_UPDATE", "THREAD_MEMBERS_UPDATE", "MESSAGE_CREATE"]


@rule("Threads: created, also for who is added to a private one; members come and go; one's own membership")
@pytest.mark.parametrize(("intents", "told"), [(GUILDS, 1), (GUILDS | GUILD_MEMBERS, 2), (GUILD_MEMBERS, 2)])
async def test_without_members_only_the_bots_own_threads_are_told(here: Here, intents: int, told: int) -> None:
    bot = await here.connect(intents)
    thread = (await here.call("POST", f"/channels/{RAID}/threads", {"name": "t", "type": 11})).body
    await here.call("PUT", f"/channels/{thread['id']}/thread-members/{ROOK}")
    await bot.say(1)
    await bot.op(11)

    assert bot.names().count("THREAD_MEMBERS_UPDATE") == told


@rule("THREAD_LIST_SYNC when the bot gains sight of a channel")
async def test_threads_of_a_channel_are_listed_when_it_is_seen_again(here: Here) -> None:
    bot = await here.connect()
    thread = (await here.call("POST", f"/channels/{RAID_LOG}/threads", {"name": "t", "type": 11})).body
    hidden = [{"id": here.world.application_id, "type": 1, "deny": str(bits("VIEW_CHANNEL"))}]
    await here.hands.edit_channel(RAID_LOG, overwrites=hidden)
    await settled(bot)
    await here.hands.edit_channel(RAID_LOG, overwrites=[])
    listed = await bot.event("THREAD_LIST_SYNC")

    assert bot.deeds() == ["CHANNEL_UPDATE", "THREAD_LIST_SYNC"]
    assert listed["channel_ids"] == [str(RAID_LOG)]
    assert [each["id"] for each in listed["threads"]] == [thread["id"]]
    assert [each["user_id"] for each in listed["members"]] == [str(here.world.application_id)]


async def test_typing_is_told_with_who_types(here: Here) -> None:
    bot = await here.connect(GUILD_TYPING)
    await here.call("POST", f"/channels/{RAID}/typing")
    told = await bot.event("TYPING_START")

    assert told["member"]["user"]["id"] == told["user_id"] == str(here.world.application_id)


@pytest.mark.parametrize(("intents", "told"), [(0, []), (GUILD_REACTIONS, ["MESSAGE_REACTION_ADD"])])
async def test_reactions_need_their_intent(here: Here, intents: int, told: list[str]) -> None:
    bot = await here.connect(intents)
    sent = await here.post(RAID, content="x")
    await here.call("PUT", f"/channels/{RAID}/messages/{sent.body['id']}/reactions/🎉/@me")
    await bot.say(1)
    await bot.op(11)

    assert bot.names() == ["READY", *told]


@rule("Bans and the audit log are told to bots with the permission")
async def test_bans_are_told_to_who_may_ban(here: Here) -> None:
    bot = await here.connect(GUILD_MODERATION)
    guild = here.world.guild(GUILD)
    people.ban(here.world, guild, here.world.user(ROOK), By(ALWYN))
    await bot.event("GUILD_BAN_ADD")
    for role in guild.roles.values():
        role.permissions &= ~bits("BAN_MEMBERS", "ADMINISTRATOR")
    people.unban(here.world, guild, here.world.user(ROOK), By(ALWYN))
    await bot.say(1)
    await bot.op(11)

    assert bot.deeds() == ["READY", "GUILD_BAN_ADD"]


@rule("The bot's own changes as a member need no intent")
async def test_the_bots_own_changes_need_no_intent(here: Here) -> None:
    bot = await here.connect(0)
    await here.call("PATCH", f"/guilds/{GUILD}/members/{ROOK}", {"nick": "R"})
    await here.call("PATCH", f"/guilds/{GUILD}/members/@me", {"nick": "Bot"})
    changed = await bot.event("GUILD_MEMBER_UPDATE")

    assert changed["nick"] == "Bot"


@rule("Own private messages are told with DIRECT_MESSAGES, without guild and member")
@pytest.mark.parametrize("intents", [EVERYTHING, EVERYTHING & ~DIRECT_MESSAGES])
async def test_private_answers_come_as_direct_messages_do(here: Here, intents: int) -> None:
    bot = await here.connect(intents)
    interaction = await opened(here, bot)
    await settled(bot)
    await here.callback(interaction, 4, {"content": "secret", "flags": 64})
    await here.webhook("PATCH", interaction, "/messages/@original", {"content": "changed"})
    await bot.say(1)
    await bot.op(11)

    told = [packet["d"] for packet in bot.packets if packet["op"] == 0]
    assert [each["content"] for each in told] == (["secret", "changed"] if intents & DIRECT_MESSAGES else [])
    assert not any("guild_id" in each or "member" in each for each in told)


async def test_a_new_name_stands_on_old_messages_too(here: Here) -> None:
    sent = await here.post(RAID, content="x")
    answer = await here.call("PATCH", "/users/@me", {"username": "Renamed"})
    read = await here.call("GET", f"/channels/{RAID}/messages/{sent.body['id']}")

    assert answer.body["username"] == read.body["author"]["username"] == "Renamed"


@pytest.mark.parametrize("path", ["/users/@me", f"/guilds/{GUILD}"])
async def test_what_cannot_be_changed_is_never_made_up(here: Here, path: str) -> None:
    assert (await here.call("PATCH", path, {"banner": None})).status == 501
