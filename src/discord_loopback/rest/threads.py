"""Starting threads and being in them. docs: Channel, Threads."""

from discord_loopback import places, posts, render
from discord_loopback.calls import Call, Route
from discord_loopback.errors import ApiError, Problems
from discord_loopback.model import ANNOUNCEMENT, HAS_THREAD, PRIVATE_THREAD, PUBLIC_THREAD, TEXT, Channel, Json

NAME = 100
DURATIONS = (60, 1440, 4320, 10080)


def _checked(call: Call) -> Channel:
    channel = call.world.channel(call.id("channel_id"))
    problems = Problems()
    problems.length(("name",), call.body.get("name") or "", 1, NAME)
    if call.body.get("auto_archive_duration") not in (None, *DURATIONS):
        problems.add(("auto_archive_duration",), "BASE_TYPE_CHOICES", f"Value must be one of {DURATIONS}.")
    problems.raise_any()
    if channel.type not in (TEXT, ANNOUNCEMENT):
        raise ApiError(50024)
    return channel


async def from_message(call: Call) -> Json:
    """Start a thread from a message, once."""
    parent = _checked(call)
    call.world.bot_may(parent, "CREATE_PUBLIC_THREADS")
    message = call.world.message(parent.id, call.id("message_id"))
    if message.id in call.world.channels:
        raise ApiError(160004)
    thread = places.start_thread(call.world, parent, message.id, PUBLIC_THREAD, call.body)
    message.flags |= HAS_THREAD
    posts.touch(call.world, message)
    return render.channel(call.world, thread)


async def without_message(call: Call) -> Json:
    """Start a thread without a message."""
    parent = _checked(call)
    kind = PUBLIC_THREAD if call.body.get("type") == PUBLIC_THREAD else PRIVATE_THREAD
    call.world.bot_may(parent, "CREATE_PUBLIC_THREADS" if kind == PUBLIC_THREAD else "CREATE_PRIVATE_THREADS")
    return render.channel(call.world, places.start_thread(call.world, parent, call.world.ids.new(), kind, call.body))


def _thread(call: Call) -> Channel:
    channel = call.world.channel(call.id("channel_id"))
    call.world.bot_may(channel)
    if channel.thread is None:
        raise ApiError(50024)
    return channel


def _who(call: Call) -> int:
    name = call.request.match_info.get("user_id", "@me")
    return call.world.application_id if name == "@me" else call.id("user_id")


async def add_member(call: Call) -> None:
    """Join a thread, or bring someone into it."""
    channel, user_id = _thread(call), _who(call)
    call.world.member(channel.guild_id or 0, user_id)
    places.join(call.world, channel, user_id)


async def remove_member(call: Call) -> None:
    """Leave a thread, or take someone out of it."""
    channel, user_id = _thread(call), _who(call)
    if user_id != call.world.application_id:
        call.world.bot_may(channel, "MANAGE_THREADS")
    places.leave(call.world, channel, user_id)


async def members(call: Call) -> list[Json]:
    """Return who is in a thread."""
    channel = _thread(call)
    return [render.thread_member(channel, each) for each in (channel.thread.members if channel.thread else ())]


THREAD_MEMBERS = "/channels/{channel_id}/thread-members"
ROUTES = [
    Route("POST", "/channels/{channel_id}/messages/{message_id}/threads", from_message, major="channel_id", status=201),
    Route("POST", "/channels/{channel_id}/threads", without_message, major="channel_id", status=201),
    Route("GET", THREAD_MEMBERS, members, major="channel_id"),
    *(Route("PUT", THREAD_MEMBERS + who, add_member, major="channel_id") for who in ("/@me", "/{user_id}")),
    *(Route("DELETE", THREAD_MEMBERS + who, remove_member, major="channel_id") for who in ("/@me", "/{user_id}")),
]
