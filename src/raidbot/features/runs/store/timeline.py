"""What is told of a run afterwards, out of PostgreSQL."""

from raidbot.core.ids import GuildId, RunId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.runs.model.log import Entry
from raidbot.features.runs.model.timeline import OwnPop, Paid, PopListed, RunBrief


async def own_pops(tx: Transaction, run_id: RunId, user_id: UserId) -> list[OwnPop]:
    """Return the pops of a run that stand, as one member was part of them."""
    return await tx.many(
        OwnPop,
        """
        WITH moves AS (
            SELECT e.id, e.happened_at,
                   CASE WHEN e.kind = 'removed' AND e.user_id = 0 THEN 'let_go' ELSE e.kind END AS kind
              FROM run_entry e
             WHERE e.run_id = $1
               AND e.kind IN ('opened', 'joined', 'moved_up', 'added', 'left', 'removed', 'waiting', 'called',
                              'passed_over')
               AND coalesce((e.detail ->> 'user_id')::bigint, e.user_id) = $2)
        SELECT p.number, p.outcome, p.popped_at, p.closed_at,
               (SELECT s.struck_at IS NULL FROM run_snapshot s WHERE s.pop_id = p.id AND s.user_id = $2) AS inside,
               (SELECT m.kind FROM moves m
                 WHERE p.closed_at IS NULL OR m.happened_at <= p.closed_at ORDER BY m.id DESC LIMIT 1) AS moved,
               EXISTS (SELECT FROM moves m
                        WHERE m.happened_at > p.closed_at AND m.kind IN ('joined', 'moved_up', 'added')) AS came_later,
               (SELECT coalesce(sum(a.points), 0) FROM award a
                 WHERE a.pop_id = p.id AND a.user_id = $2 AND a.kind = 'completion') AS points,
               (SELECT sum(a.points) FROM award a
                 WHERE a.pop_id = p.id AND a.user_id = $2 AND a.kind = 'lead'
                HAVING sum(a.quantity) <> 0 OR sum(a.points) <> 0) AS led,
               (SELECT sum(a.points) FROM award a
                 WHERE a.pop_id = p.id AND a.user_id = $2 AND a.kind = 'assist'
                HAVING sum(a.points) <> 0) AS helped,
               (SELECT (array_agg(a.reason ORDER BY a.id DESC))[1] FROM award a
                 WHERE a.pop_id = p.id AND a.user_id = $2 AND a.reason IS NOT NULL) AS reason
          FROM run_pop p
         WHERE p.run_id = $1 AND p.undone_at IS NULL
         ORDER BY p.number
        """,
        run_id,
        user_id,
    )


async def pops(tx: Transaction, run_id: RunId) -> list[PopListed]:
    """Return the pops of a run that stand, with how many count for each."""
    return await tx.many(
        PopListed,
        """
        SELECT jsonb_build_object(
                   'id', p.id, 'number', p.number, 'dungeon', p.dungeon, 'key', p.key,
                   'popper_id', p.popper_id::text, 'leader_id', p.leader_id::text, 'outcome', p.outcome,
                   'popped_at', p.popped_at, 'window_ends_at', p.window_ends_at, 'closed_at', p.closed_at) AS pop,
               (SELECT count(*) FROM run_snapshot s WHERE s.pop_id = p.id AND s.struck_at IS NULL) AS raiders
          FROM run_pop p
         WHERE p.run_id = $1 AND p.undone_at IS NULL
         ORDER BY p.number
        """,
        run_id,
    )


async def entries(tx: Transaction, run_id: RunId) -> list[Entry]:
    """Return the whole record of a run, oldest first."""
    return await tx.many(
        Entry, "SELECT id, user_id, kind, detail, happened_at FROM run_entry WHERE run_id = $1 ORDER BY id", run_id
    )


async def paid(tx: Transaction, guild_id: GuildId, run_id: RunId) -> list[Paid]:
    """Return what everybody has from a run; what was taken back is not in it."""
    return await tx.many(
        Paid,
        """
        SELECT user_id, kind, sum(quantity)::bigint AS quantity, sum(points) AS points
          FROM award WHERE guild_id = $1 AND run_id = $2
         GROUP BY user_id, kind HAVING sum(quantity) <> 0 OR sum(points) <> 0
         ORDER BY kind, user_id
        """,
        guild_id,
        run_id,
    )


async def recent(tx: Transaction, guild_id: GuildId, user_id: UserId) -> list[RunBrief]:
    """Return the runs that a member was part of or led lately, the newest first. Whoever leads is part of it."""
    return await tx.many(
        RunBrief,
        """
        SELECT r.id, r.dungeon, r.status, r.opened_at
          FROM run_join j JOIN run r ON r.id = j.run_id
         WHERE j.user_id = $2 AND r.guild_id = $1
         ORDER BY j.run_id DESC LIMIT 25
        """,
        guild_id,
        user_id,
    )
