"""Channels and threads by their id. docs: Channel."""

from discord_loopback import buckets, permissions, places, render
from discord_loopback.calls import Call, Route
from discord_loopback.errors import ApiError, Problems
from discord_loopback.events import Event
from discord_loopback.model import DM, Channel, Json, Overwrite

NAME, TOPIC, SLOWEST, OVERWRITES = 100, 1024, 21_600, 1000
DURATIONS = (60, 1440, 4320, 10080)


def shape(body: Json) -> Problems:
    """Check the lengths and numbers of a channel or thread."""
    problems = Problems()
    if "name" in body:
        problems.length(("name",), body["name"] or "", 1, NAME)
    if body.get("topic"):
        problems.length(("topic",), body["topic"], 0, TOPIC)
    for key in ("rate_limit_per_user", "default_thread_rate_limit_per_user"):
        if not 0 <= int(body.get(key) or 0) <= SLOWEST:
            problems.add((key,), "NUMBER_TYPE_MAX", f"int value should be less than or equal to {SLOWEST}.")
    for key in ("auto_archive_duration", "default_auto_archive_duration"):
        if body.get(key) not in (None, *DURATIONS):
            problems.add((key,), "BASE_TYPE_CHOICES", f"Value must be one of {DURATIONS}.")
    return problems


def may_overwrite(granted: int, listed: list[Json]) -> None:
    """Insist that overwrites name only what the bot has itself. docs: Guild, Create Guild Channel.

    Raises:
        ApiError: 30060 or 50013.
    """
    if len(listed) > OVERWRITES:
        raise ApiError(30060)
    for each in places.overwrites(listed).values():
        if (each.allow | each.deny) & ~granted:
            raise ApiError(50013)


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
    shape(call.body).raise_any()
    granted = call.world.bot_may(channel)
    before, by = places.described(call.world, channel), call.by
    if channel.thread is None:
        _channel(call, channel, granted)
    else:
        _thread(call, channel, granted)
    places.changed(call.world, channel, before, by)
    return render.channel(call.world, channel)


def _channel(call: Call, channel: Channel, granted: int) -> None:
    permissions.demand(granted, "MANAGE_CHANNELS")
    body = call.body
    if body.get("permission_overwrites") is not None:
        permissions.demand(granted, "MANAGE_ROLES")
        may_overwrite(granted | _standing(channel), body["permission_overwrites"])
        channel.overwrites = places.overwrites(body["permission_overwrites"])
    if "name" in body or "topic" in body:
        call.server.buckets.demand(("renames", channel.id), buckets.RENAMES, scope="shared")
    channel.name = body.get("name") or channel.name
    channel.topic = body.get("topic", channel.topic)
    channel.position = int(channel.position if body.get("position") is None else body["position"])
    channel.slowmode = body.get("rate_limit_per_user", channel.slowmode) or 0
    channel.thread_slowmode = body.get("default_thread_rate_limit_per_user", channel.thread_slowmode) or 0
    channel.auto_archive = body.get("default_auto_archive_duration", channel.auto_archive)
    channel.nsfw = bool(body.get("nsfw", channel.nsfw))
    if "parent_id" in body:
        channel.parent_id = int(body["parent_id"]) if body["parent_id"] else None


def _standing(channel: Channel) -> int:
    """Return what overwrites name already: it may stay."""
    named = 0
    for each in channel.overwrites.values():
        named |= each.allow | each.deny
    return named


def _thread(call: Call, channel: Channel, granted: int) -> None:
    """Change a thread. docs: Threads, Editing & Deleting Threads."""
    thread, body = channel.thread, call.body
    if thread is None:
        return
    _may_change(call, channel, granted)
    if thread.archived and body.get("archived", True) and set(body) - {"archived", "locked"}:
        raise ApiError(50083)
    if "archived" in body:
        places.archive(call.world, channel, archived=bool(body["archived"]))
    if body.get("auto_archive_duration"):
        thread.auto_archive_duration = body["auto_archive_duration"]
        thread.active_at, call.world.archive_due = call.world.clock.now(), 0.0
    thread.locked = bool(body.get("locked", thread.locked))
    thread.invitable = bool(body.get("invitable", thread.invitable))
    channel.name = body.get("name") or channel.name
    channel.slowmode = body.get("rate_limit_per_user", channel.slowmode) or 0


def _may_change(call: Call, channel: Channel, granted: int) -> None:
    thread, body = channel.thread, call.body
    if thread is None or granted & permissions.MANAGE_THREADS:
        return
    if "locked" in body or "rate_limit_per_user" in body or thread.locked:
        raise ApiError(50013)
    only_opens = set(body) <= {"archived"} and not body.get("archived")
    inside = call.world.application_id in thread.members
    if thread.owner_id != call.world.application_id and not (only_opens and inside):
        raise ApiError(50013)


async def delete(call: Call) -> Json:
    """Delete a channel or thread."""
    channel = call.world.channel(call.id("channel_id"))
    if channel.type == DM:
        return render.channel(call.world, channel)
    call.world.bot_may(channel, "MANAGE_THREADS" if channel.thread else "MANAGE_CHANNELS")
    gone = render.channel(call.world, channel)
    places.delete(call.world, channel, call.by)
    return gone


async def put_overwrite(call: Call) -> None:
    """Set what a channel allows or denies someone."""
    channel, target = call.world.channel(call.id("channel_id")), call.id("overwrite_id")
    granted, body, by = call.world.bot_may(channel, "MANAGE_ROLES"), call.body, call.by
    if channel.thread is not None:
        raise ApiError(50024)
    if len(channel.overwrites) >= OVERWRITES and target not in channel.overwrites:
        raise ApiError(30060)
    new = Overwrite(target, int(body.get("type") or 0), int(body.get("allow") or 0), int(body.get("deny") or 0))
    old = channel.overwrites.get(target)
    if (new.allow ^ (old.allow if old else 0) | new.deny ^ (old.deny if old else 0)) & ~granted:
        raise ApiError(50013)
    channel.overwrites[target] = new
    places.changed(call.world, channel)
    places.overwritten(call.world, channel, old, new, by)


async def delete_overwrite(call: Call) -> None:
    """Remove what a channel allows or denies someone."""
    channel, by = call.world.channel(call.id("channel_id")), call.by
    call.world.bot_may(channel, "MANAGE_ROLES")
    old = channel.overwrites.pop(call.id("overwrite_id"), None)
    if old is None:
        raise ApiError(10009)
    places.changed(call.world, channel)
    places.overwritten(call.world, channel, old, None, by)


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


ONE, OVERWRITE = "/channels/{channel_id}", "/channels/{channel_id}/permissions/{overwrite_id}"
ROUTES = [
    Route("GET", ONE, read, major="channel_id"),
    Route("PATCH", ONE, change, major="channel_id"),
    Route("DELETE", ONE, delete, major="channel_id"),
    Route("PUT", OVERWRITE, put_overwrite, major="channel_id"),
    Route("DELETE", OVERWRITE, delete_overwrite, major="channel_id"),
    Route("POST", ONE + "/typing", typing, major="channel_id"),
]
