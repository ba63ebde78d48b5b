"""Whom a run tells something, in PostgreSQL."""

import msgspec

from raidbot.core.ids import GuildId, RoleId, RunId, UserId
from raidbot.database.transaction import Transaction


class Early(msgspec.Struct, frozen=True):
    """Whom a location is told early, and where."""

    role_id: RoleId
    channel: str
    """The number of the channel, or the key of the guild's."""


async def early(tx: Transaction, guild_id: GuildId, scopes: list[str]) -> Early | None:
    """Return the role of a dungeon and its channel for early locations, if there are both."""
    return await tx.maybe(
        Early,
        """
        SELECT * FROM (
            SELECT (SELECT d.role_id FROM guild_dungeon_role d WHERE d.guild_id = $1 AND d.dungeon = ANY ($2::text[])
                     ORDER BY array_position($2::text[], d.dungeon) LIMIT 1) AS role_id,
                   coalesce((SELECT s.target_id::text FROM guild_scoped s
                              WHERE s.guild_id = $1 AND s.key = 'early_loc' AND s.scope = ANY ($2::text[])
                              ORDER BY array_position($2::text[], s.scope) LIMIT 1),
                            (SELECT c.key FROM guild_channel c WHERE c.guild_id = $1 AND c.key = 'early_loc'))
                       AS channel) found
         WHERE role_id IS NOT NULL AND channel IS NOT NULL
        """,
        guild_id,
        scopes,
    )


class InRun(msgspec.Struct, frozen=True):
    """Who is called when a run calls everybody."""

    user_ids: list[UserId]
    """Who is in; those who came first before the others."""
    role_id: RoleId | None
    """The role of the run, where it has one."""


async def in_run(tx: Transaction, run_id: RunId) -> InRun:
    """Return everybody who is in. One statement."""
    return await tx.one(
        InRun,
        """
        SELECT array(SELECT user_id::text FROM run_join
                      WHERE run_id = $1 AND state = 'join' ORDER BY changed_at, user_id) AS user_ids,
               (SELECT role_id FROM run_role WHERE run_id = $1 AND gone_at IS NULL) AS role_id
        """,
        run_id,
    )
