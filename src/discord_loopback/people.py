"""Members and roles come, change and go; everyone who may know is told."""

from discord_loopback import audit_log, posts, render
from discord_loopback.audit_log import By
from discord_loopback.events import Event
from discord_loopback.model import Guild, Json, Member, Role, User
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


def seen_at(world: World, guild: Guild, member: Member) -> float:
    """Return when a member gave a sign of life, as far as is known: when they joined, or wrote last."""
    here = (each for each in world.messages.values() if each.guild_id == guild.id)
    return max([member.joined_at, *(each.created for each in here if each.author_id == member.user.id)])


def kick(world: World, guild: Guild, user: User, by: By) -> None:
    """Put a member out."""
    leave(world, guild, user)
    audit_log.note(world, guild, audit_log.MEMBER_KICK, user.id, by)


def changed(world: World, guild: Guild, member: Member, before: Json | None = None, by: By | None = None) -> None:
    """Tell that a member has other roles, another nickname or a timeout.

    Args:
        world: The state of everything.
        guild: Where they are a member.
        member: How they are now.
        before: How they were, as `render.member` shows it, for the audit log.
        by: Who changed it, for the audit log.
    """
    now = render.member(member)
    data: Json = {**render.full_member(member), "guild_id": str(guild.id)}
    world.bus.emit(Event("GUILD_MEMBER_UPDATE", data, guild.id, about=(member.user.id,)))
    if before is None or by is None:
        return
    if roles := _roles(guild, before["roles"], now["roles"]):
        audit_log.note(world, guild, audit_log.MEMBER_ROLES, member.user.id, by, roles)
    if others := audit_log.changes(before, now, audit_log.MEMBER_KEYS):
        audit_log.note(world, guild, audit_log.MEMBER_UPDATE, member.user.id, by, others)


def renamed(world: World, user: User, name: str) -> None:
    """Give an account another name. docs: Gateway Events, User Update; Guild Member Update."""
    user.name = name
    render.user(user)["username"] = name  # the one object that all messages share
    if user.id == world.application_id:
        world.bus.emit(Event("USER_UPDATE", dict(render.user(user)), about=(user.id,)))
    for guild in world.guilds.values():
        if member := guild.members.get(user.id):
            changed(world, guild, member)


def _roles(guild: Guild, before: list[str], now: list[str]) -> list[Json]:
    """Return which roles came and went. docs: Audit Log, Change Exceptions."""
    found: list[Json] = []
    for key, some, others in (("$add", now, before), ("$remove", before, now)):
        differing = [{"id": each, "name": guild.roles[int(each)].name} for each in some if each not in others]
        if differing:
            found.append({"key": key, "new_value": differing})
    return found


def ban(world: World, guild: Guild, user: User, by: By, delete_seconds: float = 0) -> None:
    """Ban an account, and delete what it wrote in the last seconds. docs: Guild, Create Guild Ban."""
    guild.bans[user.id] = by.reason
    data: Json = {"guild_id": str(guild.id), "user": render.user(user)}
    if user.id in guild.members:
        leave(world, guild, user)
    world.bus.emit(Event("GUILD_BAN_ADD", data, guild.id))
    audit_log.note(world, guild, audit_log.BAN_ADD, user.id, by)
    since = world.clock.now() - delete_seconds
    for channel in world.places(guild) if delete_seconds else ():
        recent = [each.id for each in channel.messages.values() if each.author_id == user.id and each.created >= since]
        if recent:
            posts.remove_many(world, channel, recent)


def unban(world: World, guild: Guild, user: User, by: By) -> None:
    """Lift a ban."""
    guild.bans.pop(user.id, None)
    data: Json = {"guild_id": str(guild.id), "user": render.user(user)}
    world.bus.emit(Event("GUILD_BAN_REMOVE", data, guild.id))
    audit_log.note(world, guild, audit_log.BAN_REMOVE, user.id, by)


def delete_role(world: World, guild: Guild, role: Role, by: By) -> None:
    """Delete a role and take it from everyone."""
    del guild.roles[role.id]
    for member in guild.members.values():
        if role.id in member.roles:
            member.roles.remove(role.id)
    data: Json = {"guild_id": str(guild.id), "role_id": str(role.id)}
    world.bus.emit(Event("GUILD_ROLE_DELETE", data, guild.id))
    changes = audit_log.changes(render.role(role), {}, audit_log.ROLE_KEYS)
    audit_log.note(world, guild, audit_log.ROLE_DELETE, role.id, by, changes)
