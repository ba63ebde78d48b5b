"""Where members are, in PostgreSQL."""

from datetime import datetime
from typing import LiteralString

import msgspec

from raidbot.core.ids import GuildId, UserId
from raidbot.core.ranks import RoleKey
from raidbot.database.transaction import Transaction
from raidbot.features.realmeye.model.requirements import Check
from raidbot.features.verification.model.sessions import Outcome, Session, SessionId

SESSION: LiteralString = """
    SELECT id, user_id::text AS user_id, ign, code, started_at, expires_at, checking_since, checks, outcome, checklist,
           checked_at
      FROM verification_session
"""


class KnownRaider(msgspec.Struct, frozen=True):
    """What is known of a member already."""

    ign: str
    wears_role: bool
    """Whether they hold the verified role; so it is where none is mapped."""


class NewSession(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt that begins."""

    guild_id: GuildId
    user_id: UserId
    ign: str
    code: str
    expires_at: datetime


async def hold_member(tx: Transaction, guild_id: GuildId, user_id: UserId) -> None:
    """Let one transaction at a time move a member on."""
    await tx.run(
        "SELECT pg_advisory_xact_lock(hashtextextended('verify ' || $1::bigint || ' ' || $2::bigint, 0))",
        guild_id,
        user_id,
    )


async def open_session(tx: Transaction, guild_id: GuildId, user_id: UserId, now: datetime) -> Session | None:
    """Return the attempt that is under way, or None."""
    return await tx.maybe(
        Session,
        SESSION + "WHERE guild_id = $1 AND user_id = $2 AND state = 'open' AND expires_at > $3",
        guild_id,
        user_id,
        now,
    )


async def add_session(tx: Transaction, new: NewSession, now: datetime) -> None:
    """Begin an attempt."""
    await tx.run(
        """
        INSERT INTO verification_session (guild_id, user_id, ign, code, started_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        new.guild_id,
        new.user_id,
        new.ign,
        new.code,
        now,
        new.expires_at,
    )


async def rename(tx: Transaction, session_id: SessionId, ign: str) -> None:
    """Go on with another IGN: nothing is known of it yet."""
    await tx.run(
        """
        UPDATE verification_session
           SET ign = $2, checking_since = NULL, outcome = NULL, checklist = '[]', checked_at = NULL
         WHERE id = $1
        """,
        session_id,
        ign,
    )


async def wait_since(tx: Transaction, session_id: SessionId, now: datetime) -> None:
    """Write down that a page is waited for."""
    await tx.run("UPDATE verification_session SET checking_since = $2 WHERE id = $1", session_id, now)


async def answer(
    tx: Transaction, session_id: SessionId, outcome: Outcome, checklist: list[Check], now: datetime
) -> None:
    """Write down what came of a look, and that nothing is waited for."""
    await tx.run(
        """
        UPDATE verification_session
           SET checking_since = NULL, checks = checks + 1, outcome = $2, checklist = $3, checked_at = $4,
               state = CASE WHEN $2 = 'verified' THEN 'verified' ELSE state END,
               ended_at = CASE WHEN $2 = 'verified' THEN $4::timestamptz END
         WHERE id = $1
        """,
        session_id,
        outcome,
        msgspec.to_builtins(checklist),
        now,
    )


async def expire(tx: Transaction, now: datetime, most: int) -> int:
    """Let attempts end whose time is up; return how many those were."""
    return await tx.run(
        """
        UPDATE verification_session SET state = 'expired', ended_at = $1, checking_since = NULL
         WHERE id IN (SELECT id FROM verification_session WHERE state = 'open' AND expires_at <= $1
                       ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)
        """,
        now,
        most,
    )


async def expire_of(tx: Transaction, guild_id: GuildId, user_id: UserId, now: datetime) -> None:
    """Let a member's attempt end if its time is up."""
    await tx.run(
        """
        UPDATE verification_session SET state = 'expired', ended_at = $3, checking_since = NULL
         WHERE guild_id = $1 AND user_id = $2 AND state = 'open' AND expires_at <= $3
        """,
        guild_id,
        user_id,
        now,
    )


async def next_expiry(tx: Transaction) -> datetime | None:
    """Return when the next attempt ends."""
    return await tx.value(datetime, "SELECT min(expires_at) FROM verification_session WHERE state = 'open'")


async def known_raider(tx: Transaction, guild_id: GuildId, user_id: UserId) -> KnownRaider | None:
    """Return what is known of a verified raider, or None."""
    return await tx.maybe(
        KnownRaider,
        """
        SELECT r.ign,
               coalesce((SELECT g.role_id = ANY (m.role_ids) FROM guild_role g
                           JOIN member m ON m.guild_id = g.guild_id AND m.user_id = r.user_id
                          WHERE g.guild_id = r.guild_id AND g.key = $3), true) AS wears_role
          FROM raider r
         WHERE r.guild_id = $1 AND r.user_id = $2 AND r.status = 'verified'
        """,
        guild_id,
        user_id,
        RoleKey.VERIFIED_RAIDER,
    )
