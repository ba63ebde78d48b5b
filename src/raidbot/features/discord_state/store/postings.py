"""The record of messages that are kept drawn, in PostgreSQL."""

from datetime import datetime

from raidbot.core.ids import GuildId
from raidbot.database.transaction import Transaction
from raidbot.features.discord_state.api import BeginPosting, DrewPosting, LostPosting, OfPosting, SettlePosting, ToldLog
from raidbot.features.discord_state.model import Posting


async def unfinished(tx: Transaction, guild_id: GuildId, kind: str) -> list[Posting]:
    """Return the messages of a guild that may still have to be drawn."""
    return await tx.many(
        Posting,
        """
        SELECT kind, subject_id, channel_id, message_id, drawn_version, final, deletions, attempted_at
          FROM posting
         WHERE guild_id = $1 AND kind = $2 AND NOT final
         ORDER BY subject_id
        """,
        guild_id,
        kind,
    )


async def find(tx: Transaction, of: OfPosting) -> Posting | None:
    """Return one message's record, or None."""
    return await tx.maybe(
        Posting,
        """
        SELECT kind, subject_id, channel_id, message_id, drawn_version, final, deletions, attempted_at
          FROM posting
         WHERE guild_id = $1 AND kind = $2 AND subject_id = $3
        """,
        of.guild_id,
        of.kind,
        of.subject_id,
    )


async def begin(tx: Transaction, ask: BeginPosting, now: datetime) -> Posting:
    """Write down an attempt to post. What stands, and an attempt under way, keep their place and time."""
    return await tx.one(
        Posting,
        """
        INSERT INTO posting AS p (guild_id, kind, subject_id, channel_id, attempted_at)
        VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (guild_id, kind, subject_id) DO UPDATE SET final = p.final
        RETURNING kind, subject_id, channel_id, message_id, drawn_version, final, deletions, attempted_at
        """,
        ask.guild_id,
        ask.kind,
        ask.subject_id,
        ask.channel_id,
        now,
    )


async def settle(tx: Transaction, ask: SettlePosting, now: datetime) -> Posting | None:
    """Write down which message it became, unless another one did."""
    return await tx.maybe(
        Posting,
        """
        UPDATE posting
           SET message_id = coalesce(message_id, $4), posted_at = coalesce(posted_at, $5)
         WHERE guild_id = $1 AND kind = $2 AND subject_id = $3
        RETURNING kind, subject_id, channel_id, message_id, drawn_version, final, deletions, attempted_at
        """,
        ask.guild_id,
        ask.kind,
        ask.subject_id,
        ask.message_id,
        now,
    )


async def drew(tx: Transaction, ask: DrewPosting) -> Posting | None:
    """Write down what a message shows, unless it shows something newer."""
    return await tx.maybe(
        Posting,
        """
        UPDATE posting
           SET final = CASE WHEN $4 >= drawn_version THEN $5 ELSE final END,
               drawn_version = greatest(drawn_version, $4)
         WHERE guild_id = $1 AND kind = $2 AND subject_id = $3
        RETURNING kind, subject_id, channel_id, message_id, drawn_version, final, deletions, attempted_at
        """,
        ask.guild_id,
        ask.kind,
        ask.subject_id,
        ask.version,
        ask.final,
    )


async def lost(tx: Transaction, ask: LostPosting) -> Posting | None:
    """Write down that a message is gone, if it is the one that stood."""
    return await tx.maybe(
        Posting,
        """
        WITH gone AS (
            UPDATE posting
               SET message_id = NULL, posted_at = NULL, drawn_version = 0, deletions = deletions + 1
             WHERE guild_id = $1 AND kind = $2 AND subject_id = $3 AND message_id = $4
            RETURNING *)
        SELECT kind, subject_id, channel_id, message_id, drawn_version, final, deletions, attempted_at FROM gone
         UNION ALL
        SELECT kind, subject_id, channel_id, message_id, drawn_version, final, deletions, attempted_at FROM posting
         WHERE guild_id = $1 AND kind = $2 AND subject_id = $3 AND NOT EXISTS (SELECT FROM gone)
        """,
        ask.guild_id,
        ask.kind,
        ask.subject_id,
        ask.message_id,
    )


async def told_log(tx: Transaction, ask: ToldLog) -> int | None:
    """Write down how far the log of a thread was told, unless somebody was faster; return how far it is."""
    return await tx.value(
        int,
        """
        UPDATE posting SET told_until = CASE told_until WHEN $4 THEN greatest($4, $5) ELSE told_until END
         WHERE guild_id = $1 AND kind = $2 AND subject_id = $3
        RETURNING told_until
        """,
        ask.guild_id,
        ask.kind,
        ask.subject_id,
        ask.before,
        ask.until,
    )
