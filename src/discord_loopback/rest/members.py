"""Members of a guild. docs: Guild, Guild Member."""

from itertools import islice

from discord_loopback import buckets, people, permissions, render
from discord_loopback.calls import Call, Route, snowflake
from discord_loopback.clock import parse_timestamp
from discord_loopback.errors import ApiError, Problems, wrong
from discord_loopback.model import Guild, Json, Member
from discord_loopback.rest import standing

NICK = 32
MOST = 1000
LONGEST_TIMEOUT = 28 * 86_400.0
"""docs: Guild, Modify Guild Member: up to 28 days in the future."""


async def read(call: Call) -> Json:
    """Return a member."""
    return render.full_member(call.world.member(call.id("guild_id"), call.id("user_id")))


async def listed(call: Call) -> list[Json]:
    """Return members in the order of their ids."""
    guild = call.world.guild(call.id("guild_id"))
    after, limit = call.moment("after") or 0, call.number("limit", 1, 1, MOST)
    ids = sorted(each for each in guild.members if each > after)
    return [render.full_member(guild.members[each]) for each in ids[:limit]]


async def search(call: Call) -> list[Json]:
    """Return members whose name begins with a text."""
    guild = call.world.guild(call.id("guild_id"))
    text = (call.query("query") or "").casefold()
    if not text:
        raise wrong(("query",), "BASE_TYPE_REQUIRED", "This field is required")
    found = (each for each in guild.members.values() if _named(each, text))
    return [render.full_member(each) for each in islice(found, call.number("limit", 1, 1, MOST))]


def _named(member: Member, text: str) -> bool:
    return member.user.name.casefold().startswith(text) or (member.nick or "").casefold().startswith(text)


def _whom(call: Call) -> tuple[Guild, Member]:
    """Return the guild and the member that the path names."""
    guild = call.world.guild(call.id("guild_id"))
    name = call.request.match_info.get("user_id", "@me")
    user_id = call.world.application_id if name == "@me" else call.id("user_id")
    return guild, call.world.member(guild.id, user_id)


async def change(call: Call) -> Json:
    """Change nickname, roles, timeout, or what is heard of and by a member."""
    guild, member = _whom(call)
    before, by = render.member(member), call.by
    if "nick" in call.body:
        _nick(call, guild, member)
    if call.body.get("roles") is not None:
        _roles(call, guild, member)
    if "communication_disabled_until" in call.body:
        _timeout(call, guild, member)
    for key, needed in (("mute", "MUTE_MEMBERS"), ("deaf", "DEAFEN_MEMBERS")):
        if call.body.get(key) is not None:
            standing.guild_where(call, needed)
            raise ApiError(40032)  # nobody is in voice here, and then Discord says so
    people.changed(call.world, guild, member, before, by)
    return render.full_member(member)


def _nick(call: Call, guild: Guild, member: Member) -> None:
    problems = Problems()
    problems.length(("nick",), call.body["nick"] or "", 0, NICK)
    problems.raise_any()
    if member is standing.bot_of(call, guild):
        standing.guild_where(call, "CHANGE_NICKNAME")
    else:
        standing.guild_where(call, "MANAGE_NICKNAMES")
        standing.above(call, guild, member)
    member.nick = call.body["nick"] or None


def _roles(call: Call, guild: Guild, member: Member) -> None:
    wanted = {snowflake(each, "roles") for each in call.body["roles"]}
    for role_id in wanted ^ set(member.roles):
        _may_give(call, guild, role_id)
    member.roles = [each for each in member.roles if each in wanted] + sorted(wanted - set(member.roles))


def _may_give(call: Call, guild: Guild, role_id: int) -> None:
    """Insist that the bot may give and take a role."""
    standing.guild_where(call, "MANAGE_ROLES")
    role = standing.role_below(call, guild, role_id)
    if role.managed or role.id == guild.id:
        raise ApiError(50013)


def _timeout(call: Call, guild: Guild, member: Member) -> None:
    standing.guild_where(call, "MODERATE_MEMBERS")
    standing.above(call, guild, member)
    # docs: Permissions, Permissions For Timed Out Members: owners and administrators are exempt
    if permissions.base(guild, member) & permissions.ADMINISTRATOR:
        raise ApiError(50013)
    until = call.body["communication_disabled_until"]
    moment = parse_timestamp(until) if until else None
    if moment is not None and moment - call.world.clock.now() > LONGEST_TIMEOUT + 60:
        raise wrong(
            ("communication_disabled_until",), "MEMBER_TIMEOUT_TOO_LONG", "A member cannot be timed out that far"
        )
    member.timeout_until = moment


async def give_role(call: Call) -> None:
    """Give a role."""
    guild, member = _whom(call)
    role_id, before, by = call.id("role_id"), render.member(member), call.by
    _may_give(call, guild, role_id)
    if role_id not in member.roles:
        member.roles.append(role_id)
        people.changed(call.world, guild, member, before, by)


async def take_role(call: Call) -> None:
    """Take a role."""
    guild, member = _whom(call)
    role_id, before, by = call.id("role_id"), render.member(member), call.by
    _may_give(call, guild, role_id)
    if role_id in member.roles:
        member.roles.remove(role_id)
        people.changed(call.world, guild, member, before, by)


async def kick(call: Call) -> None:
    """Put a member out."""
    guild, member = _whom(call)
    standing.guild_where(call, "KICK_MEMBERS")
    standing.above(call, guild, member)
    people.kick(call.world, guild, member.user, call.by)


ALL, ONE = "/guilds/{guild_id}/members", "/guilds/{guild_id}/members/{user_id}"
ROUTES = [
    Route("GET", ALL, listed, major="guild_id"),
    Route("GET", ALL + "/search", search, major="guild_id"),
    Route("PATCH", ALL + "/@me", change, major="guild_id"),
    Route("GET", ONE, read, major="guild_id"),
    Route("PATCH", ONE, change, buckets.MEMBER_ROLES, "guild_id"),
    Route("DELETE", ONE, kick, major="guild_id"),
    Route("PUT", ONE + "/roles/{role_id}", give_role, buckets.MEMBER_ROLES, "guild_id", "member roles"),
    Route("DELETE", ONE + "/roles/{role_id}", take_role, buckets.MEMBER_ROLES, "guild_id", "member roles"),
]
