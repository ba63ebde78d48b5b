"""Commands of the application. docs: Application Commands, Endpoints."""

from discord_loopback import buckets, commands
from discord_loopback.calls import Call, Route
from discord_loopback.errors import ApiError
from discord_loopback.jsons import Answered
from discord_loopback.model import Json


def _scope(call: Call) -> int | None:
    if call.id("application_id") != call.world.application_id:
        raise ApiError(20012)
    if "guild_id" not in call.request.match_info:
        return None
    return call.world.guild(call.id("guild_id")).id


def _key(command: Json) -> tuple[int, str]:
    return command.get("type") or commands.CHAT_INPUT, str(command.get("name"))


async def listed(call: Call) -> list[Json]:
    """Return the commands of a guild, or those of all guilds."""
    shown = call.world.commands.get(_scope(call), [])
    if call.flag("with_localizations"):
        return shown
    return [{key: value for key, value in each.items() if not key.endswith("_localizations")} for each in shown]


async def replaced(call: Call) -> list[Json]:
    """Replace all commands of a scope. A command that keeps its name keeps its id."""
    scope = _scope(call)
    commands.check_all(call.body)
    old = {_key(each): int(each["id"]) for each in call.world.commands.get(scope, [])}
    for each in call.body:
        if _key(each) not in old:
            _counted(call, scope)
    call.world.commands[scope] = [_registered(call, each, scope, old.get(_key(each))) for each in call.body]
    return call.world.commands[scope]


def _counted(call: Call, scope: int | None) -> None:
    call.server.buckets.demand(("new commands", scope), buckets.COMMAND_CREATES, 30034)


def _registered(call: Call, command: Json, scope: int | None, command_id: int | None) -> Json:
    world = call.world
    version = world.ids.new()
    return commands.registered(command, world.application_id, scope, command_id or version, version)


async def added(call: Call) -> Answered:
    """Add a command with 201, or replace the one of that name with 200. docs: Create Global Application Command."""
    scope = _scope(call)
    old = next((each for each in call.world.commands.get(scope, []) if _key(each) == _key(call.body)), None)
    kept = [each for each in call.world.commands.get(scope, []) if each is not old]
    commands.check_one(call.body, kept)
    if old is None:
        _counted(call, scope)
    new = _registered(call, call.body, scope, int(old["id"]) if old else None)
    call.world.commands[scope] = [*kept, new]
    return Answered(new, 201 if old is None else 200)


def _one(call: Call) -> Json:
    command_id = str(call.id("command_id"))
    found = next((each for each in call.world.commands.get(_scope(call), []) if each["id"] == command_id), None)
    if found is None:
        raise ApiError(10063)
    return found


async def read(call: Call) -> Json:
    """Return a command."""
    return _one(call)


async def change(call: Call) -> Json:
    """Change a command by the keys that the body has."""
    scope, old = _scope(call), _one(call)
    others = [each for each in call.world.commands[scope] if each is not old]
    merged = {**old, **call.body, "type": old["type"]}
    commands.check_one(merged, others)
    new = _registered(call, merged, scope, int(old["id"]))
    call.world.commands[scope] = [new if each is old else each for each in call.world.commands[scope]]
    return new


async def removed(call: Call) -> None:
    """Delete a command."""
    found = _one(call)
    call.world.commands[_scope(call)].remove(found)


async def permissions(call: Call) -> list[Json]:
    """Return what was permitted by hand in a guild, for each command and for all."""
    guild_id = _scope(call) or 0
    return [
        commands.permitted(call.world, guild_id, about)
        for where, about in call.world.command_permissions
        if where == guild_id
    ]


async def permissions_of_one(call: Call) -> Json:
    """Return what was permitted by hand for a command, or for all with the application's id."""
    guild_id, about = _scope(call) or 0, call.id("command_id")
    if (guild_id, about) not in call.world.command_permissions:
        raise ApiError(10066)
    return commands.permitted(call.world, guild_id, about)


async def permit(call: Call) -> None:
    """Refuse: only people set permissions of commands. docs: Edit Application Command Permissions, bearer tokens.

    Raises:
        ApiError: 20001.
    """
    _scope(call)
    raise ApiError(20001)


EVERYWHERE = "/applications/{application_id}/commands"
GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"
ROUTES = [
    Route("GET", GUILD + "/permissions", permissions, major="guild_id"),
    Route("GET", GUILD + "/{command_id}/permissions", permissions_of_one, major="guild_id"),
    Route("PUT", GUILD + "/{command_id}/permissions", permit, major="guild_id"),
    *(
        Route(method, path, handler, major="guild_id")
        for base in (EVERYWHERE, GUILD)
        for method, path, handler in (
            ("GET", base, listed),
            ("PUT", base, replaced),
            ("POST", base, added),
            ("GET", base + "/{command_id}", read),
            ("PATCH", base + "/{command_id}", change),
            ("DELETE", base + "/{command_id}", removed),
        )
    ),
]
