"""What people change about members by hand in Discord, as its audit log tells it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, Protocol, TypeAlias

import discord
import structlog

from raidbot.bot.backend import Backend
from raidbot.core.ids import GuildId, RoleId, Snowflake, UserId

OUT: dict[discord.AuditLogAction, Literal["kick", "ban", "unban"]] = {
    discord.AuditLogAction.kick: "kick",
    discord.AuditLogAction.ban: "ban",
    discord.AuditLogAction.unban: "unban",
}
"""What puts members out, and what lets them in again."""

AUTOMOD = discord.AuditLogAction.automod_timeout_member
"""A rule of Discord's AutoMod timed somebody out. What it blocks and flags besides is no act on a member."""

PRUNE = discord.AuditLogAction.member_prune

LOGGED = (discord.AuditLogAction.member_role_update, discord.AuditLogAction.member_update, AUTOMOD, PRUNE, *OUT)

MOST_MISSED = 500
"""Entries of each kind that are read after a gap; what is older is found by comparing roles."""

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """One entry of the audit log about a member."""

    guild_id: GuildId
    entry_id: Snowflake
    user_id: UserId
    by: UserId | None
    """None: a rule of AutoMod, which is no account."""
    rule: str = ""
    """Which rule that was."""
    gained: tuple[RoleId, ...] = ()
    lost: tuple[RoleId, ...] = ()
    nickname: tuple[str, str] | None = None
    """The one before and the one after, where that changed; empty: none."""
    timeout: tuple[datetime | None, datetime | None] | None = None
    """When it was to end before and ends now, where that changed; None: no timeout."""
    out: Literal["kick", "ban", "unban"] | None = None
    """What was done to them besides."""
    reason: str = ""
    """As whoever did it gave it."""
    by_bot: bool = False
    at: datetime
    """When the entry was made."""

    @property
    def is_act(self) -> bool:
        """Whether something was done that stands on record, whatever became of it since."""
        return self.out is not None or self.timeout is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prune:
    """One entry of the audit log that tells of many members who were put out at once, not of whom."""

    guild_id: GuildId
    entry_id: Snowflake
    by: UserId
    by_bot: bool
    members: int
    inactive_days: int
    reason: str
    at: datetime


Deed: TypeAlias = ByHand | Prune

Notes: TypeAlias = Callable[[Backend, Deed], Awaitable[None]]

watchers: list[Notes] = []
"""Filled as the features are loaded."""


class Reading(Protocol):
    """Remembers how far the audit log of a guild was read."""

    async def place(self, backend: Backend, guild_id: GuildId) -> Snowflake | None:
        """Return the last entry that was read; None: nothing yet."""
        ...

    async def missed(self, backend: Backend, guild_id: GuildId, deeds: Sequence[Deed], place: Snowflake) -> None:
        """Take in what still stands of all that was changed since, up to a place."""
        ...


readings: list[Reading] = []
"""Filled as the features are loaded."""


def watches_hands(note: Notes) -> Notes:
    """Call the decorated function with what people change about members by hand."""
    watchers.append(note)
    return note


async def tell(backend: Backend, guild: discord.Guild, deed: Deed) -> None:
    """Tell all watchers."""
    whole = await _with_its_end(guild, deed)
    for note in watchers:
        await note(backend, whole)


async def catch_up(backend: Backend, guild: discord.Guild, own_id: int) -> None:
    """Tell what people changed while nobody listened, once; the first time there is nothing to compare with."""
    guild_id = GuildId(guild.id)
    for reading in readings:
        place = await reading.place(backend, guild_id)
        try:
            entries = [one async for one in guild.audit_logs(limit=1)] if place is None else await _since(guild, place)
        except discord.Forbidden:
            log.warning("The audit log cannot be read: give me View Audit Log", guild=str(guild.id))
            return
        reached = max([place or 1, *(one.id for one in entries)])  # by ids of Discord's: clocks differ
        by_others = [] if place is None else [read(one) for one in entries if one.user_id != own_id]
        deeds = [left for one in by_others if one is not None and (left := _standing(guild, one)) is not None]
        whole = [await _with_its_end(guild, one) for one in deeds]
        await reading.missed(backend, guild_id, whole, Snowflake(reached))


async def _since(guild: discord.Guild, place: int) -> list[discord.AuditLogEntry]:
    """Return the latest entries after a place, the oldest first."""
    found: list[discord.AuditLogEntry] = []
    for action in LOGGED:
        after = discord.Object(place)
        found += [
            one async for one in guild.audit_logs(limit=MOST_MISSED, after=after, action=action, oldest_first=False)
        ]
    return sorted(found, key=lambda one: one.id)


async def _with_its_end(guild: discord.Guild, deed: Deed) -> Deed:
    """Return a deed with what the entry of AutoMod does not tell: until when its timeout lasts."""
    if isinstance(deed, Prune) or deed.by is not None:
        return deed
    member = guild.get_member(deed.user_id)
    try:
        if member is None or not member.is_timed_out():  # the entry may come before what it tells of
            member = await guild.fetch_member(deed.user_id)
    except discord.NotFound:  # they have left, and Discord does not say what they had
        return deed
    return replace(deed, timeout=(None, member.timed_out_until if member.is_timed_out() else None))


def _standing(guild: discord.Guild, change: Deed) -> Deed | None:
    """Return what is left of a change: somebody may have undone it since, or the member has left."""
    if isinstance(change, Prune):
        return change
    member = guild.get_member(change.user_id)
    if member is None:
        return replace(change, gained=(), lost=(), nickname=None) if change.is_act else None
    held = {role.id for role in member.roles}
    left = replace(
        change,
        gained=tuple(one for one in change.gained if one in held),
        lost=tuple(one for one in change.lost if one not in held),
        nickname=change.nickname if change.nickname and (member.nick or "") == change.nickname[1] else None,
    )
    return left if left.gained or left.lost or left.nickname or left.is_act else None


def read(entry: discord.AuditLogEntry) -> Deed | None:
    """Return what an entry says of a member: roles, nickname, timeout, or that they were put out; None: nothing."""
    if entry.action is PRUNE:
        return _prune(entry)
    if entry.action is AUTOMOD:
        return _by_automod(entry)
    if entry.action not in LOGGED or entry.user_id is None or entry.target is None:
        return None
    before, after = entry.changes.before, entry.changes.after
    nickname = (str(before.nick or ""), str(after.nick or "")) if hasattr(after, "nick") else None
    timeout = (before.timed_out_until, after.timed_out_until) if hasattr(after, "timed_out_until") else None
    gained, lost, out = _roles(after), _roles(before), OUT.get(entry.action)
    if not gained and not lost and nickname is None and timeout is None and out is None:
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
        timeout=timeout,
        out=out,
        reason=entry.reason or "",
        by_bot=_is_bot(entry),
        at=entry.created_at,
    )


def _by_automod(entry: discord.AuditLogEntry) -> ByHand | None:
    """Return that a rule timed a member out. Whom Discord names as having done that is never a moderator."""
    target: Any = entry.target
    if target is None:
        return None
    return ByHand(
        guild_id=GuildId(entry.guild.id),
        entry_id=Snowflake(entry.id),
        user_id=UserId(target.id),
        by=None,
        rule=str(getattr(entry.extra, "automod_rule_name", "")),
        timeout=(None, None),
        reason=entry.reason or "",
        at=entry.created_at,
    )


def _prune(entry: discord.AuditLogEntry) -> Prune | None:
    if entry.user_id is None:
        return None
    return Prune(
        guild_id=GuildId(entry.guild.id),
        entry_id=Snowflake(entry.id),
        by=UserId(entry.user_id),
        by_bot=_is_bot(entry),
        members=int(getattr(entry.extra, "members_removed", 0)),
        inactive_days=int(getattr(entry.extra, "delete_member_days", 0)),
        reason=entry.reason or "",
        at=entry.created_at,
    )


def _is_bot(entry: discord.AuditLogEntry) -> bool:
    """Tell whether another bot did it, as far as Discord has told who that is."""
    by = entry.user or (entry.guild.get_member(entry.user_id) if entry.user_id else None)
    return by is not None and by.bot


def _roles(side: discord.AuditLogDiff) -> tuple[RoleId, ...]:
    return tuple(RoleId(role.id) for role in getattr(side, "roles", ()))
