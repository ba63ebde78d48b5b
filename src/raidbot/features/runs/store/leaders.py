"""Who leads runs, in PostgreSQL: by interval, so that each pop is credited to who led it."""

from collections.abc import Sequence
from datetime import datetime

from raidbot.core.ids import GuildId, RunId, UserId
from raidbot.database.transaction import Transaction


async def lead(tx: Transaction, run_id: RunId, user_id: UserId, at: datetime) -> int:
    """Write down that somebody else leads from now on; as a co-leader they are no longer needed."""
    return await tx.run(
        """
        WITH former AS (
            UPDATE run_leader SET until = $3
             WHERE run_id = $1 AND until IS NULL AND (role = 'leader' OR user_id = $2)
            RETURNING id)
        INSERT INTO run_leader (run_id, user_id, role, since)
        SELECT $1, $2, 'leader', $3 FROM (SELECT count(*) FROM former) ended
        """,
        run_id,
        user_id,
        at,
    )


async def name_co_leaders(tx: Transaction, run_id: RunId, user_ids: Sequence[UserId], at: datetime) -> int:
    """Write down who helps to lead from now on."""
    return await tx.run(
        """
        WITH former AS (
            UPDATE run_leader SET until = $3
             WHERE run_id = $1 AND role = 'co_leader' AND until IS NULL AND NOT user_id = ANY ($2::bigint[]))
        INSERT INTO run_leader (run_id, user_id, role, since)
        SELECT $1, user_id, 'co_leader', $3 FROM unnest($2) WITH ORDINALITY named (user_id, place)
         WHERE NOT EXISTS (SELECT FROM run_leader l
                            WHERE l.run_id = $1 AND l.user_id = named.user_id AND l.until IS NULL)
         ORDER BY place
        """,
        run_id,
        list(user_ids),
        at,
    )


async def unfit(tx: Transaction, guild_id: GuildId, user_ids: Sequence[UserId]) -> list[UserId]:
    """Return which of these members are not here, suspended or not verified."""
    found = await tx.value(
        list[UserId],
        """
        SELECT array_agg(asked.user_id::text ORDER BY asked.user_id)
          FROM unnest($2::bigint[]) asked (user_id)
          LEFT JOIN member m ON m.guild_id = $1 AND m.user_id = asked.user_id AND m.present
         WHERE m.user_id IS NULL
            OR EXISTS (SELECT FROM guild_role g
                        WHERE g.guild_id = $1 AND g.key = 'suspended' AND g.role_id = ANY (m.role_ids))
            OR EXISTS (SELECT FROM guild_role g
                        WHERE g.guild_id = $1 AND g.key = 'verified_raider' AND NOT g.role_id = ANY (m.role_ids))
        """,
        guild_id,
        list(user_ids),
    )
    return found or []
