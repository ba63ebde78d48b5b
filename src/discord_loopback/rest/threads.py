"""Starting threads, being in them and finding them. docs: Channel; Threads."""

from discord_loopback import permissions, places, posts, render
from discord_loopback.calls import Call, Route
from discord_loopback.clock import earlier
from discord_loopback.errors import ApiError, wrong
from discord_loopback.model import (
    ANNOUNCEMENT,
    ANNOUNCEMENT_THREAD,
    HAS_THREAD,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    TEXT,
    Channel,
    Json,
)
from discord_loopback.rest.channels import shape

ACTIVE, INSIDE, LISTED = 1000, 1000, 100
"""Most threads of a guild that are not archived, most members of one, most on a page."""


def _parent(call: Call) -> Channel:
    channel = call.world.channel(call.id("channel_id"))
    shape({"name": "", **call.body}).raise_any()
    if channel.type not in (TEXT, ANNOUNCEMENT):
        raise ApiError(50024)
    active = (each for each in call.world.guild(channel.guild_id or 0).threads.values() if each.thread)
    if sum(1 for each in active if each.thread and not each.thread.archived) >= ACTIVE:
        raise ApiError(160006)
    return channel


async def from_message(call: Call) -> Json:
    """Start a thread from a message, once."""
    parent = _parent(call)
    call.world.bot_may(parent, "CREATE_PUBLIC_THREADS")
    message = call.world.message(parent.id, call.id("message_id"))
    if message.system:
        raise ApiError(50021)
    if message.id in call.world.channels:
        raise ApiError(160004)
    kind = ANNOUNCEMENT_THREAD if parent.type == ANNOUNCEMENT else PUBLIC_THREAD
    thread = places.start_thread(call.world, parent, message.id, kind, call.body, call.by)
    places.starter(call.world, thread, message)
    message.flags |= HAS_THREAD
    posts.touch(call.world, message)
    return render.channel(call.world, thread)


async def without_message(call: Call) -> Json:
    """Start a thread without a message. docs: Channel, Start Thread without Message: private unless told otherwise."""
    parent = _parent(call)
    kind = call.body.get("type") or PRIVATE_THREAD
    fitting = (ANNOUNCEMENT_THREAD,) if parent.type == ANNOUNCEMENT else (PUBLIC_THREAD, PRIVATE_THREAD)
    if kind not in fitting:
        raise wrong(("type",), "BASE_TYPE_CHOICES", f"Value must be one of {fitting}.")
    call.world.bot_may(parent, "CREATE_PRIVATE_THREADS" if kind == PRIVATE_THREAD else "CREATE_PUBLIC_THREADS")
    thread = places.start_thread(call.world, parent, call.world.ids.new(), kind, call.body, call.by)
    return render.channel(call.world, thread)


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
    """Join a thread, or bring someone into it. docs: Channel, Add Thread Member."""
    channel, user_id = _thread(call), _who(call)
    call.world.member(channel.guild_id or 0, user_id)
    thread = channel.thread
    if thread is None or user_id in thread.members:
        return
    if thread.archived:
        raise ApiError(50083)
    if user_id != call.world.application_id:
        _may_invite(call, channel)
    if len(thread.members) >= INSIDE:
        raise ApiError(30033)
    places.invite(call.world, channel, user_id, call.world.application_id)


def _may_invite(call: Call, channel: Channel) -> None:
    granted = call.world.bot_may(channel, "SEND_MESSAGES_IN_THREADS")
    thread = channel.thread
    if thread and channel.type == PRIVATE_THREAD and not thread.invitable and not granted & permissions.MANAGE_THREADS:
        raise ApiError(50013)


async def remove_member(call: Call) -> None:
    """Leave a thread, or take someone out of it. docs: Channel, Remove Thread Member."""
    channel, user_id = _thread(call), _who(call)
    if channel.thread is not None and channel.thread.archived:
        raise ApiError(50083)
    mine = channel.type == PRIVATE_THREAD and channel.thread and channel.thread.owner_id == call.world.application_id
    if user_id != call.world.application_id and not mine:
        call.world.bot_may(channel, "MANAGE_THREADS")
    places.leave(call.world, channel, user_id)


async def members(call: Call) -> list[Json]:
    """Return who is in a thread."""
    channel = _thread(call)
    after, limit = call.moment("after") or 0, call.number("limit", LISTED, 1, LISTED)
    inside = sorted(each for each in (channel.thread.members if channel.thread else ()) if each > after)
    if call.flag("with_member"):
        return [_full(call, channel, each) for each in inside[:limit]]
    return [render.thread_member(channel, each) for each in inside]


async def member(call: Call) -> Json:
    """Return someone's membership in a thread."""
    channel, user_id = _thread(call), _who(call)
    if channel.thread is None or user_id not in channel.thread.members:
        raise ApiError(10007)
    return _full(call, channel, user_id) if call.flag("with_member") else render.thread_member(channel, user_id)


def _full(call: Call, channel: Channel, user_id: int) -> Json:
    shown = render.thread_member(channel, user_id)
    of = call.world.find_member(channel.guild_id, user_id)
    return {**shown, "member": render.full_member(of)} if of else shown


async def archived(call: Call) -> Json:
    """Return the archived public threads, latest first. docs: Channel, List Public Archived Threads."""
    call.world.bot_may(call.world.channel(call.id("channel_id")), "READ_MESSAGE_HISTORY")
    return _page(call, _archived(call, (PUBLIC_THREAD, ANNOUNCEMENT_THREAD)))


async def archived_private(call: Call) -> Json:
    """Return the archived private threads, latest first. docs: Channel, List Private Archived Threads."""
    call.world.bot_may(call.world.channel(call.id("channel_id")), "READ_MESSAGE_HISTORY", "MANAGE_THREADS")
    return _page(call, _archived(call, (PRIVATE_THREAD,)))


async def archived_joined(call: Call) -> Json:
    """Return the archived private threads the bot is in, by id. docs: Channel, List Joined Private Archived Threads."""
    call.world.bot_may(call.world.channel(call.id("channel_id")), "READ_MESSAGE_HISTORY")
    found = [
        each
        for each in _archived(call, (PRIVATE_THREAD,))
        if each.thread and call.world.application_id in each.thread.members
    ]
    found.sort(key=lambda each: -each.id)
    before = call.moment("before")
    return _cut(call, [each for each in found if before is None or each.id < before])


def _archived(call: Call, kinds: tuple[int, ...]) -> list[Channel]:
    parent = call.world.channel(call.id("channel_id"))
    threads = call.world.guild(parent.guild_id or 0).threads.values()
    return [
        each
        for each in threads
        if each.parent_id == parent.id and each.type in kinds and each.thread and each.thread.archived
    ]


def _page(call: Call, threads: list[Channel]) -> Json:
    dated = [(each.thread.archive_timestamp, each) for each in threads if each.thread]
    dated.sort(key=lambda pair: -pair[0])
    before = call.query("before")
    return _cut(call, [each for at, each in dated if earlier(at, before)])


def _cut(call: Call, threads: list[Channel]) -> Json:
    world, limit = call.world, call.number("limit", 50, 2, LISTED)
    shown = threads[:limit]
    mine = [each for each in shown if each.thread and world.application_id in each.thread.members]
    return {
        "threads": [render.channel(world, each) for each in shown],
        "members": [render.thread_member(each, world.application_id) for each in mine],
        "has_more": len(threads) > limit,
    }


CHANNEL = "/channels/{channel_id}"
THREAD_MEMBERS = CHANNEL + "/thread-members"
ROUTES = [
    Route("POST", CHANNEL + "/messages/{message_id}/threads", from_message, major="channel_id", status=201),
    Route("POST", CHANNEL + "/threads", without_message, major="channel_id", status=201),
    Route("GET", CHANNEL + "/threads/archived/public", archived, major="channel_id"),
    Route("GET", CHANNEL + "/threads/archived/private", archived_private, major="channel_id"),
    Route("GET", CHANNEL + "/users/@me/threads/archived/private", archived_joined, major="channel_id"),
    Route("GET", THREAD_MEMBERS, members, major="channel_id"),
    *(Route("PUT", THREAD_MEMBERS + who, add_member, major="channel_id") for who in ("/@me", "/{user_id}")),
    *(Route("DELETE", THREAD_MEMBERS + who, remove_member, major="channel_id") for who in ("/@me", "/{user_id}")),
    Route("GET", THREAD_MEMBERS + "/{user_id}", member, major="channel_id"),
]
