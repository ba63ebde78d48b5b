"""Where features listen to what happens to members of a guild."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeAlias

import discord

from raidbot.bot.backend import Backend
from raidbot.core.ids import GuildId


class MemberWatcher(Protocol):
    """Follows the members of the guilds that the bot serves."""

    async def arrived(self, backend: Backend, guild: discord.Guild) -> None:
        """Take in all members of a guild, at the start and after a gap."""
        ...

    async def changed(self, backend: Backend, member: discord.Member) -> None:
        """Take in one member: joined, changed, or about to press. Quick where nothing changed."""
        ...

    async def left(self, backend: Backend, guild_id: GuildId, user: discord.abc.User) -> None:
        """Take in that a member left."""
        ...


watchers: list[MemberWatcher] = []
"""Filled as the features are loaded."""

Tell: TypeAlias = Callable[[MemberWatcher], Awaitable[None]]


def watch_members(watcher: MemberWatcher) -> None:
    """Let an object hear of members."""
    watchers.append(watcher)


async def tell(what: Tell) -> None:
    """Tell all watchers, one after the other.

    Raises:
        Refusal: the backend is away.
    """
    for watcher in watchers:
        await what(watcher)
