"""Alerts in PostgreSQL: one row for each name, with when it was raised last and since when it is over."""

from datetime import datetime

import msgspec

from raidbot.core.ids import GuildId
from raidbot.database.transaction import Transaction


class Stood(msgspec.Struct, frozen=True):
    """An alert that changed just now."""

    times: int
    """How often it was raised so far."""
    raised_at: datetime


async def raise_one(tx: Transaction, name: str, sentence: str, page: str, at: datetime) -> Stood | None:
    """Write down that an alert is raised; None if it stands already."""
    return await tx.maybe(
        Stood,
        """
        INSERT INTO alert AS a (name, sentence, page, raised_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (name) DO UPDATE
           SET sentence = $2, page = $3, raised_at = $4, over_at = NULL, times = a.times + 1
         WHERE a.over_at IS NOT NULL
        RETURNING times, raised_at
        """,
        name,
        sentence,
        page,
        at,
    )


async def end_one(tx: Transaction, name: str, at: datetime) -> Stood | None:
    """Write down that an alert is over; None if it did not stand."""
    return await tx.maybe(
        Stood,
        "UPDATE alert SET over_at = $2 WHERE name = $1 AND over_at IS NULL RETURNING times, raised_at",
        name,
        at,
    )


async def guilds_with_log(tx: Transaction) -> list[GuildId]:
    """Return the guilds that have a log of the bot."""
    found = await tx.value(
        list[GuildId], "SELECT array_agg(DISTINCT guild_id::text) FROM guild_channel WHERE key = 'bot_log'"
    )
    return found or []
