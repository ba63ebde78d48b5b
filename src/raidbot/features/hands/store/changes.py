"""What somebody changed by hand, and what was decided about it, in PostgreSQL."""

from datetime import datetime
from typing import LiteralString

from raidbot.core.ids import GuildId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.hands.model import Change, Hand, HandId, HandState

COLUMNS: LiteralString = "id, user_id, kind, role_id, role_key, old, new, changed_by, changed_at, state, decided_by"


async def add(tx: Transaction, guild_id: GuildId, change: Change, at: datetime) -> Hand | None:
    """Write down a change by hand; None if it was told before."""
    return await tx.maybe(
        Hand,
        "INSERT INTO hand_change (guild_id, entry_id, user_id, kind, role_id, role_key, old, new, changed_by,"
        "                         changed_at)"
        " VALUES ($1, $2, $3, $4, coalesce($5, 0), $6, $7, $8, $9, $10)"
        " ON CONFLICT (guild_id, entry_id, kind, role_id) DO NOTHING RETURNING " + COLUMNS,
        guild_id,
        change.entry_id,
        change.user_id,
        change.kind,
        change.role_id,
        change.role_key,
        change.old,
        change.new,
        change.by,
        at,
    )


async def hold(tx: Transaction, guild_id: GuildId, hand_id: HandId) -> Hand | None:
    """Return a change with its row held, or None."""
    return await tx.maybe(
        Hand,
        "SELECT " + COLUMNS + " FROM hand_change WHERE guild_id = $1 AND id = $2 FOR UPDATE",
        guild_id,
        hand_id,
    )


async def decide(tx: Transaction, hand_id: HandId, state: HandState, by: UserId, at: datetime) -> Hand:
    """Write down what was decided about a change."""
    return await tx.one(
        Hand,
        "UPDATE hand_change SET state = $2, decided_by = $3, decided_at = $4 WHERE id = $1 RETURNING " + COLUMNS,
        hand_id,
        state,
        by,
        at,
    )
