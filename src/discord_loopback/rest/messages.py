"""Messages of channels. docs: Message."""

from itertools import islice

from discord_loopback import audit_log, buckets, limits, permissions, places, posts, render
from discord_loopback.calls import Call, Route, snowflake
from discord_loopback.errors import ApiError, wrong
from discord_loopback.model import (
    COMPONENTS_V2,
    DEFAULT,
    DM,
    REPLY,
    SILENT,
    SUPPRESS_EMBEDS,
    WRITABLE,
    Channel,
    Json,
    Message,
    Thread,
)
from discord_loopback.posts import Draft
from discord_loopback.snowflakes import born_at

REMEMBERS_NONCE = 300.0
"""Seconds a nonce is looked for. docs: Message, Create Message: "in the past few minutes"; to confirm."""
BULK_AGE = 14 * 86_400.0
FEWEST, LISTED = 2, 100


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
    draft.type = REPLY if draft.reference else DEFAULT
    posts.check(draft)
    # docs: Threads: "Sending a message will automatically unarchive the thread"
    places.wake(world, channel, audit_log.By(world.application_id))
    message = posts.send(world, channel, draft)
    return {**render.message(world, message), **({"nonce": message.nonce} if message.nonce is not None else {})}


def _may_send(call: Call, channel: Channel) -> None:
    if channel.type not in WRITABLE:
        raise ApiError(50008)
    if channel.type == DM:
        _reachable(call, channel)
        return
    thread = channel.thread
    granted = call.world.bot_may(channel, "SEND_MESSAGES_IN_THREADS" if thread else "SEND_MESSAGES")
    if call.body.get("tts"):
        permissions.demand(granted, "SEND_TTS_MESSAGES")
    if thread is not None and thread.locked and not granted & permissions.MANAGE_THREADS:
        raise ApiError(160005)
    _may_embed(call, granted)


def _reachable(call: Call, channel: Channel) -> None:
    """Insist that a member can be written to. docs: Opcodes and Status Codes, 50007 and 50278."""
    user_id = channel.recipient_id or 0
    if call.world.users[user_id].dms_closed:
        raise ApiError(50007)
    if not any(user_id in guild.members for guild in call.world.guilds.values()):
        raise ApiError(50278)


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
    limits.imitated_reference(reference)
    message_id = snowflake(reference.get("message_id"), "message_id")
    if message_id not in channel.messages:
        if reference.get("fail_if_not_exists", True):
            raise wrong(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        return None
    if channel.messages[message_id].system:
        raise wrong(
            ("message_reference",), "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE", "Cannot reply to a system message"
        )
    if not call.world.granted(call.world.application_id, channel) & permissions.HISTORY:
        raise ApiError(160002)
    return posts.reference_to(channel.messages[message_id])


async def listed(call: Call) -> list[Json]:
    """Return messages, newest first. docs: Message, Get Channel Messages."""
    channel = call.world.channel(call.id("channel_id"))
    granted = call.world.bot_may(channel)
    if not granted & permissions.HISTORY:
        return []  # docs: without READ_MESSAGE_HISTORY no messages are returned
    limit = call.number("limit", 50, 1, LISTED)
    return [render.message(call.world, each) for each in _window(call, channel, limit)]


def _window(call: Call, channel: Channel, limit: int) -> list[Message]:
    newest = (each for each in reversed(channel.messages.values()) if each.ephemeral_for is None)
    if (before := call.moment("before")) is not None:
        return list(islice((each for each in newest if each.id < before), limit))
    oldest = (each for each in channel.messages.values() if each.ephemeral_for is None)
    if (after := call.moment("after")) is not None:
        return list(islice((each for each in oldest if each.id > after), limit))[::-1]
    if (around := call.moment("around")) is not None:
        older = islice((each for each in newest if each.id < around), limit // 2)
        newer = list(islice((each for each in oldest if each.id >= around), limit // 2 + 1))
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
    if thread is not None:
        _may_edit_in(call, thread)
    return render.message(call.world, posts.change(call.world, message, call.body, call.uploads))


def _may_edit_in(call: Call, thread: Thread) -> None:
    """Insist that messages of a thread may be edited. docs: Threads, Locked Threads; Active & Archived Threads."""
    granted = call.world.granted(call.world.application_id, call.world.channel(call.id("channel_id")))
    if thread.archived:
        raise ApiError(50083)
    if thread.locked and not granted & permissions.MANAGE_THREADS:
        raise ApiError(160005)


async def delete(call: Call) -> None:
    """Delete a message; one of another needs MANAGE_MESSAGES."""
    message, by = _found(call), call.by
    others = message.author_id != call.world.application_id
    if others:
        if message.guild_id is None:
            raise ApiError(50003)
        call.world.bot_may(call.world.channel(message.channel_id), "MANAGE_MESSAGES")
    posts.remove(call.world, message, by)


async def bulk_delete(call: Call) -> None:
    """Delete 2 to 100 messages younger than two weeks."""
    channel = call.world.channel(call.id("channel_id"))
    if channel.type == DM:
        raise ApiError(50003)
    call.world.bot_may(channel, "MANAGE_MESSAGES")
    by, listed = call.by, [snowflake(each, "messages") for each in call.body.get("messages") or []]
    if not FEWEST <= len(listed) <= LISTED:
        raise ApiError(50016)
    if len(set(listed)) != len(listed):  # docs: Message, Bulk Delete Messages: duplicates are refused
        raise wrong(("messages",), "SET_TYPE_ALREADY_CONTAINS_VALUE", "The value already exists in the set.")
    if any(call.world.clock.now() - born_at(each) > BULK_AGE for each in listed):
        raise ApiError(50034)
    count = len([each for each in listed if each in channel.messages])
    posts.remove_many(call.world, channel, listed)
    guild = call.world.guild(channel.guild_id or 0)
    audit_log.note(call.world, guild, audit_log.MESSAGES_DELETE, channel.id, by, count=count)


ALL, ONE = "/channels/{channel_id}/messages", "/channels/{channel_id}/messages/{message_id}"
ROUTES = [
    Route("POST", ALL + "/bulk-delete", bulk_delete, major="channel_id"),
    Route("POST", ALL, create, buckets.MESSAGES, "channel_id"),
    Route("GET", ALL, listed, major="channel_id"),
    Route("GET", ONE, read, major="channel_id"),
    Route("PATCH", ONE, edit, buckets.MESSAGES, "channel_id"),
    Route("DELETE", ONE, delete, major="channel_id"),
]
