"""A guild as discord.py knows it, in the words that rules are decided on."""

import discord
from discord import app_commands

from raidbot.core.guilds import KINDS, ChannelKind, ChannelSeen, GuildSeen, OverwriteSeen, RoleInPlace, RoleSeen
from raidbot.core.ids import ChannelId, GuildId, RoleId, Snowflake, UserId


def seen(guild: discord.Guild, application_flags: int = 0) -> GuildSeen:
    """Return a guild as it is now: roles, channels and categories, and what the bot may do."""
    return GuildSeen(
        id=GuildId(guild.id),
        roles=[seen_role(one) for one in guild.roles],
        channels=[_channel(one) for one in guild.channels],
        bot_id=UserId(guild.me.id),
        bot_role_ids=[RoleId(one.id) for one in guild.me.roles],
        application_flags=application_flags,
    )


def seen_role(role: discord.Role) -> RoleSeen:
    """Return a role as it is now."""
    return RoleSeen(RoleId(role.id), role.name, role.position, role.permissions.value, role.managed, role.mentionable)


def in_place(role: discord.Role) -> RoleInPlace:
    """Return a role as it is now, with what decides whether handing it out does harm."""
    guild = role.guild
    return RoleInPlace(
        role=seen_role(role),
        everyone_may=guild.default_role.permissions.value,
        is_below_bot=role < guild.me.top_role,
    )


def seen_kind(channel: app_commands.AppCommandChannel | discord.abc.GuildChannel) -> ChannelSeen:
    """Return a channel that somebody chose, without who may do what there."""
    return ChannelSeen(ChannelId(channel.id), channel.name, kind=KINDS.get(channel.type.value, ChannelKind.OTHER))


def _channel(channel: discord.abc.GuildChannel) -> ChannelSeen:
    overwrites: list[OverwriteSeen] = []
    for target, what in channel.overwrites.items():
        allow, deny = what.pair()
        overwrites.append(OverwriteSeen(Snowflake(target.id), allow.value, deny.value))
    kind = KINDS.get(channel.type.value, ChannelKind.OTHER)
    return ChannelSeen(ChannelId(channel.id), channel.name, overwrites, kind)
