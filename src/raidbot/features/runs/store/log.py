"""What happened to runs and was not told in their logs yet, in PostgreSQL."""

from raidbot.core.ids import GuildId, RunId
from raidbot.database.transaction import Transaction
from raidbot.features.runs.model.log import Untold


async def untold(tx: Transaction, guild_id: GuildId, run_id: RunId, most: int) -> Untold | None:
    """Return what the log of a run does not tell yet, or None if there is no such run."""
    return await tx.maybe(
        Untold,
        """
        SELECT r.dungeon, r.closed_at IS NOT NULL AS over, r.version,
               coalesce(p.drawn_version, 0) AS drawn_version, coalesce(p.final, false) AS closed,
               EXISTS (SELECT FROM guild_channel c WHERE c.guild_id = $1 AND c.key = 'raid_log') AS mapped,
               p.channel_id, p.message_id, coalesce(p.told_until, 0) AS told_until,
               (SELECT coalesce(jsonb_agg(jsonb_build_object(
                           'id', e.id, 'user_id', e.user_id, 'kind', e.kind, 'detail', e.detail,
                           'happened_at', e.happened_at) ORDER BY e.id), '[]')
                  FROM (SELECT * FROM run_entry
                         WHERE run_id = $2 AND id > coalesce(p.told_until, 0) ORDER BY id LIMIT $3) e) AS entries
          FROM run r
          LEFT JOIN posting p ON p.guild_id = $1 AND p.kind = 'run_desk' AND p.subject_id = r.id
         WHERE r.guild_id = $1 AND r.id = $2
        """,
        guild_id,
        run_id,
        most,
    )


async def behind(tx: Transaction, guild_id: GuildId) -> list[RunId]:
    """Return the runs whose log lacks something, and those that are over and whose log is not closed."""
    found = await tx.value(
        list[int],
        """
        SELECT array_agg(r.id ORDER BY r.id)
          FROM posting p JOIN run r ON r.id = p.subject_id AND r.guild_id = p.guild_id
         WHERE p.guild_id = $1 AND p.kind = 'run_desk' AND NOT p.final AND p.message_id IS NOT NULL
           AND (r.closed_at IS NOT NULL
                OR EXISTS (SELECT FROM run_entry e WHERE e.run_id = r.id AND e.id > p.told_until))
        """,
        guild_id,
    )
    return [RunId(one) for one in found or []]
