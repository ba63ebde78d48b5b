"""Members of a guild. docs: Guild, Guild Member."""

from itertools import islice

from discord_loopback import buckets, people, permissions, render
from discord_loopback.calls import Call, Route
from discord_loopback.clock import parse_timestamp
from discord_loopback.errors import ApiError, Problems
from discord_loopback.model import Guild, Json, Member

NICK = 32
LONGEST_TIMEOUT = 28 * 86_400.0
"""docs: Guild, Modify Guild Member: up to 28 days in the future."""


async def read(call: Call) -> Json:
    """Return a member."""
    return render.full_member(call.world.member(call.id("guild_id"), call.id("user_id")))


async def listed(call: Call) -> list[Json]:
    """Return members in the order of their ids."""
    guild = call.world.guild(call.id("guild_id"))
    after, limit = int(call.query("after") or 0), int(call.query("limit") or 1)
    ids = sorted(each for each in guild.members if each > after)
    return [render.full_member(guild.members[each]) for each in ids[: min(limit, 1000)]]


async def search(call: Call) -> list[Json]:
    """Return members whose name begins with a text."""
    guild = call.world.guild(call.id("guild_id"))
    text = (call.query("query") or "").casefold()
    found = (each for each in guild.members.values() if _named(each, text))
    return [render.full_member(each) for each in islice(found, int(call.query("limit") or 1))]


def _named(member: Member, text: str) -> bool:
    return member.user.name.casefold().startswith(text) or (member.nick or "").casefold().startswith(text)


def _parties(call: Call) -> tuple[Guild, Member, Member]:
    """Return the guild, the bot and the member the path names."""
    guild = call.world.guild(call.id("guild_id"))
    name = call.request.match_info.get("user_id", "@me")
    user_id = call.world.application_id if name == "@me" else call.id("user_id")
    return guild, guild.members[call.world.application_id], call.world.member(guild.id, user_id)


def _demand(guild: Guild, bot: Member, *names: str) -> None:
    permissions.demand(permissions.base(guild, bot), *names)


def _above(guild: Guild, bot: Member, member: Member) -> None:
    """Insist that the bot stands above a member. docs: Permissions, Permission Hierarchy."""
    if permissions.highest(guild, member) >= permissions.highest(guild, bot):
        raise ApiError(50013)


async def change(call: Call) -> Json:
    """Change nickname, roles or timeout."""
    guild, bot, member = _parties(call)
    if "nick" in call.body:
        _nick(call, guild, bot, member)
    if call.body.get("roles") is not None:
        _roles(guild, bot, member, {int(each) for each in call.body["roles"]})
    if "communication_disabled_until" in call.body:
        _timeout(call, guild, bot, member)
    people.changed(call.world, guild, member)
    return render.full_member(member)


def _nick(call: Call, guild: Guild, bot: Member, member: Member) -> None:
    problems = Problems()
    problems.length(("nick",), call.body["nick"] or "", 0, NICK)
    problems.raise_any()
    if member is bot:
        _demand(guild, bot, "CHANGE_NICKNAME")
    else:
        _demand(guild, bot, "MANAGE_NICKNAMES")
        _above(guild, bot, member)
    member.nick = call.body["nick"] or None


def _roles(guild: Guild, bot: Member, member: Member, wanted: set[int]) -> None:
    for role_id in wanted ^ set(member.roles):
        _may_give(guild, bot, role_id)
    member.roles = [each for each in member.roles if each in wanted] + sorted(wanted - set(member.roles))


def _may_give(guild: Guild, bot: Member, role_id: int) -> None:
    """Insist that the bot may give and take a role."""
    _demand(guild, bot, "MANAGE_ROLES")
    role = guild.roles.get(role_id)
    if role is None:
        raise ApiError(10011)
    if role.managed or role.id == guild.id or permissions.rank(role) >= permissions.highest(guild, bot):
        raise ApiError(50013)


def _timeout(call: Call, guild: Guild, bot: Member, member: Member) -> None:
    _demand(guild, bot, "MODERATE_MEMBERS")
    _above(guild, bot, member)
    if permissions.base(guild, member) & permissions.ADMINISTRATOR:
        raise ApiError(50013)
    until = call.body["communication_disabled_until"]
    moment = parse_timestamp(until) if until else None
    if moment is not None and moment - call.world.clock.now() > LONGEST_TIMEOUT + 60:
        problems = Problems()
        problems.add(
            ("communication_disabled_until",), "MEMBER_TIMEOUT_TOO_LONG", "A member cannot be timed out that far"
        )
        problems.raise_any()
    member.timeout_until = moment


async def give_role(call: Call) -> None:
    """Give a role."""
    guild, bot, member = _parties(call)
    role_id = call.id("role_id")
    _may_give(guild, bot, role_id)
    if role_id not in member.roles:
        member.roles.append(role_id)
        people.changed(call.world, guild, member)


async def take_role(call: Call) -> None:
    """Take a role."""
    guild, bot, member = _parties(call)
    role_id = call.id("role_id")
    _may_give(guild, bot, role_id)
    if role_id in member.roles:
        member.roles.remove(role_id)
        people.changed(call.world, guild, member)


async def kick(call: Call) -> None:
    """Put a member out."""
    guild, bot, member = _parties(call)
    _demand(guild, bot, "KICK_MEMBERS")
    _above(guild, bot, member)
    people.leave(call.world, guild, member.user)


async def ban(call: Call) -> None:
    """Ban an account, member or not."""
    guild = call.world.guild(call.id("guild_id"))
    bot, user = guild.members[call.world.application_id], call.world.user(call.id("user_id"))
    _demand(guild, bot, "BAN_MEMBERS")
    if user.id in guild.members:
        _above(guild, bot, guild.members[user.id])
    people.ban(call.world, guild, user, call.request.headers.get("X-Audit-Log-Reason"))


async def unban(call: Call) -> None:
    """Lift a ban."""
    guild, user = call.world.guild(call.id("guild_id")), call.world.user(call.id("user_id"))
    _demand(guild, guild.members[call.world.application_id], "BAN_MEMBERS")
    if user.id not in guild.bans:
        raise ApiError(10026)
    people.unban(call.world, guild, user)


async def read_ban(call: Call) -> Json:
    """Return a ban."""
    guild, user = call.world.guild(call.id("guild_id")), call.world.user(call.id("user_id"))
    if user.id not in guild.bans:
        raise ApiError(10026)
    return {"user": render.user(user), "reason": guild.bans[user.id]}


ALL, ONE = "/guilds/{guild_id}/members", "/guilds/{guild_id}/members/{user_id}"
BAN = "/guilds/{guild_id}/bans/{user_id}"
ROUTES = [
    Route("GET", ALL, listed, major="guild_id"),
    Route("GET", ALL + "/search", search, major="guild_id"),
    Route("PATCH", ALL + "/@me", change, major="guild_id"),
    Route("GET", ONE, read, major="guild_id"),
    Route("PATCH", ONE, change, buckets.MEMBER_ROLES, "guild_id"),
    Route("DELETE", ONE, kick, major="guild_id"),
    Route("PUT", ONE + "/roles/{role_id}", give_role, buckets.MEMBER_ROLES, "guild_id", "member roles"),
    Route("DELETE", ONE + "/roles/{role_id}", take_role, buckets.MEMBER_ROLES, "guild_id", "member roles"),
    Route("GET", BAN, read_ban, major="guild_id"),
    Route("PUT", BAN, ban, major="guild_id"),
    Route("DELETE", BAN, unban, major="guild_id"),
]
