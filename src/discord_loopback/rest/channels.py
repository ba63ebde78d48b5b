"""Channels and threads by their id. docs: Channel."""

from discord_loopback import buckets, permissions, places, render
from discord_loopback.calls import Call, Route
from discord_loopback.clock import timestamp
from discord_loopback.errors import ApiError, Problems
from discord_loopback.events import Event
from discord_loopback.model import DM, Channel, Json

NAME, TOPIC = 100, 1024


async def read(call: Call) -> Json:
    """Return a channel, thread or DM."""
    channel = call.world.channel(call.id("channel_id"))
    call.world.bot_may(channel)
    return render.channel(call.world, channel)


async def change(call: Call) -> Json:
    """Change a channel or a thread."""
    channel = call.world.channel(call.id("channel_id"))
    if channel.type == DM:
        raise ApiError(50003)
    problems = Problems()
    if "name" in call.body:
        problems.length(("name",), call.body["name"] or "", 1, NAME)
    if call.body.get("topic"):
        problems.length(("topic",), call.body["topic"], 0, TOPIC)
    problems.raise_any()
    granted = call.world.bot_may(channel)
    if channel.thread is None:
        _channel(call, channel, granted)
    else:
        _thread(call, channel, granted)
    places.changed(call.world, channel)
    return render.channel(call.world, channel)


def _channel(call: Call, channel: Channel, granted: int) -> None:
    permissions.demand(granted, "MANAGE_CHANNELS")
    body = call.body
    if "name" in body or "topic" in body:
        call.server.buckets.demand(("renames", channel.id), buckets.RENAMES)
    channel.name = body.get("name") or channel.name
    channel.topic = body.get("topic", channel.topic)
    channel.position = body.get("position", channel.position)
    channel.slowmode = body.get("rate_limit_per_user", channel.slowmode) or 0
    channel.nsfw = bool(body.get("nsfw", channel.nsfw))
    if "parent_id" in body:
        channel.parent_id = int(body["parent_id"]) if body["parent_id"] else None
    if body.get("permission_overwrites") is not None:
        permissions.demand(granted, "MANAGE_ROLES")
        channel.overwrites = places.overwrites(body["permission_overwrites"])


def _thread(call: Call, channel: Channel, granted: int) -> None:
    """Change a thread. docs: Channel, Modify Channel, JSON Params (Thread)."""
    thread, body = channel.thread, call.body
    if thread is None:
        return
    manages = granted & permissions.bits("MANAGE_THREADS")
    only_archives = set(body) <= {"archived"} and not thread.locked
    if not manages and not (thread.owner_id == call.world.application_id or only_archives):
        raise ApiError(50013)
    if ("locked" in body or thread.locked) and not manages:
        raise ApiError(50013)
    if thread.archived and body.get("archived", True) and set(body) - {"archived", "locked"}:
        raise ApiError(50083)
    if "archived" in body and bool(body["archived"]) != thread.archived:
        thread.archived = bool(body["archived"])
        thread.archive_timestamp = call.world.clock.now()
    thread.locked = bool(body.get("locked", thread.locked))
    channel.name = body.get("name") or channel.name
    channel.slowmode = body.get("rate_limit_per_user", channel.slowmode) or 0
    thread.auto_archive_duration = body.get("auto_archive_duration", thread.auto_archive_duration)


async def delete(call: Call) -> Json:
    """Delete a channel or thread."""
    channel = call.world.channel(call.id("channel_id"))
    if channel.type == DM:
        return render.channel(call.world, channel)
    call.world.bot_may(channel, "MANAGE_THREADS" if channel.thread else "MANAGE_CHANNELS")
    gone = render.channel(call.world, channel)
    places.remove(call.world, channel)
    return gone


async def typing(call: Call) -> None:
    """Show that the bot writes. docs: Gateway Events, Typing Start."""
    channel = call.world.channel(call.id("channel_id"))
    call.world.bot_may(channel, "SEND_MESSAGES_IN_THREADS" if channel.thread else "SEND_MESSAGES")
    data: Json = {
        "channel_id": str(channel.id),
        "user_id": str(call.world.application_id),
        "timestamp": int(call.world.clock.now()),
    }
    if channel.guild_id is not None:
        data["guild_id"] = str(channel.guild_id)
        data["member"] = render.full_member(call.world.member(channel.guild_id, call.world.application_id))
    call.world.bus.emit(Event("TYPING_START", data, channel.guild_id, channel))


async def archived(call: Call) -> Json:
    """Return the archived public threads, latest first. docs: Channel, List Public Archived Threads."""
    parent = call.world.channel(call.id("channel_id"))
    call.world.bot_may(parent, "READ_MESSAGE_HISTORY")
    guild = call.world.guild(parent.guild_id or 0)
    found = [
        (each.thread.archive_timestamp, each)
        for each in guild.threads.values()
        if each.parent_id == parent.id and each.thread and each.thread.archived
    ]
    found.sort(key=lambda pair: -pair[0])
    before = call.query("before")
    listed = [each for at, each in found if before is None or timestamp(at) < before]
    limit = int(call.query("limit") or 50)
    threads = [render.channel(call.world, each) for each in listed[:limit]]
    return {"threads": threads, "members": [], "has_more": len(listed) > limit}


ONE = "/channels/{channel_id}"
ROUTES = [
    Route("GET", ONE, read, major="channel_id"),
    Route("PATCH", ONE, change, major="channel_id"),
    Route("DELETE", ONE, delete, major="channel_id"),
    Route("POST", ONE + "/typing", typing, major="channel_id"),
    Route("GET", ONE + "/threads/archived/public", archived, major="channel_id"),
]
