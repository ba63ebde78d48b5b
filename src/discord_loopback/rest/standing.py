"""Where the bot stands in a guild: what it may do there, and to whom. docs: Permissions, Permission Hierarchy."""

from discord_loopback import permissions
from discord_loopback.calls import Call
from discord_loopback.errors import ApiError
from discord_loopback.model import Guild, Member, Role


def bot_of(call: Call, guild: Guild) -> Member:
    """Return the bot as a member."""
    return guild.members[call.world.application_id]


def guild_where(call: Call, *needed: str) -> Guild:
    """Return the guild of the path if the bot has these permissions in it.

    Raises:
        ApiError: 10004 or 50013.
    """
    guild = call.world.guild(call.id("guild_id"))
    permissions.demand(permissions.base(guild, bot_of(call, guild)), *needed)
    return guild


def above(call: Call, guild: Guild, member: Member) -> None:
    """Insist that the bot stands above a member.

    Raises:
        ApiError: 50013.
    """
    if permissions.highest(guild, member) >= permissions.highest(guild, bot_of(call, guild)):
        raise ApiError(50013)


def role_below(call: Call, guild: Guild, role_id: int) -> Role:
    """Return a role if the bot stands above it.

    Raises:
        ApiError: 10011 or 50013.
    """
    role = guild.roles.get(role_id)
    if role is None:
        raise ApiError(10011)
    if permissions.rank(role) >= permissions.highest(guild, bot_of(call, guild)):
        raise ApiError(50013)
    return role


def may_grant(call: Call, guild: Guild, wanted: int) -> None:
    """Insist that the bot has the permissions it wants to hand on.

    Raises:
        ApiError: 50013.
    """
    if wanted & ~permissions.base(guild, bot_of(call, guild)):
        raise ApiError(50013)
