"""Slash commands of a guild's configuration."""

from collections.abc import Iterable, Mapping

import discord
from discord import app_commands

from raidbot.bot.commands import command
from raidbot.bot.presses import Press
from raidbot.bot.rates import CONFIGURATION
from raidbot.bot.replies import Answer
from raidbot.core.ids import ChannelId, RoleId
from raidbot.core.ranks import Rank, RoleKey
from raidbot.features.guild_config import api
from raidbot.features.guild_config.model import ChannelKey, Mappings

GIVEN_BY_US = {RoleKey.VERIFIED_RAIDER, RoleKey.TEAM, RoleKey.SUSPENDED, RoleKey.MUTED}
"""Roles that the bot gives and takes, so they must stand below its own."""

NEEDED = {"view_channel": "View Channel", "send_messages": "Send Messages", "embed_links": "Embed Links"}
"""What the bot needs in every mapped channel, as Discord calls it."""

Key = app_commands.Choice[str]


def _choices(keys: Iterable[RoleKey | ChannelKey]) -> list[Key]:
    return [app_commands.Choice(name=key.label, value=key.value) for key in keys]


@command(
    "setroles",
    "Show, set or clear which role is which",
    needs=Rank.ADMINISTRATOR,
    bucket=CONFIGURATION,
)
@app_commands.describe(what="Which one; leave it out to see all", role="The role it is from now on", clear="Unset it")
@app_commands.choices(what=_choices(RoleKey))
async def setroles(
    press: Press, what: str | None = None, role: discord.Role | None = None, *, clear: bool = False
) -> Answer:
    """Show or change which of a guild's roles are which."""
    before = await _read(press)
    if what is None:
        return Answer(_listed("Roles", {key: _role(before.roles.get(key)) for key in RoleKey}, "/setroles"))
    key = RoleKey(what)
    if role is None and not clear:
        return Answer(f"**{key.label}** is {_role(before.roles.get(key))}.")
    chosen = None if clear or role is None else RoleId(role.id)
    after = await press.ask(api.set_roles, api.SetRoles(press.guild_id, {key: chosen}))
    warning = _role_warning(press.guild, key, None if clear else role)
    return Answer(_changed(key.label, _role(before.roles.get(key)), _role(after.roles.get(key)), warning))


@command(
    "setchannels",
    "Show, set or clear which channel is which",
    needs=Rank.ADMINISTRATOR,
    bucket=CONFIGURATION,
)
@app_commands.describe(
    what="Which one; leave it out to see all", channel="The channel it is from now on", clear="Unset it"
)
@app_commands.choices(what=_choices(ChannelKey))
async def setchannels(
    press: Press, what: str | None = None, channel: discord.TextChannel | None = None, *, clear: bool = False
) -> Answer:
    """Show or change which of a guild's channels are which."""
    before = await _read(press)
    if what is None:
        return Answer(
            _listed("Channels", {key: _channel(before.channels.get(key)) for key in ChannelKey}, "/setchannels")
        )
    key = ChannelKey(what)
    if channel is None and not clear:
        return Answer(f"**{key.label}** is {_channel(before.channels.get(key))}.")
    chosen = None if clear or channel is None else ChannelId(channel.id)
    after = await press.ask(api.set_channels, api.SetChannels(press.guild_id, {key: chosen}))
    warning = "" if clear or channel is None else _channel_warning(press.guild, channel)
    return Answer(_changed(key.label, _channel(before.channels.get(key)), _channel(after.channels.get(key)), warning))


async def _read(press: Press) -> Mappings:
    return await press.ask(api.read_mappings, api.ReadMappings(press.guild_id))


def _role(role_id: RoleId | None) -> str:
    return f"<@&{role_id}>" if role_id else "not set"


def _channel(channel_id: ChannelId | None) -> str:
    return f"<#{channel_id}>" if channel_id else "not set"


def _listed(title: str, values: Mapping[RoleKey, str] | Mapping[ChannelKey, str], how: str) -> str:
    lines = [f"{key.label}: {value}" for key, value in values.items()]
    return "\n".join([f"**{title}**", *lines, f"-# Change one: {how} and choose what it is."])


def _changed(name: str, old: str, new: str, warning: str) -> str:
    head = f"**{name}** stays {new}." if old == new else f"**{name}** is {new} now. It was {old}."
    return f"{head}\n⚠️ {warning}" if warning else head


def _role_warning(guild: discord.Guild, key: RoleKey, role: discord.Role | None) -> str:
    if role is None or key not in GIVEN_BY_US:
        return ""
    if role.managed or role.is_default():
        return "Nobody can give or take that role by hand, and neither can I. Choose another one."
    if role >= guild.me.top_role:
        return "That role stands above mine, so I cannot give or take it. Drag mine above it in Server Settings, Roles."
    return ""


def _channel_warning(guild: discord.Guild, channel: discord.TextChannel) -> str:
    allowed = channel.permissions_for(guild.me)
    missing = [label for name, label in NEEDED.items() if not getattr(allowed, name)]
    return f"I lack {', '.join(missing)} there. Give me that in the channel's settings." if missing else ""
