"""Messages come, change and go; everyone who may know is told."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from discord_loopback import audit_log, files, finishing, limits, links, mentions, render
from discord_loopback.audit_log import By
from discord_loopback.errors import ApiError
from discord_loopback.events import Event
from discord_loopback.files import Upload
from discord_loopback.model import (
    COMPONENTS_V2,
    EPHEMERAL,
    LOADING,
    SILENT,
    SUPPRESS_EMBEDS,
    THREAD_STARTER,
    Channel,
    Json,
    Message,
)
from discord_loopback.world import World

SETTABLE = SUPPRESS_EMBEDS | SILENT | COMPONENTS_V2 | EPHEMERAL
"""Flags a sender may set; the others are Discord's."""


@dataclass(slots=True)
class Draft:
    """A message about to be sent."""

    author_id: int
    body: Json
    uploads: list[Upload] = field(default_factory=list[Upload])
    type: int = 0
    flags: int = 0
    metadata: Json | None = None
    reference: Json | None = None
    interaction_id: int | None = None
    ephemeral_for: int | None = None
    webhook_id: int | None = None
    author: Json | None = None


def check(draft: Draft) -> None:
    """Check a draft against every limit.

    Raises:
        ApiError: 30015, 50006 or 50035.
    """
    limits.imitated(draft.body)
    files.few_enough(len(draft.uploads))
    names = frozenset(_names(draft.body, draft.uploads))
    limits.message(draft.body, draft.flags, names)
    limits.something(draft.body, len(draft.uploads), draft.flags)


def send(world: World, channel: Channel, draft: Draft) -> Message:
    """Put a checked message into a channel."""
    now = world.clock.now()
    message = Message(
        id=world.ids.new(),
        channel_id=channel.id,
        guild_id=channel.guild_id,
        author_id=draft.author_id,
        created=now,
        type=draft.type,
        flags=draft.flags,
        tts=bool(draft.body.get("tts")),
        nonce=draft.body.get("nonce"),
        reference=draft.reference,
        metadata=draft.metadata,
        ephemeral_for=draft.ephemeral_for,
        interaction_id=draft.interaction_id,
        webhook_id=draft.webhook_id,
        author=draft.author,
    )
    message.attachments = files.attach(world, channel.id, draft.body, draft.uploads, [])
    _fill(world, message, draft.body)
    mentions.settle(world, channel, message, draft.body.get("allowed_mentions"))
    if message.pings.users or message.pings.roles or message.pings.everyone:
        world.pinged.append(message)
    _put(world, channel, message)
    return message


def announce(world: World, channel: Channel, draft: Draft, mentions: Iterable[int] = ()) -> None:
    """Let Discord write what happened. docs: Message, Message Types."""
    message = Message(
        id=world.ids.new(),
        channel_id=channel.id,
        guild_id=channel.guild_id,
        author_id=draft.author_id,
        created=world.clock.now(),
        content=draft.body.get("content", ""),
        type=draft.type,
        reference=draft.reference,
        mentions=list(mentions),
    )
    _put(world, channel, message)


def reference_to(message: Message) -> Json:
    """Return how a message is referred to. docs: Message, Message Reference Structure."""
    reference: Json = {"type": 0, "message_id": str(message.id), "channel_id": str(message.channel_id)}
    return {**reference, "guild_id": str(message.guild_id)} if message.guild_id else reference


def _put(world: World, channel: Channel, message: Message) -> None:
    channel.messages[message.id] = world.messages[message.id] = message
    if channel.thread is not None and message.type != THREAD_STARTER:  # docs: Channel: the initial one is not counted
        channel.thread.message_count += 1
        channel.thread.total_sent += 1
    _tell(world, "MESSAGE_CREATE", channel, message)


def change(world: World, message: Message, body: Json, uploads: list[Upload] | None = None) -> Message:
    """Change a message by the keys that the body has. Nobody is pinged by an edit.

    Raises:
        ApiError: 30015, 50006, 50021 or 50035.
    """
    if message.system:
        raise ApiError(50021)
    limits.imitated(body)
    flags = _changed_flags(message, body)
    merged = {key: body.get(key, getattr(message, key)) for key in ("content", "embeds", "components")}
    checked = {**merged, "allowed_mentions": body.get("allowed_mentions")}
    if not flags & COMPONENTS_V2:
        checked = {key: value for key, value in checked.items() if key in body}  # what stands was checked when it came
    limits.message(
        checked, flags, frozenset([*_names(body, uploads or []), *(each["filename"] for each in message.attachments)])
    )
    attachments = files.attach(world, message.channel_id, body, uploads or [], message.attachments)
    files.few_enough(len(attachments))
    limits.something(merged, len(attachments), flags)
    message.attachments = attachments
    if not message.flags & LOADING:  # to confirm: what replaces "is thinking" does not count as edited
        message.edited = world.clock.now()
    message.flags = flags & ~LOADING
    _fill(world, message, body)
    pings = message.pings
    channel = world.channel(message.channel_id)
    mentions.settle(world, channel, message, body.get("allowed_mentions"))
    message.pings = pings
    touch(world, message)
    return message


def touch(world: World, message: Message) -> None:
    """Tell that a message looks different now."""
    message.rendered = None
    _tell(world, "MESSAGE_UPDATE", world.channel(message.channel_id), message)


def remove(world: World, message: Message, by: By | None = None) -> None:
    """Delete a message; that somebody deleted another's is noted."""
    channel = world.channel(message.channel_id)
    _drop(world, channel, message)
    data: Json = {"id": str(message.id), "channel_id": str(channel.id)}
    if channel.guild_id is not None:
        data["guild_id"] = str(channel.guild_id)
    world.bus.emit(Event("MESSAGE_DELETE", data, channel.guild_id, channel, message, message.ephemeral_for))
    if by is not None and channel.guild_id is not None and by.user_id != message.author_id:
        about: Json = {"channel_id": channel.id, "count": 1}
        audit_log.note(world, world.guild(channel.guild_id), audit_log.MESSAGE_DELETE, message.author_id, by, **about)


def remove_many(world: World, channel: Channel, message_ids: list[int]) -> None:
    """Delete several messages at once, as one event."""
    gone = [message for each in message_ids if (message := channel.messages.get(each)) is not None]
    for message in gone:
        _drop(world, channel, message)
    data: Json = {"ids": [str(each.id) for each in gone], "channel_id": str(channel.id)}
    if channel.guild_id is not None:
        data["guild_id"] = str(channel.guild_id)
    world.bus.emit(Event("MESSAGE_DELETE_BULK", data, channel.guild_id, channel))


def _drop(world: World, channel: Channel, message: Message) -> None:
    channel.messages.pop(message.id, None)
    world.messages.pop(message.id, None)
    if channel.thread is not None and message.type != THREAD_STARTER:
        channel.thread.message_count -= 1


def announced(world: World, channel: Channel, message: Message) -> Json:
    """Return a message as the gateway tells of it. docs: Gateway Events, Message Create."""
    data = {**render.message(world, message), "channel_type": channel.type}
    if channel.guild_id is not None and message.ephemeral_for is None:  # docs: a private one has neither of both
        data["guild_id"] = str(channel.guild_id)
        if author := world.find_member(channel.guild_id, message.author_id):
            data["member"] = render.member(author)
    return data


def _tell(world: World, name: str, channel: Channel, message: Message) -> None:
    data = announced(world, channel, message)
    if name == "MESSAGE_CREATE" and message.nonce is not None:
        data["nonce"] = message.nonce
    world.bus.emit(Event(name, data, channel.guild_id, channel, message, message.ephemeral_for))


def _names(body: Json, uploads: list[Upload]) -> list[str]:
    named = {str(each.get("id")): each.get("filename") for each in body.get("attachments") or []}
    return [named.get(upload.index) or upload.filename for upload in uploads]


def _changed_flags(message: Message, body: Json) -> int:
    if body.get("flags") is None:
        return message.flags
    asked = int(body["flags"]) & (SUPPRESS_EMBEDS | COMPONENTS_V2)
    if not message.flags & LOADING:
        limits.keeps_v2(message.flags, asked)
    return message.flags & ~(SUPPRESS_EMBEDS | COMPONENTS_V2) | asked


def _fill(world: World, message: Message, body: Json) -> None:
    """Take content, embeds and components over from a body."""
    urls = {each["filename"]: each["url"] for each in message.attachments}
    body = links.bare(world, body)
    if "content" in body:
        message.content = (body["content"] or "").strip()
    if "embeds" in body or "embed" in body:
        plain = body.get("embeds") or []
        message.embeds = [finishing.embed(files.resolved(each, urls)) for each in plain]
        shown = {(each.get("image") or {}).get("url") for each in plain} | {
            (each.get("thumbnail") or {}).get("url") for each in plain
        }
        # to confirm: a file shown inside an embed is not listed as an attachment too
        message.attachments = [each for each in message.attachments if f"attachment://{each['filename']}" not in shown]
    if "components" in body:
        message.components = files.resolved(body["components"] or [], urls)
        finishing.finish(world, message)


def own(message: Message, user_id: int) -> None:
    """Insist that a message was written by this account.

    Raises:
        ApiError: 50005.
    """
    if message.author_id != user_id:
        raise ApiError(50005)
