"""What waits to be credited until an officer decides, in PostgreSQL."""

from datetime import datetime
from typing import LiteralString

from raidbot.core.ids import GuildId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.points.model import Credit, CreditId, CreditState, Pay

COLUMNS: LiteralString = "id, user_id, kind, dungeon, quantity, points, subject, happened_at, reason, state, decided_by"


async def wish(tx: Transaction, guild_id: GuildId, entry: Pay, at: datetime) -> Credit | None:
    """Write down what a member wants credited to themselves; None if it was written down before."""
    return await tx.maybe(
        Credit,
        "INSERT INTO credit (guild_id, user_id, kind, dungeon, quantity, points, subject, happened_at, reason,"
        "                    wished_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        " ON CONFLICT (guild_id, subject) DO NOTHING RETURNING " + COLUMNS,
        guild_id,
        entry.user_id,
        entry.kind,
        entry.dungeon,
        entry.quantity,
        entry.points,
        entry.subject,
        entry.happened_at,
        entry.reason,
        at,
    )


async def hold(tx: Transaction, guild_id: GuildId, credit_id: CreditId) -> Credit | None:
    """Return what waits to be credited with its row held, or None."""
    return await tx.maybe(
        Credit,
        "SELECT " + COLUMNS + " FROM credit WHERE guild_id = $1 AND id = $2 FOR UPDATE",
        guild_id,
        credit_id,
    )


async def decide(tx: Transaction, credit_id: CreditId, state: CreditState, by: UserId, at: datetime) -> Credit:
    """Write down what an officer decided."""
    return await tx.one(
        Credit,
        "UPDATE credit SET state = $2, decided_by = $3, decided_at = $4 WHERE id = $1 RETURNING " + COLUMNS,
        credit_id,
        state,
        by,
        at,
    )
