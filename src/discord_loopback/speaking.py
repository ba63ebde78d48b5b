"""What members do with messages and threads: write, reply, change, react, open, join and leave."""

import base64
import binascii

from discord_loopback import asks, bounds, permissions, places, posts, reactions
from discord_loopback.audit_log import By
from discord_loopback.bounds import refused
from discord_loopback.errors import ApiError
from discord_loopback.files import Upload
from discord_loopback.model import (
    ANNOUNCEMENT,
    ANNOUNCEMENT_THREAD,
    DM,
    HAS_THREAD,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    TEXT,
    WRITABLE,
    Channel,
    Json,
    Message,
)
from discord_loopback.posts import Draft
from discord_loopback.world import World

REPLY = 19
QUIET_REPLY: Json = {"parse": ["users", "roles", "everyone"], "replied_user": False}


def say(world: World, ask: asks.Say) -> Message:
    """Write a message or a reply, with files.

    Raises:
        ApiError: 403 where they may not, 50006 or 50035 where the message is none.
    """
    channel = _writable(world, ask)
    draft = Draft(author_id=ask.user, body={"content": ask.content}, uploads=_uploads(ask.files))
    if ask.reply_to is not None:
        original = bounds.message(world, ask.user, ask.reply_to)
        if original.channel_id != channel.id or original.ephemeral_for is not None:
            raise refused("They can reply only to what stands there for everyone")
        draft.type = REPLY
        draft.reference = posts.reference_to(original)
        if not ask.ping:
            draft.body["allowed_mentions"] = QUIET_REPLY
    posts.check(draft)
    return posts.send(world, channel, draft)


def _writable(world: World, ask: asks.Say) -> Channel:
    """Return the channel if they may write there; a thread opens again and has them as a member."""
    channel = world.channel(ask.channel_id)
    if channel.type not in WRITABLE:
        raise refused("Nobody can write there")
    needed = ["SEND_MESSAGES_IN_THREADS" if channel.thread else "SEND_MESSAGES"]
    if ask.files:
        needed.append("ATTACH_FILES")
    channel = bounds.place(world, ask.user, channel.id, *needed)
    if channel.thread:
        if channel.thread.locked and not world.granted(ask.user, channel) & permissions.bits("MANAGE_THREADS"):
            raise refused("The thread is locked")
        places.wake(world, channel, By(ask.user))
        places.join(world, channel, ask.user)
    _slowed(world, ask.user, channel)
    return channel


def _slowed(world: World, user_id: int, channel: Channel) -> None:
    """Let a member write once in so many seconds. docs: Channel, rate_limit_per_user; Permissions, BYPASS_SLOWMODE.

    Raises:
        ApiError: 20016.
    """
    if not channel.slowmode or world.granted(user_id, channel) & permissions.bits("BYPASS_SLOWMODE"):
        return
    now = world.clock.now()
    wait = channel.spoke_at.get(user_id, 0.0) + channel.slowmode - now
    if wait > 0:
        raise ApiError(20016, more={"retry_after": round(wait, 3)})
    channel.spoke_at[user_id] = now


def _uploads(listed: list[asks.File]) -> list[Upload]:
    return [Upload(str(index), each.filename, decoded(each), each.content_type) for index, each in enumerate(listed)]


def decoded(file: asks.File) -> bytes:
    """Return what is in a file.

    Raises:
        ApiError: 400 where that is no base64.
    """
    try:
        return base64.b64decode(file.base64, validate=True)
    except binascii.Error as broken:
        raise ApiError(0, f"{file.filename} is no base64", status=400) from broken


def dm(world: World, ask: asks.Dm) -> Message:
    """Write to the bot."""
    channel = world.dm_with(ask.user)
    return say(world, asks.Say(user=ask.user, channel_id=channel.id, content=ask.content, files=ask.files))


def edit(world: World, ask: asks.Edit) -> Message:
    """Change a message of one's own."""
    message = bounds.message(world, ask.user, ask.message_id)
    if message.author_id != ask.user:
        raise refused("They may change only what they wrote")
    thread = world.channel(message.channel_id).thread
    if thread is not None and thread.archived:
        raise refused("The thread is archived")
    return posts.change(world, message, {"content": ask.content})


def delete(world: World, ask: asks.OfMessage) -> None:
    """Delete a message, or dismiss a private one."""
    message = bounds.message(world, ask.user, ask.message_id)
    channel = world.channel(message.channel_id)
    mine = ask.user in (message.author_id, message.ephemeral_for)
    if not mine and (channel.type == DM or not world.granted(ask.user, channel) & permissions.bits("MANAGE_MESSAGES")):
        raise refused("They may not delete this message")
    posts.remove(world, message, None if message.ephemeral_for else By(ask.user))


def react(world: World, ask: asks.React) -> None:
    """Add a reaction; a new one needs its permission. docs: Message, Create Reaction."""
    message = bounds.message(world, ask.user, ask.message_id)
    if message.ephemeral_for is not None:
        raise refused("Nobody can react to a private message")
    needed = ["READ_MESSAGE_HISTORY", *([] if ask.emoji in message.reactions else ["ADD_REACTIONS"])]
    channel = bounds.place(world, ask.user, message.channel_id, *needed)
    if channel.thread is not None and channel.thread.archived:
        raise refused("The thread is archived")
    reactions.add(world, message, ask.user, ask.emoji)


def unreact(world: World, ask: asks.React) -> None:
    """Take one's reaction back."""
    message = bounds.message(world, ask.user, ask.message_id)
    if ask.user not in message.reactions.get(ask.emoji, ()):
        raise refused("They have not reacted with that")
    reactions.remove(world, message, ask.user, ask.emoji)


def open_thread(world: World, ask: asks.OpenThread) -> Channel:
    """Open a thread, from a message or without one."""
    needed = "CREATE_PRIVATE_THREADS" if ask.private else "CREATE_PUBLIC_THREADS"
    parent = bounds.place(world, ask.user, ask.channel_id, needed)
    if parent.type not in (TEXT, ANNOUNCEMENT):
        raise refused("No thread can be opened there")
    body: Json = {"name": ask.name, "auto_archive_duration": ask.auto_archive_duration}
    if ask.message_id is None:
        kind = PRIVATE_THREAD if ask.private else PUBLIC_THREAD
        return places.start_thread(world, parent, world.ids.new(), kind, body, By(ask.user))
    message = bounds.message(world, ask.user, ask.message_id)
    if message.channel_id != parent.id or message.ephemeral_for is not None or ask.private:
        raise refused("No such thread can be opened from that message")
    if message.system:
        raise refused("Discord wrote that message")
    if message.id in world.channels:
        raise refused("The message has a thread already")
    kind = ANNOUNCEMENT_THREAD if parent.type == ANNOUNCEMENT else PUBLIC_THREAD
    thread = places.start_thread(world, parent, message.id, kind, body, By(ask.user))
    places.starter(world, thread, message)
    message.flags |= HAS_THREAD
    posts.touch(world, message)
    return thread


def join_thread(world: World, ask: asks.InChannel) -> None:
    """Join a thread one can see."""
    channel = bounds.place(world, ask.user, ask.channel_id)
    if channel.thread is None or channel.thread.archived:
        raise refused("That is no open thread")
    places.join(world, channel, ask.user)


def leave_thread(world: World, ask: asks.InChannel) -> None:
    """Leave a thread."""
    channel = bounds.place(world, ask.user, ask.channel_id)
    if channel.thread is None or ask.user not in channel.thread.members:
        raise refused("They are not in that thread")
    places.leave(world, channel, ask.user)
