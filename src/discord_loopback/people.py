"""Members and roles come, change and go; everyone who may know is told."""

from discord_loopback import render
from discord_loopback.events import Event
from discord_loopback.model import Guild, Json, Member, User
from discord_loopback.world import World


def join(world: World, guild: Guild, user: User) -> Member:
    """Let an account join."""
    member = Member(user=user, joined_at=world.clock.now())
    guild.members[user.id] = member
    data: Json = {**render.full_member(member), "guild_id": str(guild.id)}
    world.bus.emit(Event("GUILD_MEMBER_ADD", data, guild.id))
    return member


def leave(world: World, guild: Guild, user: User) -> None:
    """Let a member leave, or be put out."""
    guild.members.pop(user.id, None)
    data: Json = {"guild_id": str(guild.id), "user": render.user(user)}
    world.bus.emit(Event("GUILD_MEMBER_REMOVE", data, guild.id))


def changed(world: World, guild: Guild, member: Member) -> None:
    """Tell that a member has other roles, another nickname or a timeout."""
    data: Json = {**render.full_member(member), "guild_id": str(guild.id)}
    world.bus.emit(Event("GUILD_MEMBER_UPDATE", data, guild.id, about=(member.user.id,)))


def renamed(world: World, user: User, name: str) -> None:
    """Give an account another name. docs: Gateway Events, User Update; Guild Member Update."""
    user.name = name
    render.user(user)["username"] = name  # the one object that all messages share
    if user.id == world.application_id:
        world.bus.emit(Event("USER_UPDATE", dict(render.user(user)), about=(user.id,)))
    for guild in world.guilds.values():
        if member := guild.members.get(user.id):
            changed(world, guild, member)


def ban(world: World, guild: Guild, user: User, reason: str | None) -> None:
    """Ban an account."""
    guild.bans[user.id] = reason
    data: Json = {"guild_id": str(guild.id), "user": render.user(user)}
    if user.id in guild.members:
        leave(world, guild, user)
    world.bus.emit(Event("GUILD_BAN_ADD", data, guild.id))


def unban(world: World, guild: Guild, user: User) -> None:
    """Lift a ban."""
    guild.bans.pop(user.id, None)
    data: Json = {"guild_id": str(guild.id), "user": render.user(user)}
    world.bus.emit(Event("GUILD_BAN_REMOVE", data, guild.id))
