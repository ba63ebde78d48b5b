"""What somebody changed by hand, and what was decided about it, in PostgreSQL."""

from datetime import datetime
from typing import LiteralString

from raidbot.core.ids import GuildId, Snowflake, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.hands.model import Change, Hand, HandId, HandState

COLUMNS: LiteralString = "id, user_id, kind, role_id, role_key, old, new, changed_by, changed_at, state, decided_by"


async def add(tx: Transaction, guild_id: GuildId, change: Change, at: datetime) -> Hand | None:
    """Write down a change by hand; None if it was told before."""
    return await tx.maybe(
        Hand,
        "INSERT INTO hand_change (guild_id, entry_id, user_id, kind, role_id, role_key, old, new, changed_by,"
        "                         changed_at)"
        " VALUES ($1, $2, $3, $4, coalesce($5::bigint, 0), $6, $7, $8, $9, $10)"
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


async def known(tx: Transaction, guild_id: GuildId, entry_ids: list[Snowflake]) -> set[Snowflake]:
    """Return which entries of the audit log are written down."""
    found = await tx.value(
        list[Snowflake],
        "SELECT array_agg(entry_id::text) FROM hand_change WHERE guild_id = $1 AND entry_id = ANY ($2::bigint[])",
        guild_id,
        entry_ids,
    )
    return set(found or ())


async def place(tx: Transaction, guild_id: GuildId) -> Snowflake | None:
    """Return up to which entry the audit log was read; None: never."""
    return await tx.value(Snowflake, "SELECT entry_id::text FROM hand_reading WHERE guild_id = $1", guild_id)


async def reach(tx: Transaction, guild_id: GuildId, entry_id: Snowflake) -> None:
    """Write down up to which entry the audit log was read; never one before."""
    await tx.run(
        """
        INSERT INTO hand_reading AS h (guild_id, entry_id) VALUES ($1, $2)
            ON CONFLICT (guild_id) DO UPDATE SET entry_id = greatest(h.entry_id, excluded.entry_id)
        """,
        guild_id,
        entry_id,
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
