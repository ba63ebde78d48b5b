"""Whom a run tells something, in PostgreSQL."""

from raidbot.core.ids import RunId, UserId
from raidbot.database.transaction import Transaction


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
