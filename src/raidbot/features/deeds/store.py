"""What tells our deeds from others', in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

from raidbot.core.ids import ChannelId, MessageId
from raidbot.database.transaction import Transaction
from raidbot.features.deeds.model import Secret


async def keep_secret(tx: Transaction, secret: bytes, now: datetime) -> None:
    """Keep what seals are made with, unless there is something already."""
    await tx.run("INSERT INTO deed_secret (secret, made_at) VALUES ($1, $2) ON CONFLICT DO NOTHING", secret, now)


async def secret(tx: Transaction) -> Secret | None:
    """Return what seals are made with, or None."""
    return await tx.maybe(Secret, "SELECT secret, made_at FROM deed_secret")


async def note_message(tx: Transaction, channel_id: ChannelId, message_id: MessageId, now: datetime) -> bool:
    """Write down that a message is ours; tell whether that is new."""
    added = await tx.run(
        "INSERT INTO own_message (message_id, channel_id, said_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        message_id,
        channel_id,
        now,
    )
    return added == 1


async def ours(tx: Transaction, message_ids: Sequence[MessageId]) -> list[int]:
    """Return which of these messages are on record as ours, wherever."""
    found = await tx.value(
        list[int],
        """
        SELECT array_agg(message_id)
          FROM (SELECT message_id FROM own_message WHERE message_id = ANY ($1::bigint[])
                 UNION SELECT message_id FROM posting WHERE message_id = ANY ($1)
                 UNION SELECT message_id FROM notice WHERE message_id = ANY ($1)
                 UNION SELECT message_id FROM run_screenshot WHERE message_id = ANY ($1)
                 UNION SELECT message_id FROM verification_evidence WHERE message_id = ANY ($1)) AS known
        """,
        list(message_ids),
    )
    return found or []


async def restored_since(tx: Transaction, since: datetime) -> datetime | None:
    """Return when a backup was put in place of the record since then, the last time."""
    return await tx.value(
        datetime, "SELECT max(restored_at) FROM reconciliation_restore WHERE restored_at >= $1", since
    )


async def forget(tx: Transaction, before: datetime, most: int) -> int:
    """Delete the oldest messages, a batch at a time; return how many that were."""
    return await tx.run(
        """
        DELETE FROM own_message
         WHERE message_id IN (SELECT message_id FROM own_message WHERE said_at < $1 ORDER BY said_at LIMIT $2)
        """,
        before,
        most,
    )
