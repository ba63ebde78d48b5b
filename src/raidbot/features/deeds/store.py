"""What tells our deeds from others', in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

from raidbot.core.ids import ChannelId, GuildId, MessageId
from raidbot.database.transaction import Transaction
from raidbot.features.deeds.model import Mapped, Name, Secret


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


async def last_restored(tx: Transaction) -> datetime | None:
    """Return when a backup was put in place of the record the last time, or None."""
    return await tx.value(datetime, "SELECT max(restored_at) FROM reconciliation_restore")


async def last_told(tx: Transaction, before: datetime) -> datetime | None:
    """Return when the last message was posted that the record knows of from before a moment."""
    return await tx.value(
        datetime,
        """
        SELECT max(at)
          FROM (SELECT max(said_at) AS at FROM own_message WHERE said_at < $1::timestamptz
                 UNION ALL SELECT max(posted_at) FROM posting WHERE posted_at < $1
                 UNION ALL SELECT max(told_at) FROM notice WHERE told_at < $1) AS known
        """,
        before,
    )


async def channels(tx: Transaction, guild_id: GuildId) -> list[Mapped]:
    """Return which channels a guild has mapped."""
    return await tx.many(Mapped, "SELECT key, channel_id FROM guild_channel WHERE guild_id = $1", guild_id)


async def names(tx: Transaction, guild_id: GuildId) -> list[Name]:
    """Return all names of a guild's raiders."""
    return await tx.many(
        Name,
        """
        SELECT n.user_id, n.ign, r.status = 'verified' AS verified
          FROM raider_name n JOIN raider r ON r.guild_id = n.guild_id AND r.user_id = n.user_id
         WHERE n.guild_id = $1
        """,
        guild_id,
    )


async def reasons(tx: Transaction, guild_id: GuildId) -> list[str]:
    """Return the reasons by which something was entered after a log."""
    found = await tx.value(
        list[str],
        """
        SELECT array_agg(reason)
          FROM (SELECT reason FROM award WHERE guild_id = $1 AND starts_with(reason, 'log ')
                 UNION SELECT reason FROM credit WHERE guild_id = $1 AND starts_with(reason, 'log ')) AS entered
        """,
        guild_id,
    )
    return found or []


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
