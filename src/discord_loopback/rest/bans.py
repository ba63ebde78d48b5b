"""Bans of a guild. docs: Guild, Ban."""

from discord_loopback import people, render
from discord_loopback.audit_log import By
from discord_loopback.calls import Call, Route, snowflake
from discord_loopback.errors import ApiError, wrong
from discord_loopback.model import Guild, Json, User
from discord_loopback.rest import standing

LONGEST = 7 * 86_400
"""Seconds of messages that go with a ban. docs: Guild, Create Guild Ban."""
MOST, AT_ONCE = 1000, 200
"""docs: Guild, Get Guild Bans; Bulk Guild Ban."""


def _about(guild: Guild, user: User) -> Json:
    return {"user": render.user(user), "reason": guild.bans[user.id]}


async def listed(call: Call) -> list[Json]:
    """Return bans in the order of the ids, from a page's beginning or up to its end."""
    guild = standing.guild_where(call, "BAN_MEMBERS")
    limit, before, after = call.number("limit", MOST, 1, MOST), call.moment("before"), call.moment("after")
    if (
        before is not None
    ):  # docs: Guild, Get Guild Bans: "if both before and after are provided, only before is respected"
        ids = sorted(each for each in guild.bans if each < before)[-limit:]
    else:
        ids = sorted(each for each in guild.bans if each > (after or 0))[:limit]
    return [_about(guild, call.world.user(each)) for each in ids]


async def read(call: Call) -> Json:
    """Return a ban."""
    guild, user = standing.guild_where(call, "BAN_MEMBERS"), call.world.user(call.id("user_id"))
    if user.id not in guild.bans:
        raise ApiError(10026)
    return _about(guild, user)


def _seconds(call: Call) -> int:
    body = call.body
    seconds = int(body.get("delete_message_seconds") or int(body.get("delete_message_days") or 0) * 86_400)
    if not 0 <= seconds <= LONGEST:
        raise wrong(
            ("delete_message_seconds",), "NUMBER_TYPE_MAX", f"int value should be less than or equal to {LONGEST}."
        )
    return seconds


async def ban(call: Call) -> None:
    """Ban an account, member or not."""
    guild, user = standing.guild_where(call, "BAN_MEMBERS"), call.world.user(call.id("user_id"))
    if user.id in guild.members:
        standing.above(call, guild, guild.members[user.id])
    people.ban(call.world, guild, user, call.by, _seconds(call))


async def ban_many(call: Call) -> Json:
    """Ban up to 200 accounts; those who stand above, or are banned already, fail. docs: Guild, Bulk Guild Ban."""
    guild, by, seconds = standing.guild_where(call, "BAN_MEMBERS", "MANAGE_GUILD"), call.by, _seconds(call)
    wanted = [snowflake(each, "user_ids") for each in call.body.get("user_ids") or []]
    if not 1 <= len(wanted) <= AT_ONCE:
        raise wrong(("user_ids",), "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {AT_ONCE} in length.")
    banned = [each for each in wanted if _banned(call, guild, each, by, seconds)]
    if not banned:
        raise ApiError(500000)
    return {
        "banned_users": [str(each) for each in banned],
        "failed_users": [str(each) for each in wanted if each not in banned],
    }


def _banned(call: Call, guild: Guild, user_id: int, by: By, seconds: int) -> bool:
    user, member = call.world.users.get(user_id), guild.members.get(user_id)
    if user is None or user_id in guild.bans:
        return False
    try:
        if member is not None:
            standing.above(call, guild, member)
    except ApiError:
        return False
    people.ban(call.world, guild, user, by, seconds)
    return True


async def unban(call: Call) -> None:
    """Lift a ban."""
    guild, user = standing.guild_where(call, "BAN_MEMBERS"), call.world.user(call.id("user_id"))
    if user.id not in guild.bans:
        raise ApiError(10026)
    people.unban(call.world, guild, user, call.by)


ALL, ONE = "/guilds/{guild_id}/bans", "/guilds/{guild_id}/bans/{user_id}"
ROUTES = [
    Route("GET", ALL, listed, major="guild_id"),
    Route("GET", ONE, read, major="guild_id"),
    Route("PUT", ONE, ban, major="guild_id"),
    Route("DELETE", ONE, unban, major="guild_id"),
    Route("POST", "/guilds/{guild_id}/bulk-ban", ban_many, major="guild_id"),
]
