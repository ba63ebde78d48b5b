"""Asking the record whether a server is one that people play in."""

from typing import NamedTuple

from raidbot.core.ids import GuildId
from raidbot.database.connection import DatabaseSettings, open_connection


class Alive(NamedTuple):
    """What the record holds of a server."""

    runs: int = 0
    raiders: int = 0


async def alive(database: DatabaseSettings, guild_id: GuildId) -> Alive:
    """Return how many runs and raiders there are; none where the schema is not there yet.

    Raises:
        DatabaseAway: PostgreSQL does not answer.
    """
    connection = await open_connection(database)
    try:
        if await connection.fetchval("SELECT to_regclass('run') IS NULL OR to_regclass('raider') IS NULL"):
            return Alive()
        row = await connection.fetchrow(
            """
            SELECT (SELECT count(*) FROM run WHERE guild_id = $1) AS runs,
                   (SELECT count(*) FROM raider WHERE guild_id = $1) AS raiders
            """,
            guild_id,
        )
        return Alive(row["runs"], row["raiders"]) if row else Alive()
    finally:
        await connection.close()
