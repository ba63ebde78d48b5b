"""Guilds, their channels and roles. docs: Guild."""

from discord_loopback import permissions, places, render
from discord_loopback.calls import Call, Route, only
from discord_loopback.errors import ApiError, Problems, wrong
from discord_loopback.events import Event
from discord_loopback.model import CATEGORY, TEXT, VOICE, Guild, Json, Overwrite, Role


def _mine(call: Call, *needed: str) -> Guild:
    guild = call.world.guild(call.id("guild_id"))
    permissions.demand(permissions.base(guild, guild.members[call.world.application_id]), *needed)
    return guild


async def guild(call: Call) -> Json:
    """Return a guild."""
    found = call.world.guild(call.id("guild_id"))
    answer = render.guild(found)
    if call.query("with_counts"):
        answer |= {"approximate_member_count": len(found.members), "approximate_presence_count": len(found.members)}
    return answer


async def change(call: Call) -> Json:
    """Give the guild another name. docs: Guild, Modify Guild."""
    only(call, "name")
    found, problems = _mine(call, "MANAGE_GUILD"), Problems()
    problems.length(("name",), call.body.get("name") or "", 2, 100)
    problems.raise_any()
    found.name = call.body["name"]
    places.guild_changed(call.world, found)
    return render.guild(found)


async def channels(call: Call) -> list[Json]:
    """Return the channels, without threads."""
    found = call.world.guild(call.id("guild_id"))
    return [render.channel(call.world, each) for each in found.channels.values()]


async def create_channel(call: Call) -> Json:
    """Make a channel."""
    found = _mine(call, "MANAGE_CHANNELS")
    body = call.body
    kind, name = body.get("type", TEXT), body.get("name") or ""
    if kind not in (TEXT, VOICE, CATEGORY) or not 1 <= len(name) <= 100:  # noqa: PLR2004 - docs: 1-100 characters
        raise wrong(("name",), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
    channel = places.make(call.world, found, kind, name, body)
    return render.channel(call.world, channel)


async def roles(call: Call) -> list[Json]:
    """Return the roles."""
    return [render.role(each) for each in call.world.guild(call.id("guild_id")).roles.values()]


async def create_role(call: Call) -> Json:
    """Make a role at the bottom."""
    found, body = _mine(call, "MANAGE_ROLES"), call.body
    role = Role(id=call.world.ids.new(), name=body.get("name") or "new role", position=1)
    role.permissions = found.everyone.permissions
    for other in found.roles.values():
        if other.id != found.id:
            other.position += 1
    found.roles[role.id] = role
    return _adjusted(call, found, role, "GUILD_ROLE_CREATE")


def _below(call: Call, found: Guild) -> Role:
    """Return the role of the path if the bot stands above it. docs: Permissions, Permission Hierarchy."""
    role = found.roles.get(call.id("role_id"))
    if role is None:
        raise ApiError(10011)
    if permissions.rank(role) >= permissions.highest(found, found.members[call.world.application_id]):
        raise ApiError(50013)
    return role


def _adjusted(call: Call, found: Guild, role: Role, name: str) -> Json:
    body = call.body
    role.name = body.get("name") or role.name
    role.color = int((body.get("colors") or {}).get("primary_color") or body.get("color") or role.color)
    role.hoist = bool(body.get("hoist", role.hoist))
    role.mentionable = bool(body.get("mentionable", role.mentionable))
    if body.get("permissions") is not None:
        wanted = int(body["permissions"])
        own = permissions.base(found, found.members[call.world.application_id])
        if wanted & ~own & ~role.permissions:
            raise ApiError(50013)
        role.permissions = wanted
    data: Json = {"guild_id": str(found.id), "role": render.role(role)}
    call.world.bus.emit(Event(name, data, found.id))
    return render.role(role)


async def change_role(call: Call) -> Json:
    """Change a role."""
    found = _mine(call, "MANAGE_ROLES")
    return _adjusted(call, found, _below(call, found), "GUILD_ROLE_UPDATE")


async def delete_role(call: Call) -> None:
    """Delete a role and take it from everyone."""
    found = _mine(call, "MANAGE_ROLES")
    role = _below(call, found)
    if role.managed or role.id == found.id:
        raise ApiError(50028, "Invalid Role")
    del found.roles[role.id]
    for member in found.members.values():
        if role.id in member.roles:
            member.roles.remove(role.id)
    data: Json = {"guild_id": str(found.id), "role_id": str(role.id)}
    call.world.bus.emit(Event("GUILD_ROLE_DELETE", data, found.id))


async def active_threads(call: Call) -> Json:
    """Return the threads that are not archived."""
    found = call.world.guild(call.id("guild_id"))
    active = [each for each in found.threads.values() if each.thread and not each.thread.archived]
    return {"threads": [render.channel(call.world, each) for each in active], "members": [], "has_more": False}


async def put_overwrite(call: Call) -> None:
    """Set what a channel allows or denies someone."""
    channel = call.world.channel(call.id("channel_id"))
    call.world.bot_may(channel, "MANAGE_ROLES")
    target = call.id("target_id")
    body = call.body
    channel.overwrites[target] = Overwrite(
        target, int(body.get("type", 0)), int(body.get("allow") or 0), int(body.get("deny") or 0)
    )
    places.changed(call.world, channel)


async def delete_overwrite(call: Call) -> None:
    """Remove what a channel allows or denies someone."""
    channel = call.world.channel(call.id("channel_id"))
    call.world.bot_may(channel, "MANAGE_ROLES")
    channel.overwrites.pop(call.id("target_id"), None)
    places.changed(call.world, channel)


ROLE, OVERWRITE = "/guilds/{guild_id}/roles/{role_id}", "/channels/{channel_id}/permissions/{target_id}"
ROUTES = [
    Route("GET", "/guilds/{guild_id}", guild, major="guild_id"),
    Route("PATCH", "/guilds/{guild_id}", change, major="guild_id"),
    Route("GET", "/guilds/{guild_id}/channels", channels, major="guild_id"),
    Route("POST", "/guilds/{guild_id}/channels", create_channel, major="guild_id", status=201),
    Route("GET", "/guilds/{guild_id}/roles", roles, major="guild_id"),
    Route("POST", "/guilds/{guild_id}/roles", create_role, major="guild_id"),
    Route("PATCH", ROLE, change_role, major="guild_id"),
    Route("DELETE", ROLE, delete_role, major="guild_id"),
    Route("GET", "/guilds/{guild_id}/threads/active", active_threads, major="guild_id"),
    Route("PUT", OVERWRITE, put_overwrite, major="channel_id"),
    Route("DELETE", OVERWRITE, delete_overwrite, major="channel_id"),
]
