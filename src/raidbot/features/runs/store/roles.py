"""The roles of runs, in PostgreSQL."""

from datetime import datetime

from raidbot.core.ids import GuildId, RoleId, RunId
from raidbot.database.transaction import Transaction
from raidbot.features.runs.model.roles import RunRole


async def wish(tx: Transaction, guild_id: GuildId, run_id: RunId, now: datetime) -> None:
    """Write down that a run wants a role of its own; one that is gone is wanted anew."""
    await tx.run(
        """
        INSERT INTO run_role AS r (run_id, guild_id, wished_at) VALUES ($1, $2, $3)
            ON CONFLICT (run_id) DO UPDATE SET role_id = NULL, wished_at = excluded.wished_at, gone_at = NULL
         WHERE r.gone_at IS NOT NULL
        """,
        run_id,
        guild_id,
        now,
    )


async def standing(tx: Transaction, guild_id: GuildId) -> list[RunRole]:
    """Return the roles that stand or are to be made, with who is to hold them. One statement."""
    return await tx.many(
        RunRole,
        """
        SELECT o.run_id, r.dungeon, o.role_id, o.wished_at, r.status IN ('ended', 'cancelled') AS over,
               array(SELECT j.user_id::text FROM run_join j
                      WHERE j.run_id = r.id AND j.state = 'join'
                        AND j.user_id NOT IN (r.organizer_id, coalesce(r.leader_id, r.organizer_id))
                        AND NOT EXISTS (SELECT FROM run_leader l
                                         WHERE l.run_id = r.id AND l.user_id = j.user_id AND l.until IS NULL)
                      ORDER BY j.changed_at, j.user_id) AS user_ids
          FROM run_role o JOIN run r ON r.id = o.run_id
         WHERE o.guild_id = $1 AND o.gone_at IS NULL
         ORDER BY o.run_id
        """,
        guild_id,
    )


async def keep(tx: Transaction, guild_id: GuildId, run_id: RunId, role_id: RoleId) -> None:
    """Write down which role was made, unless one was before."""
    await tx.run(
        """
        UPDATE run_role SET role_id = $3
         WHERE guild_id = $1 AND run_id = $2 AND role_id IS NULL AND gone_at IS NULL
        """,
        guild_id,
        run_id,
        role_id,
    )


async def lose(tx: Transaction, guild_id: GuildId, run_id: RunId, role_id: RoleId) -> None:
    """Write down that a role is no more."""
    await tx.run(
        "UPDATE run_role SET role_id = NULL WHERE guild_id = $1 AND run_id = $2 AND role_id = $3",
        guild_id,
        run_id,
        role_id,
    )


async def drop(tx: Transaction, guild_id: GuildId, run_id: RunId, now: datetime) -> None:
    """Write down that the role of a run that is over is gone; that of a run that goes on stays wanted."""
    await tx.run(
        """
        UPDATE run_role o SET gone_at = $3, role_id = NULL FROM run r
         WHERE o.guild_id = $1 AND o.run_id = $2 AND r.id = o.run_id AND r.status IN ('ended', 'cancelled')
        """,
        guild_id,
        run_id,
        now,
    )


async def of_run(tx: Transaction, guild_id: GuildId, run_id: RunId) -> RoleId | None:
    """Return the role that a run has, or None."""
    return await tx.value(
        RoleId,
        "SELECT role_id FROM run_role WHERE guild_id = $1 AND run_id = $2 AND gone_at IS NULL",
        guild_id,
        run_id,
    )
