"""Channels and threads come, change and go; everyone who may know is told."""

from collections.abc import Sequence

from discord_loopback import audit_log, posts, render
from discord_loopback.audit_log import By
from discord_loopback.events import Event
from discord_loopback.model import (
    CATEGORY,
    NAME_CHANGE,
    PRIVATE_THREAD,
    RECIPIENT_ADD,
    THREAD_STARTER,
    Channel,
    Guild,
    Json,
    Message,
    Overwrite,
    Thread,
)
from discord_loopback.posts import Draft
from discord_loopback.world import World


def make(world: World, guild: Guild, kind: int, name: str, body: Json) -> Channel:
    """Make a channel."""
    channel = Channel(
        id=world.ids.new(),
        type=kind,
        name=name,
        guild_id=guild.id,
        position=len(guild.channels),
        parent_id=int(body["parent_id"]) if body.get("parent_id") else None,
        topic=body.get("topic"),
        nsfw=bool(body.get("nsfw")),
        slowmode=body.get("rate_limit_per_user") or 0,
        thread_slowmode=body.get("default_thread_rate_limit_per_user") or 0,
        auto_archive=body.get("default_auto_archive_duration"),
        overwrites=overwrites(body.get("permission_overwrites") or []),
    )
    guild.channels[channel.id] = world.channels[channel.id] = channel
    world.bus.emit(Event("CHANNEL_CREATE", render.channel(world, channel), guild.id, channel))
    return channel


def overwrites(listed: list[Json]) -> dict[int, Overwrite]:
    """Read overwrites from JSON."""
    read = [
        Overwrite(int(e["id"]), int(e.get("type") or 0), int(e.get("allow") or 0), int(e.get("deny") or 0))
        for e in listed
    ]
    return {each.id: each for each in read}


def described(world: World, channel: Channel) -> Json:
    """Return a channel or thread as the audit log compares it."""
    shown = render.channel(world, channel)
    return {**shown, **shown.get("thread_metadata", {})}


def changed(world: World, channel: Channel, before: Json | None = None, by: By | None = None) -> None:
    """Tell that a channel or thread is different now.

    Args:
        world: The state of everything.
        channel: How it is now.
        before: How it was `described`, for the audit log.
        by: Who changed it, for the audit log.
    """
    name = "THREAD_UPDATE" if channel.thread else "CHANNEL_UPDATE"
    world.bus.emit(Event(name, render.channel(world, channel), channel.guild_id, channel))
    if started := world.messages.get(channel.id):  # a message shows the thread that started from it
        started.rendered = None
    if before is None or by is None:
        return
    now = described(world, channel)
    if channel.thread and before["name"] != now["name"]:  # docs: Threads, New Message Types
        posts.announce(world, channel, Draft(by.user_id, {"content": channel.name}, type=NAME_CHANGE))
    action, keys = (
        (audit_log.THREAD_UPDATE, audit_log.THREAD_KEYS)
        if channel.thread
        else (audit_log.CHANNEL_UPDATE, audit_log.CHANNEL_KEYS)
    )
    if differing := audit_log.changes(before, now, keys):
        audit_log.note(world, world.guild(channel.guild_id or 0), action, channel.id, by, differing)


def remove(world: World, channel: Channel) -> None:
    """Delete a channel with its threads, or a thread; what a category held stays without one."""
    guild = world.guild(channel.guild_id or 0)
    data = render.channel(world, channel)
    for thread in [each for each in guild.threads.values() if each.parent_id == channel.id]:
        remove(world, thread)
    if channel.thread:
        keys = ("id", "guild_id", "parent_id", "type")
        data = {key: data[key] for key in keys}
    world.bus.emit(Event("THREAD_DELETE" if channel.thread else "CHANNEL_DELETE", data, guild.id, channel))
    guild.channels.pop(channel.id, None)
    guild.threads.pop(channel.id, None)
    world.channels.pop(channel.id, None)
    for message_id in channel.messages:
        world.messages.pop(message_id, None)
    for hook in [each for each in world.webhooks.values() if each.channel_id == channel.id]:
        del world.webhooks[hook.id]
    if channel.type == CATEGORY:  # docs: Channel, Delete/Close Channel
        for child in [each for each in guild.channels.values() if each.parent_id == channel.id]:
            child.parent_id = None
            changed(world, child)


def start_thread(world: World, parent: Channel, thread_id: int, kind: int, body: Json) -> Channel:
    """Start a thread; one that starts from a message has the message's id."""
    now = world.clock.now()
    duration = body.get("auto_archive_duration") or parent.auto_archive or 1440
    channel = Channel(
        id=thread_id,
        type=kind,
        name=body["name"],
        guild_id=parent.guild_id,
        parent_id=parent.id,
        slowmode=body.get("rate_limit_per_user") or parent.thread_slowmode,
        thread=Thread(
            owner_id=world.application_id,
            archive_timestamp=now,
            created=now,
            auto_archive_duration=int(duration),
            invitable=bool(body.get("invitable", kind == PRIVATE_THREAD)),
            members={world.application_id: now},
            active_at=now,
        ),
    )
    guild = world.guild(parent.guild_id or 0)
    guild.threads[channel.id] = world.channels[channel.id] = channel
    world.archive_due = min(world.archive_due, now + int(duration) * 60)
    data: Json = {**render.channel(world, channel), "newly_created": True}
    world.bus.emit(Event("THREAD_CREATE", data, parent.guild_id, channel))
    return channel


def starter(world: World, thread: Channel, message: Message) -> None:
    """Put the message from which a thread started at its beginning. docs: Threads, New Message Types."""
    reference = posts.reference_to(message)
    posts.announce(world, thread, Draft(message.author_id, {}, type=THREAD_STARTER, reference=reference))


def invite(world: World, thread: Channel, user_id: int, by: int) -> None:
    """Bring someone into a thread."""
    if thread.thread is None or user_id in thread.thread.members:
        return
    thread.thread.members[user_id] = world.clock.now()
    _members(world, thread, added=[user_id])
    if user_id != by:
        posts.announce(world, thread, Draft(by, {}, type=RECIPIENT_ADD), mentions=[user_id])


def dismiss(world: World, thread: Channel, user_id: int) -> None:
    """Take someone out of a thread."""
    if thread.thread is not None and thread.thread.members.pop(user_id, None) is not None:
        _members(world, thread, removed=[user_id])


def _members(world: World, thread: Channel, *, added: Sequence[int] = (), removed: Sequence[int] = ()) -> None:
    """Tell who came into a thread and who left it. docs: Gateway Events, Thread Members Update."""
    data: Json = {
        "id": str(thread.id),
        "guild_id": str(thread.guild_id),
        "member_count": min(len(thread.thread.members) if thread.thread else 0, 50),
    }
    if added:
        data["added_members"] = [{**render.thread_member(thread, each), "presence": None} for each in added]
    if removed:
        data["removed_member_ids"] = [str(each) for each in removed]
    world.bus.emit(Event("THREAD_MEMBERS_UPDATE", data, thread.guild_id, thread))


def wake(world: World, thread: Channel) -> None:
    """Open a thread again, as writing in it does. docs: Threads, Active & Archived Threads."""
    if thread.thread is None:
        return
    thread.thread.active_at = world.clock.now()
    if thread.thread.archived:
        thread.thread.archived = False
        thread.thread.archive_timestamp = thread.thread.active_at
        world.archive_due = 0.0
        changed(world, thread)


def archive_idle(world: World) -> None:
    """Archive the threads in which nothing happened for as long as they say. docs: Threads, Active & Archived."""
    now = world.clock.now()
    if now < world.archive_due:
        return
    dues: list[float] = []
    for guild in world.guilds.values():
        for channel in guild.threads.values():
            thread = channel.thread
            if thread is None or thread.archived:
                continue
            due = thread.active_at + thread.auto_archive_duration * 60
            if due > now:
                dues.append(due)
                continue
            thread.archived, thread.archive_timestamp = True, due
            changed(world, channel)
    world.archive_due = min(dues, default=float("inf"))
