"""What Discord's app does not let a member do, and what it shows them to act on."""

from discord_loopback import permissions
from discord_loopback.errors import ApiError
from discord_loopback.model import Channel, Guild, Member, Message, Role
from discord_loopback.world import World


def refused(message: str) -> ApiError:
    """Return the refusal of something that Discord's app would not let one do."""
    return ApiError(0, message, status=403)


def place(world: World, user_id: int, channel_id: int, *needed: str) -> Channel:
    """Return a channel in which an account has these permissions.

    Raises:
        ApiError: 403, or 10003.
    """
    channel = world.channel(channel_id)
    granted = world.granted(user_id, channel)
    if not granted & permissions.VIEW:
        raise refused("They cannot see this channel")
    wanted = permissions.bits(*needed)
    if granted & wanted != wanted:
        raise refused(f"They lack {' or '.join(needed)} here")
    return channel


def message(world: World, user_id: int, message_id: int) -> Message:
    """Return a message that an account can read.

    Raises:
        ApiError: 10008.
    """
    found = world.messages.get(message_id)
    if found is None or not world.sees(user_id, found):
        raise ApiError(10008)
    return found


def moderator(world: World, guild_id: int, user_id: int, *needed: str) -> tuple[Guild, Member]:
    """Return a guild and the member of it who has these permissions in all of it.

    Raises:
        ApiError: 403 where one is missing, or the member is timed out.
    """
    guild, member = world.guild(guild_id), world.member(guild_id, user_id)
    granted = permissions.base(guild, member)
    if not granted & permissions.ADMINISTRATOR and timed_out(world, member):
        raise refused("They are timed out")
    if missing := [name for name in needed if not granted & permissions.bits(name)]:
        raise refused(f"They lack {' and '.join(missing)}")
    return guild, member


def timed_out(world: World, member: Member) -> bool:
    """Tell whether a member is timed out now."""
    return member.timeout_until is not None and member.timeout_until > world.clock.now()


def above(guild: Guild, moderator: Member, member: Member) -> None:
    """Insist that a moderator stands above a member. docs: Permissions, Permission Hierarchy.

    Raises:
        ApiError: 403.
    """
    if permissions.highest(guild, member) >= permissions.highest(guild, moderator):
        raise refused(f"{member.name} does not stand below them")


def role_below(guild: Guild, moderator: Member, role_id: int) -> Role:
    """Return a role that a moderator may give, take, change and delete.

    Raises:
        ApiError: 403, or 10011.
    """
    role = guild.roles.get(role_id)
    if role is None:
        raise ApiError(10011)
    if role.managed or role.id == guild.id:
        raise refused(f"The role {role.name} is nobody's to give")
    if permissions.rank(role) >= permissions.highest(guild, moderator):
        raise refused(f"The role {role.name} does not stand below them")
    return role
