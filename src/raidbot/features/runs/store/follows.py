"""Runs that follow another, in PostgreSQL."""

from datetime import datetime

import msgspec

from raidbot.core.ids import GuildId, RunId
from raidbot.database.transaction import Transaction


async def follower(tx: Transaction, run_id: RunId) -> RunId | None:
    """Return the run that follows and was not cancelled, or None."""
    found = await tx.value(int, "SELECT max(id) FROM run WHERE follows_id = $1 AND status <> 'cancelled'", run_id)
    return None if found is None else RunId(found)


class Opened(msgspec.Struct, frozen=True):
    """A run in which everybody gets places now."""

    guild_id: GuildId
    id: RunId


async def open_to_all(tx: Transaction, now: datetime, most: int) -> list[Opened]:
    """Let everybody get places where the time of those who come first is up, with entry and event; hold the rows."""
    return await tx.many(
        Opened,
        """
        WITH due AS (
            SELECT id FROM run
             WHERE status IN ('open', 'live') AND first_until <= $1::timestamptz ORDER BY first_until LIMIT $2
               FOR UPDATE SKIP LOCKED),
        opened AS (
            UPDATE run SET first_until = NULL, version = version + 1 WHERE id IN (SELECT id FROM due)
            RETURNING guild_id, id),
        noted AS (
            INSERT INTO run_entry (run_id, user_id, kind, happened_at) SELECT id, 0, 'opened_to_all', $1 FROM opened),
        told AS (
            INSERT INTO outbox (guild_id, kind, body, happened_at)
            SELECT guild_id, 'RunChanged',
                   jsonb_build_object('guild_id', guild_id::text, 'run_id', id, 'urgent', true), $1
              FROM opened)
        SELECT guild_id, id FROM opened
        """,
        now,
        most,
    )


async def next_opening(tx: Transaction) -> datetime | None:
    """Return when the time of those who come first is up next."""
    return await tx.value(datetime, "SELECT min(first_until) FROM run WHERE status IN ('open', 'live')")
