"""Who leads runs, in PostgreSQL: one interval for each time that somebody led or helped."""

from collections.abc import Sequence
from datetime import datetime

from raidbot.backend import callers
from raidbot.core.ids import GuildId, RunId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.runs.model.leaders import Leading


async def change_leader(tx: Transaction, run_id: RunId, to: UserId, at: datetime) -> None:
    """End the interval of whoever leads, and begin one of somebody else, who is in and no longer a co-leader.

    The run's row must be held.
    """
    await tx.run(
        """
        WITH ended AS (
            UPDATE run_leader SET until = $3
             WHERE run_id = $1 AND until IS NULL AND (role = 'leader' OR user_id = $2)),
        part AS (
            INSERT INTO run_join AS j (run_id, user_id, state, changed_at) VALUES ($1, $2, 'join', $3)
                ON CONFLICT (run_id, user_id) DO UPDATE
               SET state = 'join', place = NULL, called_until = NULL, changed_at = $3 WHERE j.state <> 'join'
            RETURNING user_id)
        INSERT INTO run_entry (run_id, user_id, kind, detail, happened_at)
        SELECT $1, user_id, 'added', jsonb_build_object('user_id', user_id::text), $3 FROM part
        """,
        run_id,
        to,
        at,
    )
    await tx.run("INSERT INTO run_leader (run_id, user_id, role, since) VALUES ($1, $2, 'leader', $3)", run_id, to, at)


async def set_co_leaders(tx: Transaction, run_id: RunId, user_ids: list[UserId], at: datetime) -> None:
    """Begin and end the intervals of those who help to lead. The run's row must be held."""
    await tx.run(
        """
        WITH ended AS (
            UPDATE run_leader SET until = $3
             WHERE run_id = $1 AND role = 'co_leader' AND until IS NULL AND NOT user_id = ANY ($2::bigint[]))
        INSERT INTO run_leader (run_id, user_id, role, since)
        SELECT $1, one, 'co_leader', $3 FROM unnest($2) one
         WHERE NOT EXISTS (SELECT FROM run_leader l WHERE l.run_id = $1 AND l.user_id = one
                              AND l.role = 'co_leader' AND l.until IS NULL)
        """,
        run_id,
        user_ids,
        at,
    )


async def unfit(tx: Transaction, guild_id: GuildId, user_ids: Sequence[UserId]) -> list[UserId]:
    """Return which of these members have left or are suspended."""
    found = await tx.value(
        list[UserId],
        """
        SELECT array_agg(m.user_id::text ORDER BY m.user_id) FROM member m
         WHERE m.guild_id = $1 AND m.user_id = ANY ($2::bigint[])
           AND (NOT m.present OR EXISTS (SELECT FROM guild_role g
                     WHERE g.guild_id = $1 AND g.key = 'suspended' AND """
        + callers.HELD
        + """))
        """,
        guild_id,
        list(user_ids),
    )
    return found or []


async def intervals(tx: Transaction, run_id: RunId) -> list[Leading]:
    """Return who led and who helped when, the first one first."""
    return await tx.many(
        Leading,
        "SELECT user_id, role, since, until FROM run_leader WHERE run_id = $1 ORDER BY since, id",
        run_id,
    )
