"""Plans and what they change, in PostgreSQL."""

from datetime import datetime
from typing import LiteralString

from raidbot.core.ids import GuildId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.discord_state.model import Wish
from raidbot.features.reconciliation.model import Adopted, Cause, Decision, Plan, PlanId

COLUMNS: LiteralString = "id, cause, members, state, made_at, decided_by"


async def hold(tx: Transaction, guild_id: GuildId) -> None:
    """Let one transaction at a time reconcile a guild, so that the hour is counted right."""
    await tx.run("SELECT pg_advisory_xact_lock(hashtextextended('plans ' || $1::bigint, 0))", guild_id)


async def done_since(tx: Transaction, guild_id: GuildId, since: datetime) -> int:
    """Return how many members were changed without asking."""
    found = await tx.value(
        int,
        "SELECT sum(members)::bigint FROM reconciliation WHERE guild_id = $1 AND state = 'done' AND made_at > $2",
        guild_id,
        since,
    )
    return found or 0


async def add_done(tx: Transaction, guild_id: GuildId, cause: Cause, members: int, now: datetime) -> Plan:
    """Write down that so many members were changed at once."""
    return await tx.one(
        Plan,
        "INSERT INTO reconciliation (guild_id, cause, members, state, made_at) VALUES ($1, $2, $3, 'done', $4)"
        " RETURNING " + COLUMNS,
        guild_id,
        cause,
        members,
        now,
    )


async def open_plan(tx: Transaction, guild_id: GuildId, cause: Cause, now: datetime) -> Plan:
    """Return the plan of that cause that waits, or a new one."""
    return await tx.one(
        Plan,
        "INSERT INTO reconciliation AS r (guild_id, cause, members, state, made_at) VALUES ($1, $2, 0, 'open', $3)"
        " ON CONFLICT (guild_id, cause) WHERE state = 'open' DO UPDATE SET cause = r.cause"
        " RETURNING " + COLUMNS,
        guild_id,
        cause,
        now,
    )


async def add_changes(tx: Transaction, plan_id: PlanId, wishes: list[Wish]) -> int:
    """Add to what a plan changes; the newest wish for a member replaces what stood there of its cause.

    Returns how many members it changes now.
    """
    await tx.run(
        "DELETE FROM reconciliation_change WHERE reconciliation_id = $1 AND user_id = ANY ($2::bigint[])",
        plan_id,
        [one.user_id for one in wishes],
    )
    await tx.run(
        """
        INSERT INTO reconciliation_change (reconciliation_id, user_id, kind, target, value)
        SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[])
            ON CONFLICT DO NOTHING
        """,
        plan_id,
        [one.user_id for one in wishes],
        [one.kind for one in wishes],
        [one.target for one in wishes],
        [one.value for one in wishes],
    )
    found = await tx.value(
        int,
        """
        UPDATE reconciliation
           SET members = (SELECT count(DISTINCT user_id) FROM reconciliation_change WHERE reconciliation_id = $1)
         WHERE id = $1 RETURNING members
        """,
        plan_id,
    )
    return found or 0


async def hold_plan(tx: Transaction, guild_id: GuildId, plan_id: PlanId) -> Plan | None:
    """Return a plan with its row held, or None."""
    return await tx.maybe(
        Plan,
        "SELECT " + COLUMNS + " FROM reconciliation WHERE guild_id = $1 AND id = $2 FOR UPDATE",
        guild_id,
        plan_id,
    )


async def changes(tx: Transaction, plan_id: PlanId) -> list[Wish]:
    """Return what a plan changes."""
    return await tx.many(
        Wish,
        """
        SELECT user_id, kind, target, value FROM reconciliation_change
         WHERE reconciliation_id = $1 ORDER BY kind, target, user_id
        """,
        plan_id,
    )


async def decide(tx: Transaction, plan_id: PlanId, decision: Decision, by: UserId, now: datetime) -> Plan:
    """Write down what was decided about a plan."""
    return await tx.one(
        Plan,
        "UPDATE reconciliation SET state = $2, decided_by = $3, decided_at = $4, adopting = $2 = 'adopted'"
        " WHERE id = $1 RETURNING " + COLUMNS,
        plan_id,
        decision,
        by,
        now,
    )


async def drop(tx: Transaction, guild_id: GuildId, user_ids: list[UserId]) -> None:
    """Take members out of plans that wait. What is left without members stays to be decided, and changes nobody."""
    await tx.run(
        """
        WITH dropped AS (
            DELETE FROM reconciliation_change c USING reconciliation p
             WHERE p.guild_id = $1 AND p.state = 'open' AND c.reconciliation_id = p.id
               AND c.user_id = ANY ($2::bigint[])
            RETURNING p.id, c.user_id)
        UPDATE reconciliation p SET members = greatest(p.members - d.members, 0)
          FROM (SELECT id, count(DISTINCT user_id) AS members FROM dropped GROUP BY id) d
         WHERE p.id = d.id
        """,
        guild_id,
        user_ids,
    )


async def take_adopted(tx: Transaction, limit: int) -> list[Adopted]:
    """Return a few changes that were decided to be taken over, which are then no longer due."""
    return await tx.many(
        Adopted,
        """
        WITH due AS (
            SELECT c.ctid, p.guild_id, p.decided_by FROM reconciliation p
              JOIN reconciliation_change c ON c.reconciliation_id = p.id AND NOT c.adopted
             WHERE p.state = 'adopted' AND p.adopting
             ORDER BY p.id, c.user_id, c.kind, c.target LIMIT $1 FOR UPDATE OF c SKIP LOCKED)
        UPDATE reconciliation_change c SET adopted = true FROM due
         WHERE c.ctid = due.ctid
        RETURNING due.guild_id, c.user_id, c.kind, c.target, c.reconciliation_id AS plan_id, due.decided_by AS by
        """,
        limit,
    )


async def finish_adopting(tx: Transaction) -> None:
    """Write down that everything of a plan was taken over."""
    await tx.run(
        """
        UPDATE reconciliation p SET adopting = false
         WHERE p.adopting
           AND NOT EXISTS (SELECT FROM reconciliation_change c WHERE c.reconciliation_id = p.id AND NOT c.adopted)
        """
    )


async def next_adopted(tx: Transaction) -> datetime | None:
    """Return since when something waits to be taken over."""
    return await tx.value(datetime, "SELECT min(decided_at) FROM reconciliation WHERE adopting")


async def open_plans(tx: Transaction, guild_id: GuildId) -> list[Plan]:
    """Return the plans that wait for a decision."""
    return await tx.many(
        Plan,
        "SELECT " + COLUMNS + " FROM reconciliation WHERE guild_id = $1 AND state = 'open' ORDER BY id",
        guild_id,
    )


async def add_restore(tx: Transaction, now: datetime) -> None:
    """Write down that the record was restored."""
    await tx.run("INSERT INTO reconciliation_restore (restored_at) VALUES ($1) ON CONFLICT DO NOTHING", now)


async def is_restored_since(tx: Transaction, since: datetime) -> bool:
    """Tell whether the record was restored since then."""
    found = await tx.value(bool, "SELECT EXISTS (SELECT FROM reconciliation_restore WHERE restored_at > $1)", since)
    return bool(found)
