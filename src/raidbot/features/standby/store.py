"""Leases in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

from raidbot.database.transaction import Transaction


async def take(tx: Transaction, holder: str, shard_ids: Sequence[int], until: datetime, now: datetime) -> int:
    """Take what is free, or held by the same; return how many of the shards that is. One statement."""
    return await tx.run(
        """
        INSERT INTO bot_lease AS l (shard_id, holder, until)
        SELECT DISTINCT one, $2, $3::timestamptz FROM unnest($1::bigint[]) one ORDER BY one
            ON CONFLICT (shard_id) DO UPDATE SET holder = $2, until = $3
         WHERE l.holder = $2 OR l.until <= $4
        """,
        list(shard_ids),
        holder,
        until,
        now,
    )


async def holder(tx: Transaction, shard_ids: Sequence[int], but: str) -> str | None:
    """Return who else holds one of these shards, or None."""
    return await tx.value(
        str,
        "SELECT holder FROM bot_lease WHERE shard_id = ANY ($1::bigint[]) AND holder <> $2 ORDER BY shard_id LIMIT 1",
        list(shard_ids),
        but,
    )


async def give_back(tx: Transaction, holder: str) -> int:
    """Let nobody hold what this process held; return how many shards that is."""
    return await tx.run("DELETE FROM bot_lease WHERE holder = $1", holder)
