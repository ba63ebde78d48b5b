"""What moderators do from the menus of Discord's app, each within their permissions and below their own role."""

from discord_loopback import asks, audit_log, bounds, people, permissions, pins, places, render
from discord_loopback.audit_log import By
from discord_loopback.bounds import refused
from discord_loopback.errors import ApiError
from discord_loopback.model import DM, Channel, Guild, Json, Member, Message
from discord_loopback.world import World

KEYWORD = 1
"""docs: Auto Moderation, Trigger Types."""


def _parties(world: World, ask: asks.OnMember, needed: str) -> tuple[Guild, Member]:
    """Return the guild and the member below the moderator who has that permission."""
    guild, moderator = bounds.moderator(world, ask.guild_id, ask.user, needed)
    member = world.member(guild.id, ask.user_id)
    bounds.above(guild, moderator, member)
    return guild, member


def change_roles(world: World, ask: asks.ChangeRoles) -> None:
    """Give and take roles below the moderator's own; who has them does not matter."""
    guild, moderator = bounds.moderator(world, ask.guild_id, ask.user, "MANAGE_ROLES")
    member = world.member(guild.id, ask.user_id)
    wanted = set(ask.roles)
    for role_id in wanted ^ set(member.roles):
        bounds.role_below(guild, moderator, role_id)
    before = render.member(member)
    member.roles = [each for each in member.roles if each in wanted] + sorted(wanted - set(member.roles))
    people.changed(world, guild, member, before, By(ask.user, ask.reason))


def nickname(world: World, ask: asks.Nickname) -> None:
    """Change one's own nickname, or that of a member below."""
    if ask.user == ask.user_id:
        guild, member = bounds.moderator(world, ask.guild_id, ask.user, "CHANGE_NICKNAME")
    else:
        guild, member = _parties(world, ask, "MANAGE_NICKNAMES")
    before = render.member(member)
    member.nick = ask.nick or None
    people.changed(world, guild, member, before, By(ask.user, ask.reason))


def timeout(world: World, ask: asks.Timeout) -> None:
    """Time a member out. docs: Guild, Timeouts: administrators cannot be."""
    guild, member = _parties(world, ask, "MODERATE_MEMBERS")
    if ask.seconds and permissions.base(guild, member) & permissions.ADMINISTRATOR:
        raise refused("Administrators cannot be timed out")
    before = render.member(member)
    member.timeout_until = world.clock.now() + ask.seconds if ask.seconds else None
    people.changed(world, guild, member, before, By(ask.user, ask.reason))


def kick(world: World, ask: asks.OnMember) -> None:
    """Put a member out."""
    guild, member = _parties(world, ask, "KICK_MEMBERS")
    people.kick(world, guild, member.user, By(ask.user, ask.reason))


def ban(world: World, ask: asks.Ban) -> None:
    """Ban an account, member or not, and delete what it wrote of late."""
    guild, moderator = bounds.moderator(world, ask.guild_id, ask.user, "BAN_MEMBERS")
    user = world.user(ask.user_id)
    if member := guild.members.get(user.id):
        bounds.above(guild, moderator, member)
    people.ban(world, guild, user, By(ask.user, ask.reason), ask.delete_message_seconds)


def unban(world: World, ask: asks.OnMember) -> None:
    """Lift a ban."""
    guild, _ = bounds.moderator(world, ask.guild_id, ask.user, "BAN_MEMBERS")
    if ask.user_id not in guild.bans:
        raise refused("They are not banned")
    people.unban(world, guild, world.user(ask.user_id), By(ask.user, ask.reason))


def prune(world: World, ask: asks.Prune) -> Json:
    """Put out whoever was not seen for so long and has no role but the named ones. docs: Guild, Begin Guild Prune.

    One entry of the audit log tells how many that were; nobody is told whom.
    """
    guild, _ = bounds.moderator(world, ask.guild_id, ask.user, "KICK_MEMBERS", "MANAGE_GUILD")
    since, named = world.clock.now() - ask.days * 86_400, set(ask.include_roles)
    gone = [
        each.user
        for each in guild.members.values()
        if not each.user.bot and set(each.roles) <= named and people.seen_at(world, guild, each) < since
    ]
    for user in gone:
        people.leave(world, guild, user)
    by, told = By(ask.user, ask.reason), {"delete_member_days": ask.days, "members_removed": len(gone)}
    audit_log.note(world, guild, audit_log.MEMBER_PRUNE, None, by, (), **told)
    return {"pruned": len(gone)}


def automod(world: World, ask: asks.Automod) -> None:
    """Let a rule time a member out. docs: Audit Log, Optional Audit Entry Info.

    The entry names the member as who did it, not AutoMod, and not until when: to confirm.
    """
    guild, member = world.guild(ask.guild_id), world.member(ask.guild_id, ask.user_id)
    member.timeout_until = world.clock.now() + ask.seconds
    people.changed(world, guild, member)
    told = {
        "auto_moderation_rule_name": ask.rule,
        "auto_moderation_rule_trigger_type": KEYWORD,
        "channel_id": ask.channel_id or "",
    }
    by = By(member.user.id)
    audit_log.note(world, guild, audit_log.AUTOMOD_TIMEOUT, member.user.id, by, (), **told)


def pin(world: World, ask: asks.OfMessage) -> None:
    """Pin a message."""
    pins.pin(world, _pinnable(world, ask), By(ask.user))


def unpin(world: World, ask: asks.OfMessage) -> None:
    """Unpin a message."""
    pins.unpin(world, _pinnable(world, ask), By(ask.user))


def _pinnable(world: World, ask: asks.OfMessage) -> Message:
    message = bounds.message(world, ask.user, ask.message_id)
    if message.ephemeral_for is not None or message.system:
        raise refused("Only what somebody said for everyone can be pinned")
    bounds.place(world, ask.user, message.channel_id, "PIN_MESSAGES")
    return message


def change_channel(world: World, ask: asks.ChangeChannel) -> None:
    """Change name, topic and slow mode of a channel; close, open and lock a thread."""
    channel = _channel(world, ask)
    if channel.thread is None and (ask.archived is not None or ask.locked is not None):
        raise refused("Only threads are archived and locked")
    before = places.described(world, channel)
    channel.name = ask.name or channel.name
    channel.topic = channel.topic if ask.topic is None else ask.topic
    channel.slowmode = channel.slowmode if ask.slowmode is None else ask.slowmode
    if thread := channel.thread:
        thread.locked = thread.locked if ask.locked is None else ask.locked
        places.archive(world, channel, archived=thread.archived if ask.archived is None else ask.archived)
    places.changed(world, channel, before, By(ask.user))


def _channel(world: World, ask: asks.InChannel) -> Channel:
    channel = world.channel(ask.channel_id)
    if channel.type == DM:
        raise refused("A conversation is nobody's to change")
    return bounds.place(world, ask.user, channel.id, "MANAGE_THREADS" if channel.thread else "MANAGE_CHANNELS")


def permit(world: World, ask: asks.Permit) -> None:
    """Set the overwrites of a channel; nobody gives or denies what they have not themselves."""
    channel = bounds.place(world, ask.user, ask.channel_id, "MANAGE_ROLES")
    if channel.thread is not None or channel.guild_id is None:
        raise refused("Threads have the permissions of their channel")
    granted = world.granted(ask.user, channel)
    standing, wanted = channel.overwrites, places.overwrites(ask.overwrites)
    for key in wanted.keys() | channel.overwrites.keys():
        before, after = channel.overwrites.get(key), wanted.get(key)
        changed = ((before.allow if before else 0) ^ (after.allow if after else 0)) | (
            (before.deny if before else 0) ^ (after.deny if after else 0)
        )
        if changed & ~granted:
            raise refused("They change permissions that they have not themselves")
    channel.overwrites = wanted
    places.changed(world, channel)
    for key in standing.keys() | wanted.keys():
        if standing.get(key) != wanted.get(key):
            places.overwritten(world, channel, standing.get(key), wanted.get(key), By(ask.user))


def delete_channel(world: World, ask: asks.InChannel) -> None:
    """Delete a channel or thread."""
    places.delete(world, _channel(world, ask), By(ask.user))


def delete_role(world: World, ask: asks.DeleteRole) -> None:
    """Delete a role below the moderator's own, and take it from everyone."""
    guild, moderator = bounds.moderator(world, ask.guild_id, ask.user, "MANAGE_ROLES")
    people.delete_role(world, guild, bounds.role_below(guild, moderator, ask.role_id), By(ask.user))


def set_roles(world: World, ask: asks.SetRoles) -> None:
    """Set someone's roles without asking who may."""
    guild, member = world.guild(ask.guild_id), world.member(ask.guild_id, ask.user_id)
    if unknown := [each for each in ask.roles if each not in guild.roles]:
        raise ApiError(10011, f"Unknown Role {unknown[0]}")
    before = render.member(member)
    member.roles = list(ask.roles)
    people.changed(world, guild, member, before, By(guild.owner_id))


def edit_channel(world: World, ask: asks.EditChannel) -> Json:
    """Change a channel or delete it without asking who may."""
    channel = world.channel(ask.channel_id)
    if ask.delete:
        places.remove(world, channel)
        return {}
    before = places.described(world, channel)
    if ask.overwrites is not None:
        channel.overwrites = places.overwrites(ask.overwrites)
    channel.name = ask.name or channel.name
    channel.slowmode = channel.slowmode if ask.slowmode is None else ask.slowmode
    places.changed(world, channel, before, By(world.guild(channel.guild_id or 0).owner_id))
    return render.channel(world, channel)
