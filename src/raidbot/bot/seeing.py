"""A guild as discord.py knows it, in the words that rules are decided on."""

import discord

from raidbot.core.guilds import ChannelSeen, GuildSeen, OverwriteSeen, RoleInPlace, RoleSeen
from raidbot.core.ids import ChannelId, GuildId, RoleId, Snowflake, UserId


def seen(guild: discord.Guild, application_flags: int = 0) -> GuildSeen:
    """Return a guild as it is now: roles, text channels and categories, and what the bot may do."""
    return GuildSeen(
        id=GuildId(guild.id),
        roles=[seen_role(one) for one in guild.roles],
        channels=[_channel(one) for one in (*guild.categories, *guild.text_channels)],
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


def _channel(channel: discord.TextChannel | discord.CategoryChannel) -> ChannelSeen:
    overwrites: list[OverwriteSeen] = []
    for target, what in channel.overwrites.items():
        allow, deny = what.pair()
        overwrites.append(OverwriteSeen(Snowflake(target.id), allow.value, deny.value))
    is_category = isinstance(channel, discord.CategoryChannel)
    return ChannelSeen(ChannelId(channel.id), channel.name, overwrites, is_category)
