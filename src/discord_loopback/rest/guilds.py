"""Guilds and their channels. docs: Guild."""

from discord_loopback import audit_log, permissions, places, render
from discord_loopback.calls import Call, Route, only, snowflake
from discord_loopback.errors import ApiError, Problems
from discord_loopback.model import ANNOUNCEMENT, CATEGORY, FORUM, STAGE, TEXT, VOICE, Guild, Json
from discord_loopback.rest import standing
from discord_loopback.rest.channels import may_overwrite, shape

MADE = (TEXT, VOICE, CATEGORY, ANNOUNCEMENT, STAGE, FORUM)
MOST = 500


async def guild(call: Call) -> Json:
    """Return a guild."""
    found = call.world.guild(call.id("guild_id"))
    answer = render.guild(found)
    if call.flag("with_counts"):
        answer |= {"approximate_member_count": len(found.members), "approximate_presence_count": len(found.members)}
    return answer


async def change(call: Call) -> Json:
    """Give the guild another name. docs: Guild, Modify Guild."""
    only(call, "name")
    found, problems, by = standing.guild_where(call, "MANAGE_GUILD"), Problems(), call.by
    problems.length(("name",), call.body.get("name") or "", 2, 100)
    problems.raise_any()
    changes = audit_log.changes({"name": found.name}, call.body, ("name",))
    found.name = call.body["name"]
    places.guild_changed(call.world, found)
    audit_log.note(call.world, found, audit_log.GUILD_UPDATE, found.id, by, changes)
    return render.guild(found)


async def channels(call: Call) -> list[Json]:
    """Return the channels that the bot sees, without threads. docs: Permissions, Channel Visibility."""
    found = call.world.guild(call.id("guild_id"))
    seen = {
        each.id
        for each in found.channels.values()
        if call.world.granted(call.world.application_id, each) & permissions.VIEW
    }
    seen |= {each.parent_id for each in found.channels.values() if each.id in seen and each.parent_id}
    return [render.channel(call.world, each) for each in found.channels.values() if each.id in seen]


async def create_channel(call: Call) -> Json:
    """Make a channel."""
    found = standing.guild_where(call, "MANAGE_CHANNELS")
    kind = call.body.get("type") or TEXT
    problems = shape({"name": "", **call.body})
    if kind not in MADE:
        problems.add(("type",), "BASE_TYPE_CHOICES", f"Value must be one of {MADE}.")
    problems.raise_any()
    if len(found.channels) >= MOST:
        raise ApiError(30013)
    _parent(found, call.body.get("parent_id"))
    base = permissions.base(found, standing.bot_of(call, found))
    may_overwrite(base, call.body.get("permission_overwrites") or [])
    channel = places.make(call.world, found, kind, call.body["name"], call.body)
    changes = audit_log.changes({}, places.described(call.world, channel), audit_log.CHANNEL_KEYS)
    audit_log.note(call.world, found, audit_log.CHANNEL_CREATE, channel.id, call.by, changes)
    return render.channel(call.world, channel)


def _parent(found: Guild, parent_id: object) -> None:
    if parent_id:
        parent = found.channels.get(snowflake(parent_id, "parent_id"))
        if parent is None or parent.type != CATEGORY:
            raise ApiError(50035, errors={"parent_id": {"_errors": [NO_CATEGORY]}})


NO_CATEGORY = {"code": "CHANNEL_PARENT_INVALID_TYPE", "message": "Not a category"}


async def move_channels(call: Call) -> None:
    """Change the order of channels. docs: Guild, Modify Guild Channel Positions."""
    found = standing.guild_where(call, "MANAGE_CHANNELS")
    wanted = [(call.world.channel(snowflake(each.get("id"), "id")), each) for each in call.body]
    for channel, _ in wanted:
        if channel.guild_id != found.id or channel.thread:
            raise ApiError(10003)
    for channel, body in wanted:
        before = places.described(call.world, channel)
        channel.position = int(channel.position if body.get("position") is None else body["position"])
        if "parent_id" in body:
            _parent(found, body["parent_id"])
            channel.parent_id = int(body["parent_id"]) if body["parent_id"] else None
            if body.get("lock_permissions") and channel.parent_id:
                listed = [render.overwrite(each) for each in found.channels[channel.parent_id].overwrites.values()]
                channel.overwrites = places.overwrites(listed)
        places.changed(call.world, channel, before, call.by)


async def active_threads(call: Call) -> Json:
    """Return the threads that are not archived and that the bot may see, the newest first."""
    found, world = call.world.guild(call.id("guild_id")), call.world
    active = [
        each
        for each in found.threads.values()
        if each.thread and not each.thread.archived and world.granted(world.application_id, each) & permissions.VIEW
    ]
    active.sort(key=lambda each: -each.id)
    mine = [each for each in active if each.thread and world.application_id in each.thread.members]
    return {
        "threads": [render.channel(world, each) for each in active],
        "members": [render.thread_member(each, world.application_id) for each in mine],
        "has_more": False,
    }


CHANNELS = "/guilds/{guild_id}/channels"
ROUTES = [
    Route("GET", "/guilds/{guild_id}", guild, major="guild_id"),
    Route("GET", CHANNELS, channels, major="guild_id"),
    Route("POST", CHANNELS, create_channel, major="guild_id", status=201),
    Route("PATCH", CHANNELS, move_channels, major="guild_id"),
    Route("PATCH", "/guilds/{guild_id}", change, major="guild_id"),
    Route("GET", "/guilds/{guild_id}/threads/active", active_threads, major="guild_id"),
]
