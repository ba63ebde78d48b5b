"""Whom a run tells something, in PostgreSQL."""

from raidbot.core.ids import GuildId, RoleId, RunId, UserId
from raidbot.database.transaction import Transaction


async def early_role(tx: Transaction, guild_id: GuildId, dungeon: str) -> RoleId | None:
    """Return the role of a dungeon, if there is one and a channel for early locations too."""
    return await tx.value(
        RoleId,
        """
        SELECT d.role_id FROM guild_dungeon_role d JOIN guild_channel c ON c.guild_id = d.guild_id
         WHERE d.guild_id = $1 AND d.dungeon = $2 AND c.key = 'early_loc'
        """,
        guild_id,
        dungeon,
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
