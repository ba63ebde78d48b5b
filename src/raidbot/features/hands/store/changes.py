"""What somebody changed by hand, and what was decided about it, in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

import msgspec

from raidbot.core.ids import GuildId, Snowflake, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.hands.model import CROWD, HAND, Act, Change, CrowdId, Hand, HandId, HandKind, HandState
from raidbot.features.reconciliation.model import PlanId


class Version(msgspec.Struct, frozen=True):
    """How new something is that has a message."""

    id: int
    version: int


class Kept(msgspec.Struct, frozen=True):
    """How a change is kept."""

    state: HandState
    crowd_id: CrowdId | None
    version: int
    """0: it has no message."""


COLUMNS: LiteralString = """
    h.id, h.user_id, h.kind, h.role_id, h.role_key, h.old, h.new, nullif(h.changed_by, 0) AS changed_by,
    h.by_bot, h.changed_at, h.state, h.decided_by, h.plan_id, h.version, a.until_at, a.was_until,
    coalesce(a.reason, '') AS reason, coalesce(a.automod_rule, '') AS automod_rule
"""
FOUND: LiteralString = (
    "SELECT " + COLUMNS + " FROM hand_change h"
    " LEFT JOIN hand_act a ON a.guild_id = h.guild_id AND a.entry_id = h.entry_id AND a.kind = h.kind"
)
"""Changes, with what the record of acts knows of them."""


async def hold_guild(tx: Transaction, guild_id: GuildId) -> None:
    """Let one transaction at a time write down what is changed in a guild, so that crowds are counted right."""
    await tx.run("SELECT pg_advisory_xact_lock(hashtextextended('hands ' || $1::bigint, 0))", guild_id)


async def add_act(tx: Transaction, guild_id: GuildId, change: Change) -> None:
    """Write down a timeout, kick or ban as it was told; told twice, it stands once."""
    await tx.run(
        """
        INSERT INTO hand_act (guild_id, entry_id, user_id, kind, acted_by, by_bot, reason, until_at, was_until,
                              acted_at, automod_rule)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            ON CONFLICT (guild_id, entry_id) DO NOTHING
        """,
        guild_id,
        change.entry_id,
        change.user_id,
        change.kind,
        change.by,
        change.by_bot,
        change.reason,
        change.until_at,
        change.was_until,
        change.at,
        change.automod_rule,
    )


async def acts_of(tx: Transaction, guild_id: GuildId, user_id: UserId) -> list[Act]:
    """Return what was done to an account by hand, the latest first."""
    return await tx.many(
        Act,
        """
        SELECT entry_id::text AS entry_id, user_id, kind, nullif(acted_by, 0) AS acted_by, by_bot, reason, until_at,
               was_until, acted_at, automod_rule
          FROM hand_act WHERE guild_id = $1 AND user_id = $2 ORDER BY entry_id DESC
        """,
        guild_id,
        user_id,
    )


async def add(tx: Transaction, guild_id: GuildId, change: Change, kept: Kept, now: datetime) -> HandId:
    """Write down a change by hand that was not told before."""
    added = await tx.one(
        Version,
        """
        INSERT INTO hand_change (guild_id, entry_id, user_id, kind, role_id, role_key, old, new, changed_by,
                                 by_bot, changed_at, state, crowd_id, version)
        VALUES ($1, $2, $3, $4, coalesce($5::bigint, 0), $6, $7, $8, $9, $10, $11, $12, $13, $14)
        RETURNING id, version
        """,
        guild_id,
        change.entry_id,
        change.user_id,
        change.kind,
        change.role_id,
        change.role_key,
        change.old,
        change.new,
        change.by,
        change.by_bot,
        now,
        kept.state,
        kept.crowd_id,
        kept.version,
    )
    return HandId(added.id)


async def told_since(tx: Transaction, guild_id: GuildId, by: UserId, since: datetime) -> int:
    """Return how much somebody has changed since then."""
    found = await tx.value(
        int,
        "SELECT count(*) FROM hand_change WHERE guild_id = $1 AND changed_by = $2 AND changed_at > $3",
        guild_id,
        by,
        since,
    )
    return found or 0


async def known(tx: Transaction, guild_id: GuildId, entry_ids: list[Snowflake]) -> set[Snowflake]:
    """Return which entries of the audit log are written down."""
    found = await tx.value(
        list[Snowflake],
        "SELECT array_agg(entry_id::text) FROM hand_change WHERE guild_id = $1 AND entry_id = ANY ($2::bigint[])",
        guild_id,
        entry_ids,
    )
    return set(found or ())


async def place(tx: Transaction, guild_id: GuildId) -> Snowflake | None:
    """Return up to which entry the audit log was read; None: never."""
    return await tx.value(Snowflake, "SELECT entry_id::text FROM hand_reading WHERE guild_id = $1", guild_id)


async def reach(tx: Transaction, guild_id: GuildId, entry_id: Snowflake) -> None:
    """Write down up to which entry the audit log was read; never one before."""
    await tx.run(
        """
        INSERT INTO hand_reading AS h (guild_id, entry_id) VALUES ($1, $2)
            ON CONFLICT (guild_id) DO UPDATE SET entry_id = greatest(h.entry_id, excluded.entry_id)
        """,
        guild_id,
        entry_id,
    )


async def find(tx: Transaction, guild_id: GuildId, hand_id: HandId) -> Hand | None:
    """Return a change, or None."""
    return await tx.maybe(Hand, FOUND + " WHERE h.guild_id = $1 AND h.id = $2", guild_id, hand_id)


async def hold(tx: Transaction, guild_id: GuildId, hand_id: HandId) -> Hand | None:
    """Return a change with its row held, or None."""
    return await tx.maybe(Hand, FOUND + " WHERE h.guild_id = $1 AND h.id = $2 FOR UPDATE OF h", guild_id, hand_id)


async def decide(
    tx: Transaction, guild_id: GuildId, hand_ids: Sequence[HandId], state: HandState, by: UserId, at: datetime
) -> None:
    """Write down what was decided about changes."""
    await tx.run(
        """
        UPDATE hand_change
           SET state = $3, decided_by = $4, decided_at = $5, version = version + least(version, 1)
         WHERE guild_id = $1 AND id = ANY ($2::bigint[])
        """,
        guild_id,
        list(hand_ids),
        state,
        by,
        at,
    )


async def hold_open(
    tx: Transaction, guild_id: GuildId, crowd_id: CrowdId, by: int | None, since: datetime
) -> list[Hand]:
    """Return what nobody has decided of a crowd, and of what the same person did since then, with the rows held."""
    return await tx.many(
        Hand,
        FOUND + " WHERE h.guild_id = $1 AND h.state = 'open' AND h.plan_id IS NULL"
        " AND (h.crowd_id = $2 OR h.changed_by = $3 AND h.crowd_id IS NULL AND h.changed_at > $4)"
        " ORDER BY h.id FOR UPDATE OF h",
        guild_id,
        crowd_id,
        by,
        since,
    )


async def ask_about(tx: Transaction, guild_id: GuildId, hand_ids: Sequence[HandId], plan_id: PlanId) -> list[HandId]:
    """Write down by which plan changes are asked about; return those that have a message for themselves."""
    found = await tx.value(
        list[HandId],
        """
        WITH asked AS (
            UPDATE hand_change SET plan_id = $3, version = version + least(version, 1)
             WHERE guild_id = $1 AND id = ANY ($2::bigint[])
            RETURNING id, crowd_id)
        SELECT array_agg(id ORDER BY id) FROM asked WHERE crowd_id IS NULL
        """,
        guild_id,
        list(hand_ids),
        plan_id,
    )
    return found or []


async def decide_plan(
    tx: Transaction, guild_id: GuildId, plan_id: PlanId, state: HandState, by: UserId, at: datetime
) -> list[HandId]:
    """Write down what was decided about all of a plan; return those that have a message for themselves."""
    found = await tx.value(
        list[HandId],
        """
        WITH decided AS (
            UPDATE hand_change
               SET state = $3, decided_by = $4, decided_at = $5, version = version + least(version, 1)
             WHERE guild_id = $1 AND plan_id = $2 AND state = 'open'
            RETURNING id, crowd_id)
        SELECT array_agg(id ORDER BY id) FROM decided WHERE crowd_id IS NULL
        """,
        guild_id,
        plan_id,
        state,
        by,
        at,
    )
    return found or []


async def of_plan(tx: Transaction, guild_id: GuildId, plan_id: PlanId, user_id: UserId, kind: HandKind) -> Hand | None:
    """Return the latest change of a member and a kind that a plan asked about."""
    return await tx.maybe(
        Hand,
        FOUND + " WHERE h.guild_id = $1 AND h.plan_id = $2 AND h.user_id = $3 AND h.kind = $4"
        " ORDER BY h.id DESC LIMIT 1",
        guild_id,
        plan_id,
        user_id,
        kind,
    )


async def touch_put_back(
    tx: Transaction, guild_id: GuildId, user_ids: Sequence[UserId], since: datetime
) -> list[HandId]:
    """Let the messages of what was put back lately for members be drawn anew; return which."""
    found = await tx.value(
        list[HandId],
        """
        WITH touched AS (
            UPDATE hand_change SET version = version + 1
             WHERE guild_id = $1 AND user_id = ANY ($2::bigint[]) AND state = 'put_back' AND decided_at > $3
               AND crowd_id IS NULL AND version > 0
            RETURNING id)
        SELECT array_agg(id ORDER BY id) FROM touched
        """,
        guild_id,
        list(user_ids),
        since,
    )
    return found or []


async def shown(tx: Transaction, guild_id: GuildId, since: datetime) -> dict[int, int]:
    """Return what has a message for itself, with how new it is: what stands, and what nobody has decided."""
    found = await tx.many(
        Version,
        """
        SELECT h.id, h.version
          FROM hand_change h
          LEFT JOIN posting p ON p.guild_id = h.guild_id AND p.kind = $3 AND p.subject_id = h.id
         WHERE h.guild_id = $1 AND h.changed_at > $2 AND h.crowd_id IS NULL AND h.version > 0
           AND CASE WHEN p.subject_id IS NULL THEN h.state IN ('open', 'noted') ELSE NOT p.final END
        """,
        guild_id,
        since,
        HAND,
    )
    return {one.id: one.version for one in found}


async def crowds_shown(tx: Transaction, guild_id: GuildId, since: datetime) -> dict[int, int]:
    """Return the crowds whose messages are kept drawn, with how new each is."""
    found = await tx.many(
        Version,
        """
        SELECT c.id, c.version
          FROM hand_crowd c
          LEFT JOIN posting p ON p.guild_id = c.guild_id AND p.kind = $3 AND p.subject_id = c.id
         WHERE c.guild_id = $1 AND c.began_at > $2 AND p.final IS NOT TRUE
        """,
        guild_id,
        since,
        CROWD,
    )
    return {one.id: one.version for one in found}
