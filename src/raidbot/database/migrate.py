"""Bringing a database up to the schema of this release: each file once, in order, by one process at a time."""

from collections.abc import Sequence
from pathlib import Path

import asyncpg
import msgspec
import structlog

from raidbot.core.clock import Clock
from raidbot.database.connection import DatabaseSettings, open_connection
from raidbot.database.migration import (
    MIGRATIONS,
    Applied,
    Migration,
    MigrationFault,
    Status,
    compare,
    load_migrations,
)
from raidbot.database.pool import Database

__all__ = [
    "MIGRATIONS",
    "Migration",
    "MigrationFault",
    "Status",
    "load_migrations",
    "migrate",
    "standing",
    "status",
    "verify",
]

log: structlog.stdlib.BoundLogger = structlog.get_logger()

LOCK = 7_215_120_451
"""The advisory lock of whoever migrates: any number that nothing else uses."""
PATIENCE = 600.0
"""Seconds to wait for another migration to end."""
SESSION = {
    "application_name": "raidbot migrate",
    # A migration that waits for a table makes everybody after it wait: better it gives up and is run again.
    "lock_timeout": "5s",
    "statement_timeout": "15min",
}


async def migrate(
    url: str,
    folder: Path = MIGRATIONS,
    *,
    ssl_reject_unauthorized: bool | None = None,
    clock: Clock | None = None,
) -> list[str]:
    """Apply what is missing and return its names. Another process that migrates is waited for.

    A schema that is newer than the files is left as it is, and told in the log.

    Raises:
        MigrationFault: a file is wrong, was changed after it was applied, or fails. What failed is rolled back.
        DatabaseAway: PostgreSQL cannot be reached.
    """
    known = load_migrations(folder)
    clock = clock or Clock()
    connection = await _open(url, ssl_reject_unauthorized)
    try:
        await _lock(connection, clock)
        await connection.execute(TABLE)
        status = compare(known, await _applied(connection))
        if status.faults:
            raise MigrationFault(" ".join(status.faults))
        if status.newer:
            log.warning("Schema is newer than this release", newer=status.newer)
        missing = [one for one in known if one.name in status.missing]
        for one in missing:
            await _apply(connection, one, clock)
            log.info("Migration applied", migration=one.name)
        return status.missing
    finally:
        await connection.close()


async def status(url: str, folder: Path = MIGRATIONS, *, ssl_reject_unauthorized: bool | None = None) -> Status:
    """Return how the schema stands, changing nothing.

    Raises:
        MigrationFault: a file is wrong.
        DatabaseAway: PostgreSQL cannot be reached.
    """
    known = load_migrations(folder)
    connection = await _open(url, ssl_reject_unauthorized)
    try:
        return compare(known, await _applied(connection))
    finally:
        await connection.close()


async def verify(url: str, folder: Path = MIGRATIONS, *, ssl_reject_unauthorized: bool | None = None) -> list[str]:
    """Return everything that is not as it should be, a sentence each; empty if all is well.

    Raises:
        MigrationFault: a file is wrong.
        DatabaseAway: PostgreSQL cannot be reached.
    """
    known = load_migrations(folder)
    connection = await _open(url, ssl_reject_unauthorized)
    try:
        found = compare(known, await _applied(connection))
        broken = await connection.fetch(INVALID_INDEXES)
    finally:
        await connection.close()
    return [
        *found.faults,
        *(f"{name} is not applied. Run: raidbot migrate" for name in found.missing),
        *(f"{name} was applied by a newer release than this one." for name in found.newer),
        *(
            f"The index {row['name']} was not finished. Drop it and run its migration's statement again."
            for row in broken
        ),
    ]


async def standing(database: Database, known: Sequence[Migration]) -> Status:
    """Return how the schema stands, over a connection of the pool: for the health page.

    Raises:
        DatabaseAway, DatabaseBusy: there is no connection.
    """
    async with database.transaction(label="migrations") as tx:
        if not await tx.value(bool, "SELECT to_regclass('schema_migration') IS NOT NULL"):
            return compare(known, [])
        return compare(known, await tx.many(Applied, "SELECT number, name, checksum, applied_at FROM schema_migration"))


TABLE = """
CREATE TABLE IF NOT EXISTS schema_migration (
    number integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL
)
"""

INVALID_INDEXES = """
SELECT relation.relname AS name
  FROM pg_index JOIN pg_class AS relation ON relation.oid = pg_index.indexrelid
 WHERE NOT pg_index.indisvalid
 ORDER BY relation.relname
"""


async def _open(url: str, ssl_reject_unauthorized: bool | None) -> asyncpg.Connection:  # noqa: FBT001 - a setting, passed on
    settings = DatabaseSettings(url, ssl_reject_unauthorized=ssl_reject_unauthorized)
    return await open_connection(settings, **SESSION)


async def _lock(connection: asyncpg.Connection, clock: Clock) -> None:
    """Become the only one who migrates. The lock goes with the connection.

    Asked for again and again, since a session that waits inside a statement holds up CREATE INDEX CONCURRENTLY.
    """
    for turn in range(int(PATIENCE / 0.1)):
        if await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
            return
        if turn == 0:
            log.info("Waiting for another migration to end")
        await clock.sleep(0.1)
    raise MigrationFault("Another process has been migrating for 10 minutes. See pg_stat_activity for it.")


async def _applied(connection: asyncpg.Connection) -> list[Applied]:
    if not await connection.fetchval("SELECT to_regclass('schema_migration') IS NOT NULL"):
        return []
    rows = await connection.fetch("SELECT number, name, checksum, applied_at FROM schema_migration ORDER BY number")
    return [msgspec.convert(dict(row), Applied) for row in rows]


async def _apply(connection: asyncpg.Connection, one: Migration, clock: Clock) -> None:
    try:
        if one.in_transaction:
            async with connection.transaction():
                await connection.execute(one.sql)
                if not connection.is_in_transaction():
                    raise MigrationFault(f"{one.name}.sql ends its own transaction. Take COMMIT and ROLLBACK out.")
                await _note(connection, one, clock)
            return
        # CREATE INDEX CONCURRENTLY waits for old transactions, and holds up nobody meanwhile.
        await connection.execute("SET lock_timeout = '10min'")
        for statement in one.statements:
            await connection.execute(statement)
        await connection.execute("RESET lock_timeout")
        await _note(connection, one, clock)
    except asyncpg.LockNotAvailableError as fault:
        raise MigrationFault(
            f"{one.name} needs a table that somebody else is working on, and gave up after 5 s so as not to "
            "hold up everybody. Nothing of it was changed; run it again."
        ) from fault
    except asyncpg.PostgresError as fault:
        undone = "Nothing of it was changed." if one.in_transaction else "It may be done half; it can be repeated."
        raise MigrationFault(f"{one.name} failed: {fault} {undone}") from fault


async def _note(connection: asyncpg.Connection, one: Migration, clock: Clock) -> None:
    await connection.execute(
        "INSERT INTO schema_migration (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
        one.number,
        one.name,
        one.checksum,
        clock.now(),
    )
