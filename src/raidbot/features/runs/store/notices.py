"""Whom a run tells something, in PostgreSQL."""

import msgspec

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
