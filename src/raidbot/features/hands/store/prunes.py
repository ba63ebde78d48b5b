"""Who put out many members at once, in PostgreSQL."""

from raidbot.core.ids import GuildId
from raidbot.database.transaction import Transaction
from raidbot.features.hands.model import Prune


async def add(tx: Transaction, guild_id: GuildId, prune: Prune) -> bool:
    """Write down that many were put out; tell whether it was not told before."""
    added = await tx.run(
        """
        INSERT INTO hand_prune (guild_id, entry_id, pruned_by, by_bot, members, inactive_days, reason, pruned_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (guild_id, entry_id) DO NOTHING
        """,
        guild_id,
        prune.entry_id,
        prune.pruned_by,
        prune.by_bot,
        prune.members,
        prune.inactive_days,
        prune.reason,
        prune.pruned_at,
    )
    return added == 1


async def latest(tx: Transaction, guild_id: GuildId) -> list[Prune]:
    """Return who put out many at once, the latest first; 50 at most."""
    return await tx.many(
        Prune,
        """
        SELECT entry_id::text AS entry_id, pruned_by::text AS pruned_by, by_bot, members, inactive_days, reason,
               pruned_at
          FROM hand_prune WHERE guild_id = $1 ORDER BY entry_id DESC LIMIT 50
        """,
        guild_id,
    )
