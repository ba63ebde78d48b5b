"""One look for everything that the bot shows."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

import discord

from raidbot.core.ids import ChannelId, GuildId, MessageId, UserId

SUCCESS, DANGER, PRIMARY = discord.ButtonStyle.success, discord.ButtonStyle.danger, discord.ButtonStyle.primary
SECONDARY = discord.ButtonStyle.secondary

BLUE = 0x5865F2
"""The bar of what somebody is led through."""

AMBER = 0xD68910
"""The bar of what staff decide about."""


def sheet(*parts: discord.ui.Item[Any], colour: int | None = None) -> discord.ui.LayoutView:
    """Return a message in one box, with a bar of that colour."""
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.Container(*parts, accent_colour=colour))
    return view


def text(*lines: str) -> discord.ui.TextDisplay[Any]:
    """Return lines of Markdown; empty ones are left out."""
    return discord.ui.TextDisplay("\n".join(line for line in lines if line))


def row(*buttons: discord.ui.Item[Any]) -> discord.ui.ActionRow[Any]:
    """Return buttons beside each other."""
    return discord.ui.ActionRow(*buttons)


def button(
    label: str,
    custom_id: str,
    style: discord.ButtonStyle = SECONDARY,
    *,
    disabled: bool = False,
    emoji: str | None = None,
) -> discord.ui.Button[Any]:
    """Return a button. Its label is words, at most 14 characters, so that a row fits a phone."""
    return discord.ui.Button(label=label, custom_id=custom_id, style=style, disabled=disabled, emoji=emoji)


def menu(
    custom_id: str,
    placeholder: str,
    options: Iterable[tuple[str, str]],
    *,
    chosen: Collection[str] = (),
    most: int = 1,
) -> discord.ui.ActionRow[Any]:
    """Return a menu of which up to `most` things are chosen; options are value and label, 25 at most."""
    choices = [discord.SelectOption(value=value, label=label, default=value in chosen) for value, label in options]
    select: discord.ui.Select[Any] = discord.ui.Select(
        custom_id=custom_id, placeholder=placeholder, options=choices, max_values=most
    )
    return discord.ui.ActionRow(select)


def people(
    custom_id: str, placeholder: str, chosen: Iterable[UserId] = (), *, least: int = 1, most: int = 1
) -> discord.ui.ActionRow[Any]:
    """Return a menu of members, with those chosen who are so already."""
    select: discord.ui.UserSelect[Any] = discord.ui.UserSelect(
        custom_id=custom_id,
        placeholder=placeholder,
        min_values=least,
        max_values=most,
        default_values=[discord.SelectDefaultValue(id=one, type=discord.SelectDefaultValueType.user) for one in chosen],
    )
    return discord.ui.ActionRow(select)


def ago(moment: datetime) -> str:
    """Return a moment as Discord shows it to each member: `5 minutes ago`."""
    return discord.utils.format_dt(moment, "R")


def lasting(length: timedelta) -> str:
    """Return a length in words: `1 h 5 min`."""
    minutes = max(0, round(length.total_seconds() / 60))
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min"


def link(guild_id: GuildId, channel_id: ChannelId, message_id: MessageId) -> str:
    """Return the address of a message."""
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"


def many(number: int, word: str, words: str = "") -> str:
    """Return a number with its word: `1 raider`, `43 raiders`; of a word that takes no s, both are named."""
    return f"{number} {word}" if number == 1 else f"{number} {words or f'{word}s'}"
