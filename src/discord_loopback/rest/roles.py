"""Roles of a guild. docs: Guild; Permissions, Role Object."""

from discord_loopback import audit_log, people, render
from discord_loopback.calls import Call, Route, snowflake
from discord_loopback.errors import ApiError, Problems
from discord_loopback.events import Event
from discord_loopback.model import Guild, Json, Role
from discord_loopback.rest import standing

NAME, MOST, COLOR = 100, 250, 0xFFFFFF


async def listed(call: Call) -> list[Json]:
    """Return the roles."""
    return [render.role(each) for each in call.world.guild(call.id("guild_id")).roles.values()]


async def read(call: Call) -> Json:
    """Return a role."""
    role = call.world.guild(call.id("guild_id")).roles.get(call.id("role_id"))
    if role is None:
        raise ApiError(10011)
    return render.role(role)


async def counts(call: Call) -> dict[str, int]:
    """Return how many members each role has, @everyone left out."""
    guild = call.world.guild(call.id("guild_id"))
    counted = dict.fromkeys((each for each in guild.roles if each != guild.id), 0)
    for member in guild.members.values():
        for role_id in member.roles:
            counted[role_id] += 1
    return {str(role_id): count for role_id, count in counted.items()}


async def create(call: Call) -> Json:
    """Make a role at the bottom."""
    guild = standing.guild_where(call, "MANAGE_ROLES")
    if len(guild.roles) >= MOST:
        raise ApiError(30005)
    role = Role(id=call.world.ids.new(), name="new role", position=1, permissions=guild.everyone.permissions)
    _adjust(call, guild, role)
    for other in guild.roles.values():
        if other.id != guild.id:
            other.position += 1
    guild.roles[role.id] = role
    _told(call, guild, role, "GUILD_ROLE_CREATE")
    changes = audit_log.changes({}, render.role(role), audit_log.ROLE_KEYS)
    audit_log.note(call.world, guild, audit_log.ROLE_CREATE, role.id, call.by, changes)
    return render.role(role)


def _adjust(call: Call, guild: Guild, role: Role) -> None:
    body = call.body
    problems = Problems()
    problems.length(("name",), body.get("name") or "", 0, NAME)
    color = (body.get("colors") or {}).get("primary_color")
    color = int(color if color is not None else body["color"] if body.get("color") is not None else role.color)
    if not 0 <= color <= COLOR:
        problems.add(("color",), "NUMBER_TYPE_MAX", f"int value should be less than or equal to {COLOR}.")
    problems.raise_any()
    if body.get("permissions") is not None:
        wanted = int(body["permissions"])
        standing.may_grant(call, guild, wanted & ~role.permissions)
        role.permissions = wanted
    role.name, role.color = body.get("name") or role.name, color
    role.hoist = bool(body.get("hoist", role.hoist))
    role.mentionable = bool(body.get("mentionable", role.mentionable))


def _told(call: Call, guild: Guild, role: Role, name: str) -> None:
    data: Json = {"guild_id": str(guild.id), "role": render.role(role)}
    call.world.bus.emit(Event(name, data, guild.id))


async def change(call: Call) -> Json:
    """Change a role."""
    guild = standing.guild_where(call, "MANAGE_ROLES")
    role = standing.role_below(call, guild, call.id("role_id"))
    before = render.role(role)
    _adjust(call, guild, role)
    _told(call, guild, role, "GUILD_ROLE_UPDATE")
    if changes := audit_log.changes(before, render.role(role), audit_log.ROLE_KEYS):
        audit_log.note(call.world, guild, audit_log.ROLE_UPDATE, role.id, call.by, changes)
    return render.role(role)


async def move(call: Call) -> list[Json]:
    """Change the order of roles; only those below the bot's may move, and only to below it."""
    guild = standing.guild_where(call, "MANAGE_ROLES")
    wanted = {snowflake(each.get("id"), "id"): each.get("position") for each in call.body}
    moved = [standing.role_below(call, guild, each) for each in wanted]
    before = {each.id: each.position for each in guild.roles.values()}
    for role in moved:
        role.position = int(before[role.id] if wanted[role.id] is None else wanted[role.id] or 0)
    try:
        for role in moved:
            standing.role_below(call, guild, role.id)
    except ApiError:
        for role in moved:
            role.position = before[role.id]
        raise
    _close_gaps(guild, wanted)
    for role in guild.roles.values():
        if role.position != before[role.id]:
            _told(call, guild, role, "GUILD_ROLE_UPDATE")
    return await listed(call)


def _close_gaps(guild: Guild, moved: dict[int, int | None]) -> None:
    """Number the roles from 1; where two want one place, the one that moved has it and the other gives way upwards."""
    others = [each for each in guild.roles.values() if each.id != guild.id]
    others.sort(key=lambda role: (role.position, role.id not in moved, -role.id))
    for position, role in enumerate(others, start=1):
        role.position = position


async def delete(call: Call) -> None:
    """Delete a role and take it from everyone."""
    guild = standing.guild_where(call, "MANAGE_ROLES")
    role = standing.role_below(call, guild, call.id("role_id"))
    if role.managed or role.id == guild.id:
        raise ApiError(50028)
    people.delete_role(call.world, guild, role, call.by)


ALL, ONE = "/guilds/{guild_id}/roles", "/guilds/{guild_id}/roles/{role_id}"
ROUTES = [
    Route("GET", ALL, listed, major="guild_id"),
    Route("POST", ALL, create, major="guild_id"),
    Route("PATCH", ALL, move, major="guild_id"),
    Route("GET", ALL + "/member-counts", counts, major="guild_id"),
    Route("GET", ONE, read, major="guild_id"),
    Route("PATCH", ONE, change, major="guild_id"),
    Route("DELETE", ONE, delete, major="guild_id"),
]
