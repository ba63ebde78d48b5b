"""Messages of channels. docs: Message."""

from itertools import islice

from discord_loopback import buckets, permissions, places, posts, reactions, render
from discord_loopback.calls import Call, Route, snowflake
from discord_loopback.errors import ApiError, wrong
from discord_loopback.model import (
    COMPONENTS_V2,
    DM,
    SILENT,
    SUPPRESS_EMBEDS,
    WRITABLE,
    Channel,
    Json,
    Message,
)
from discord_loopback.posts import Draft
from discord_loopback.snowflakes import born_at

REMEMBERS_NONCE = 300.0
"""Seconds a nonce is looked for. docs: Message, Create Message: "in the past few minutes"; to confirm."""
BULK_AGE = 14 * 86_400.0
REPLY = 19


async def create(call: Call) -> Json:
    """Send a message."""
    world, channel, body = call.world, call.world.channel(call.id("channel_id")), call.body
    _may_send(call, channel)
    if (earlier := _said_before(call, channel)) is not None:
        return {**render.message(world, earlier), "nonce": earlier.nonce}
    draft = Draft(
        author_id=world.application_id,
        body=body,
        uploads=call.uploads,
        flags=int(body.get("flags") or 0) & (SUPPRESS_EMBEDS | SILENT | COMPONENTS_V2),
        reference=_replied(call, channel),
    )
    draft.type = REPLY if draft.reference else 0
    posts.check(draft)
    message = posts.send(world, channel, draft)
    return {**render.message(world, message), **({"nonce": message.nonce} if message.nonce is not None else {})}


def _may_send(call: Call, channel: Channel) -> None:
    if channel.type not in WRITABLE:
        raise ApiError(50008)
    if channel.type == DM:
        if call.world.users[channel.recipient_id or 0].dms_closed:
            raise ApiError(50007)
        return
    thread = channel.thread
    granted = call.world.bot_may(channel, "SEND_MESSAGES_IN_THREADS" if thread else "SEND_MESSAGES")
    if thread is not None and thread.locked and not granted & permissions.bits("MANAGE_THREADS"):
        raise ApiError(160005)
    if thread is not None:  # docs: Threads: "sending a message will automatically unarchive the thread"
        places.wake(call.world, channel)
    _may_embed(call, granted)


def _may_embed(call: Call, granted: int) -> None:
    # to confirm: embeds without EMBED_LINKS are refused (for people they are silently left out)
    if call.body.get("embeds"):
        permissions.demand(granted, "EMBED_LINKS")
    if call.uploads:
        permissions.demand(granted, "ATTACH_FILES")


def _said_before(call: Call, channel: Channel) -> Message | None:
    """Return the message that carried this nonce, if the sender wants it to be unique."""
    nonce = call.body.get("nonce")
    if nonce is None or not call.body.get("enforce_nonce"):
        return None
    oldest = call.world.clock.now() - REMEMBERS_NONCE
    for message in reversed(channel.messages.values()):
        if message.created < oldest:
            return None
        if message.nonce == nonce and message.author_id == call.world.application_id:
            return message
    return None


def _replied(call: Call, channel: Channel) -> Json | None:
    reference = call.body.get("message_reference")
    if not reference:
        return None
    message_id = snowflake(reference.get("message_id"), "message_id")
    if message_id not in channel.messages:
        if reference.get("fail_if_not_exists", True):
            raise wrong(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        return None
    permissions.demand(call.world.granted(call.world.application_id, channel), "READ_MESSAGE_HISTORY")
    kept = {"type": 0, "message_id": str(message_id), "channel_id": str(channel.id)}
    return {**kept, "guild_id": str(channel.guild_id)} if channel.guild_id else kept


async def listed(call: Call) -> list[Json]:
    """Return messages, newest first. docs: Message, Get Channel Messages."""
    channel = call.world.channel(call.id("channel_id"))
    granted = call.world.bot_may(channel)
    if not granted & permissions.HISTORY:
        return []  # docs: without READ_MESSAGE_HISTORY no messages are returned
    limit = int(call.query("limit") or 50)
    if not 1 <= limit <= 100:  # noqa: PLR2004 - docs: 1-100
        raise wrong(("limit",), "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
    return [render.message(call.world, each) for each in _window(call, channel, limit)]


def _window(call: Call, channel: Channel, limit: int) -> list[Message]:
    newest = (each for each in reversed(channel.messages.values()) if each.ephemeral_for is None)
    if before := call.query("before"):
        return list(islice((each for each in newest if each.id < int(before)), limit))
    oldest = (each for each in channel.messages.values() if each.ephemeral_for is None)
    if after := call.query("after"):
        return list(islice((each for each in oldest if each.id > int(after)), limit))[::-1]
    if around := call.query("around"):
        older = islice((each for each in newest if each.id < int(around)), limit // 2)
        newer = list(islice((each for each in oldest if each.id >= int(around)), limit // 2 + 1))
        return [*newer[::-1], *older]
    return list(islice(newest, limit))


def _found(call: Call, *needed: str) -> Message:
    channel = call.world.channel(call.id("channel_id"))
    call.world.bot_may(channel, *needed)
    return call.world.message(channel.id, call.id("message_id"))


async def read(call: Call) -> Json:
    """Return a message."""
    return render.message(call.world, _found(call, "READ_MESSAGE_HISTORY"))


async def edit(call: Call) -> Json:
    """Change a message of the bot's own."""
    message = _found(call)
    posts.own(message, call.world.application_id)
    if call.world.clock.now() - message.created > buckets.OLD:
        call.server.buckets.demand(("old edits", message.channel_id), buckets.OLD_EDITS, 30046)
    thread = call.world.channel(message.channel_id).thread
    if thread is not None and thread.archived:
        raise ApiError(50083)
    return render.message(call.world, posts.change(call.world, message, call.body, call.uploads))


async def delete(call: Call) -> None:
    """Delete a message; one of another needs MANAGE_MESSAGES."""
    message = _found(call)
    if message.author_id != call.world.application_id:
        if message.guild_id is None:
            raise ApiError(50003)
        call.world.bot_may(call.world.channel(message.channel_id), "MANAGE_MESSAGES")
    posts.remove(call.world, message)


async def bulk_delete(call: Call) -> None:
    """Delete 2 to 100 messages younger than two weeks."""
    channel = call.world.channel(call.id("channel_id"))
    call.world.bot_may(channel, "MANAGE_MESSAGES")
    listed = [int(each) for each in call.body.get("messages") or []]
    if not 2 <= len(listed) <= 100:  # noqa: PLR2004 - docs: 2-100
        raise ApiError(50016)
    if any(call.world.clock.now() - born_at(each) > BULK_AGE for each in listed):
        raise ApiError(50034)
    posts.remove_many(call.world, channel, listed)


async def react(call: Call) -> None:
    """Add the bot's reaction."""
    message = _found(call, "READ_MESSAGE_HISTORY")
    if call.request.match_info["emoji"] not in message.reactions:
        call.world.bot_may(call.world.channel(message.channel_id), "ADD_REACTIONS")
    reactions.add(call.world, message, call.world.application_id, call.request.match_info["emoji"])


async def unreact(call: Call) -> None:
    """Take the bot's reaction back."""
    message = _found(call)
    users = message.reactions.get(call.request.match_info["emoji"])
    if not users or call.world.application_id not in users:
        raise ApiError(10014)
    reactions.remove(call.world, message, call.world.application_id, call.request.match_info["emoji"])


async def pin(call: Call) -> None:
    """Pin a message. docs: Message, Pin Message; needs PIN_MESSAGES."""
    await _pinned(call, pinned=True)


async def unpin(call: Call) -> None:
    """Unpin a message."""
    await _pinned(call, pinned=False)


async def _pinned(call: Call, *, pinned: bool) -> None:
    message = _found(call, "PIN_MESSAGES")
    posts.pin(call.world, message, pinned=pinned)


async def pinned_items(call: Call) -> Json:
    """Return the pinned messages with the time of pinning, which is not kept: their last change stands for it."""
    items = [{"pinned_at": each["edited_timestamp"] or each["timestamp"], "message": each} for each in await pins(call)]
    return {"items": items, "has_more": False}


async def pins(call: Call) -> list[Json]:
    """Return the pinned messages."""
    channel = call.world.channel(call.id("channel_id"))
    call.world.bot_may(channel)
    return [render.message(call.world, each) for each in reversed(channel.messages.values()) if each.pinned]


ALL, ONE = "/channels/{channel_id}/messages", "/channels/{channel_id}/messages/{message_id}"
OLD_PIN, NEW_PIN = "/channels/{channel_id}/pins/{message_id}", ALL + "/pins/{message_id}"
ROUTES = [
    Route("POST", ALL + "/bulk-delete", bulk_delete, major="channel_id"),
    Route("GET", "/channels/{channel_id}/pins", pins, major="channel_id"),
    Route("GET", ALL + "/pins", pinned_items, major="channel_id"),
    *(Route("PUT", path, pin, major="channel_id") for path in (OLD_PIN, NEW_PIN)),
    *(Route("DELETE", path, unpin, major="channel_id") for path in (OLD_PIN, NEW_PIN)),
    Route("POST", ALL, create, buckets.MESSAGES, "channel_id"),
    Route("GET", ALL, listed, major="channel_id"),
    Route("GET", ONE, read, major="channel_id"),
    Route("PATCH", ONE, edit, buckets.MESSAGES, "channel_id"),
    Route("DELETE", ONE, delete, major="channel_id"),
    Route("PUT", ONE + "/reactions/{emoji}/@me", react, major="channel_id"),
    Route("DELETE", ONE + "/reactions/{emoji}/@me", unreact, major="channel_id"),
]
