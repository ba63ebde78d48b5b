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


async def joined(tx: Transaction, run_id: RunId) -> list[UserId]:
    """Return everybody who is in, those who came first before the others."""
    found = await tx.value(
        list[UserId],
        """
        SELECT array_agg(user_id::text ORDER BY changed_at, user_id) FROM run_join
         WHERE run_id = $1 AND state = 'join'
        """,
        run_id,
    )
    return found or []
