"""Commands of the application. docs: Application Commands, Endpoints."""

from discord_loopback import commands
from discord_loopback.calls import Call, Route
from discord_loopback.errors import ApiError
from discord_loopback.model import Json


def _scope(call: Call) -> int | None:
    if call.id("application_id") != call.world.application_id:
        raise ApiError(20012, "You are not authorized to perform this action on this application", status=403)
    if "guild_id" not in call.request.match_info:
        return None
    return call.world.guild(call.id("guild_id")).id


async def listed(call: Call) -> list[Json]:
    """Return the commands of a guild, or those of all guilds."""
    return call.world.commands.get(_scope(call), [])


async def replaced(call: Call) -> list[Json]:
    """Replace all commands of a scope. A command that keeps its name keeps its id."""
    scope = _scope(call)
    commands.check_all(call.body)
    world = call.world
    old = {(each["type"], each["name"]): int(each["id"]) for each in world.commands.get(scope, [])}
    world.commands[scope] = [
        commands.registered(
            each,
            world.application_id,
            scope,
            old.get((each.get("type") or 1, each["name"])) or world.ids.new(),
        )
        for each in call.body
    ]
    return world.commands[scope]


async def added(call: Call) -> Json:
    """Add a command, or replace the one of that name."""
    scope = _scope(call)
    kept = [
        each
        for each in call.world.commands.get(scope, [])
        if (each["type"], each["name"]) != (call.body.get("type") or 1, call.body.get("name"))
    ]
    commands.check_all([*kept, call.body])
    new = commands.registered(call.body, call.world.application_id, scope, call.world.ids.new())
    call.world.commands[scope] = [*kept, new]
    return new


async def removed(call: Call) -> None:
    """Delete a command."""
    scope, command_id = _scope(call), str(call.id("command_id"))
    old = call.world.commands.get(scope, [])
    call.world.commands[scope] = [each for each in old if each["id"] != command_id]
    if len(call.world.commands[scope]) == len(old):
        raise ApiError(10063)


EVERYWHERE = "/applications/{application_id}/commands"
GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"
ROUTES = [
    Route(method, path, handler, major="guild_id")
    for base in (EVERYWHERE, GUILD)
    for method, path, handler in (
        ("GET", base, listed),
        ("PUT", base, replaced),
        ("POST", base, added),
        ("DELETE", base + "/{command_id}", removed),
    )
]
