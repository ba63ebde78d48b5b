"""What people change about members by hand in Discord, as its audit log tells it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import discord

from raidbot.bot.backend import Backend
from raidbot.core.ids import GuildId, RoleId, Snowflake, UserId

LOGGED = {discord.AuditLogAction.member_role_update, discord.AuditLogAction.member_update}


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """One entry of the audit log about a member."""

    guild_id: GuildId
    entry_id: Snowflake
    user_id: UserId
    by: UserId
    gained: tuple[RoleId, ...] = ()
    lost: tuple[RoleId, ...] = ()
    nickname: tuple[str, str] | None = None
    """The one before and the one after, where that changed; empty: none."""


Notes: TypeAlias = Callable[[Backend, ByHand], Awaitable[None]]

watchers: list[Notes] = []
"""Filled as the features are loaded."""


def watches_hands(note: Notes) -> Notes:
    """Call the decorated function with what people change about members by hand."""
    watchers.append(note)
    return note


async def tell(backend: Backend, change: ByHand) -> None:
    """Tell all watchers."""
    for note in watchers:
        await note(backend, change)


def read(entry: discord.AuditLogEntry) -> ByHand | None:
    """Return what an entry says of a member's roles or nickname; None: nothing."""
    if entry.action not in LOGGED or entry.user_id is None or entry.target is None:
        return None
    before, after = entry.changes.before, entry.changes.after
    nickname = (str(before.nick or ""), str(after.nick or "")) if hasattr(after, "nick") else None
    gained, lost = _roles(after), _roles(before)
    if not gained and not lost and nickname is None:
        return None
    target: Any = entry.target
    return ByHand(
        guild_id=GuildId(entry.guild.id),
        entry_id=Snowflake(entry.id),
        user_id=UserId(target.id),
        by=UserId(entry.user_id),
        gained=gained,
        lost=lost,
        nickname=nickname,
    )


def _roles(side: discord.AuditLogDiff) -> tuple[RoleId, ...]:
    return tuple(RoleId(role.id) for role in getattr(side, "roles", ()))
