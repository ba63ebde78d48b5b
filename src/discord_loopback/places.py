"""Channels and threads come, change and go; everyone who may know is told."""

from discord_loopback import render
from discord_loopback.events import Event
from discord_loopback.model import PRIVATE_THREAD, Channel, Guild, Json, Overwrite, Thread
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
        overwrites=overwrites(body.get("permission_overwrites") or []),
    )
    guild.channels[channel.id] = world.channels[channel.id] = channel
    world.bus.emit(Event("CHANNEL_CREATE", render.channel(world, channel), guild.id, channel))
    return channel


def overwrites(listed: list[Json]) -> dict[int, Overwrite]:
    """Read overwrites from JSON."""
    read = [
        Overwrite(int(e["id"]), int(e.get("type", 0)), int(e.get("allow") or 0), int(e.get("deny") or 0))
        for e in listed
    ]
    return {each.id: each for each in read}


def changed(world: World, channel: Channel) -> None:
    """Tell that a channel or thread is different now."""
    name = "THREAD_UPDATE" if channel.thread else "CHANNEL_UPDATE"
    world.bus.emit(Event(name, render.channel(world, channel), channel.guild_id, channel))


def remove(world: World, channel: Channel) -> None:
    """Delete a channel with its threads, or a thread."""
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


def start_thread(
    world: World, parent: Channel, thread_id: int, kind: int, body: Json, *, owner_id: int | None = None
) -> Channel:
    """Start a thread, by the bot unless told otherwise; one that starts from a message has the message's id."""
    now, owner = world.clock.now(), owner_id or world.application_id
    channel = Channel(
        id=thread_id,
        type=kind,
        name=body["name"],
        guild_id=parent.guild_id,
        parent_id=parent.id,
        thread=Thread(
            owner_id=owner,
            archive_timestamp=now,
            created=now,
            auto_archive_duration=int(body.get("auto_archive_duration") or 1440),
            invitable=bool(body.get("invitable", kind == PRIVATE_THREAD)),
            members={owner: now},
        ),
    )
    world.guild(parent.guild_id or 0).threads[channel.id] = world.channels[channel.id] = channel
    data: Json = {**render.channel(world, channel), "newly_created": True}
    world.bus.emit(Event("THREAD_CREATE", data, parent.guild_id, channel))
    return channel
