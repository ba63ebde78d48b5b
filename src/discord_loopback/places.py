"""Channels and threads come, change and go; everyone who may know is told."""

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


def guild_changed(world: World, guild: Guild) -> None:
    """Tell that a guild is different now."""
    world.bus.emit(Event("GUILD_UPDATE", render.guild(guild), guild.id))


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


def delete(world: World, channel: Channel, by: By) -> None:
    """Delete a channel or thread, and note it."""
    guild, before = world.guild(channel.guild_id or 0), described(world, channel)
    remove(world, channel)
    action, keys = (
        (audit_log.THREAD_DELETE, audit_log.THREAD_KEYS)
        if channel.thread
        else (audit_log.CHANNEL_DELETE, audit_log.CHANNEL_KEYS)
    )
    audit_log.note(world, guild, action, channel.id, by, audit_log.changes(before, {}, keys))


def overwritten(world: World, channel: Channel, old: Overwrite | None, new: Overwrite | None, by: By) -> None:
    """Note that a channel allows or denies someone something else than before."""
    action = audit_log.OVERWRITE_UPDATE if old and new else audit_log.OVERWRITE_CREATE
    if new is None:
        action = audit_log.OVERWRITE_DELETE
    before, after = (render.overwrite(each) if each else {} for each in (old, new))
    guild = world.guild(channel.guild_id or 0)
    target = int((after or before)["id"])
    about = {"id": target, "type": (after or before)["type"]}
    if target in guild.roles:
        about["role_name"] = guild.roles[target].name
    changes = audit_log.changes(before, after, ("id", "type", "allow", "deny"))
    audit_log.note(world, guild, action, channel.id, by, changes, **about)


def start_thread(world: World, parent: Channel, thread_id: int, kind: int, body: Json, by: By) -> Channel:
    """Start a thread; one that starts from a message has the message's id."""
    now, owner = world.clock.now(), by.user_id
    duration = body.get("auto_archive_duration") or parent.auto_archive or 1440
    channel = Channel(
        id=thread_id,
        type=kind,
        name=body["name"],
        guild_id=parent.guild_id,
        parent_id=parent.id,
        slowmode=body.get("rate_limit_per_user") or parent.thread_slowmode,
        thread=Thread(
            owner_id=owner,
            archive_timestamp=now,
            created=now,
            auto_archive_duration=int(duration),
            invitable=bool(body.get("invitable", kind == PRIVATE_THREAD)),
            members={owner: now},
            active_at=now,
        ),
    )
    guild = world.guild(parent.guild_id or 0)
    guild.threads[channel.id] = world.channels[channel.id] = channel
    world.archive_due = min(world.archive_due, now + int(duration) * 60)
    data: Json = {**render.channel(world, channel), "newly_created": True}
    world.bus.emit(Event("THREAD_CREATE", data, parent.guild_id, channel))
    _joined(world, channel, owner)  # to confirm: the bot is told that it joined its own thread
    changes = audit_log.changes({}, described(world, channel), audit_log.THREAD_KEYS)
    audit_log.note(world, guild, audit_log.THREAD_CREATE, channel.id, by, changes)
    return channel


def starter(world: World, thread: Channel, message: Message) -> None:
    """Put the message from which a thread started at its beginning. docs: Threads, New Message Types."""
    reference = posts.reference_to(message)
    posts.announce(world, thread, Draft(message.author_id, {}, type=THREAD_STARTER, reference=reference))


def join(world: World, thread: Channel, user_id: int) -> None:
    """Let someone into a thread."""
    if thread.thread is None or user_id in thread.thread.members:
        return
    thread.thread.members[user_id] = world.clock.now()
    if user_id == world.application_id and thread.type == PRIVATE_THREAD:  # docs: Gateway Events, Thread Create
        data: Json = {**render.channel(world, thread), "member": render.thread_member(thread, user_id)}
        world.bus.emit(Event("THREAD_CREATE", data, thread.guild_id, thread))
    _joined(world, thread, user_id)


def invite(world: World, thread: Channel, user_id: int, by: int) -> None:
    """Bring someone into a thread, and let Discord say so."""
    if thread.thread is None or user_id in thread.thread.members:
        return
    join(world, thread, user_id)
    if user_id != by:
        posts.announce(world, thread, Draft(by, {}, type=RECIPIENT_ADD), mentions=[user_id])


def leave(world: World, thread: Channel, user_id: int) -> None:
    """Take someone out of a thread."""
    if thread.thread is not None and thread.thread.members.pop(user_id, None) is not None:
        _membership(world, thread, user_id, {"removed_member_ids": [str(user_id)]})


def _joined(world: World, thread: Channel, user_id: int) -> None:
    """Tell that someone is in a thread. docs: Gateway Events, Thread Member Update; Thread Members Update."""
    joined = render.thread_member(thread, user_id)
    if user_id == world.application_id:
        own: Json = {**joined, "guild_id": str(thread.guild_id)}
        world.bus.emit(Event("THREAD_MEMBER_UPDATE", own, thread.guild_id, thread))
    member = world.find_member(thread.guild_id, user_id)
    shown: Json = {**joined, "member": render.full_member(member) if member else None, "presence": None}
    _membership(world, thread, user_id, {"added_members": [shown]})


def _membership(world: World, thread: Channel, user_id: int, change: Json) -> None:
    count = len(thread.thread.members) if thread.thread else 0
    data: Json = {"id": str(thread.id), "guild_id": str(thread.guild_id), "member_count": min(count, 50), **change}
    world.bus.emit(Event("THREAD_MEMBERS_UPDATE", data, thread.guild_id, thread, about=(user_id,)))


def wake(world: World, thread: Channel, by: By) -> None:
    """Open a thread again, as writing in it does. docs: Threads, Active & Archived Threads.

    That the audit log tells of it, as of a change by whoever wrote, is to confirm.
    """
    if thread.thread is None:
        return
    thread.thread.active_at = world.clock.now()
    if thread.thread.archived:
        before = described(world, thread)
        thread.thread.archived = False
        thread.thread.archive_timestamp = thread.thread.active_at
        world.archive_due = 0.0
        changed(world, thread, before, by)


def archive(world: World, thread: Channel, *, archived: bool) -> None:
    """Close or open a thread, as asked; whoever asks tells of it."""
    if thread.thread is not None and thread.thread.archived != archived:
        now = world.clock.now()
        thread.thread.archived, thread.thread.archive_timestamp = archived, now
        thread.thread.active_at, world.archive_due = now, 0.0


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
