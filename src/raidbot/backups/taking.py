"""Taking a backup and trying it: dumped, restored into an empty database, counted."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from time import perf_counter
from typing import cast

import asyncpg
import structlog
from asyncpg.exceptions import InternalClientError
from msgspec.structs import replace

from raidbot.backups import rules
from raidbot.backups.folder import Folder
from raidbot.backups.model import Backup, BackupFault, Kind, Sheet, amount, file_name, read_name
from raidbot.backups.scratch import LONG, counts, load, scratch
from raidbot.backups.tools import Tools, database_of, tools
from raidbot.core.clock import Clock
from raidbot.database.connection import DatabaseSettings, open_connection
from raidbot.database.faults import DatabaseAway, DatabaseBusy

log: structlog.stdlib.BoundLogger = structlog.get_logger()

FAILS = (
    BackupFault,
    DatabaseAway,
    DatabaseBusy,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    InternalClientError,
    OSError,
)
"""What may happen while a backup is taken, and does not end the process that keeps them."""

LOCK = 7_215_120_452
"""The advisory lock of whoever takes a backup of a database: any number that nothing else uses."""


class BackupRuns(BackupFault):
    """Another process takes a backup of the same database at this moment."""


async def take(source: DatabaseSettings, folder: Folder, kind: Kind, clock: Clock) -> Backup:
    """Take a backup, try it, and delete what is no longer kept.

    A backup that could not be tried is kept all the same, and its sheet says why.

    Raises:
        BackupRuns: another process is at it.
        BackupFault: it cannot be taken. There is no half file.
        DatabaseAway: PostgreSQL cannot be reached.
    """
    async with _alone(source) as connection:
        folder.sweep()
        before = folder.backups()
        if not rules.fits(before[0] if before else None, folder.free()):
            raise BackupFault(f"{amount(folder.free())} are free in {folder.path}, too little for a backup.")
        programs = tools(connection.get_server_version().major)
        backup = await _dump(connection, source, folder, programs, (kind, clock))
        log.info("Backup taken", file=backup.name, size=backup.size)
        tried = await _try(source, folder, programs, backup, clock)
    for one in rules.expendable(folder.backups()):
        folder.remove(one)
    return tried


@asynccontextmanager
async def _alone(source: DatabaseSettings) -> AsyncGenerator[asyncpg.Connection]:
    connection = await open_connection(source, **LONG)
    try:
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
            raise BackupRuns("Another process is taking a backup of this database. Wait for it: raidbot backup --list")
        yield connection
    finally:
        await connection.close()


async def _dump(
    connection: asyncpg.Connection, source: DatabaseSettings, folder: Folder, programs: Tools, how: tuple[Kind, Clock]
) -> Backup:
    """Dump and count in one snapshot, so that the counts are those of the dump whatever members do meanwhile."""
    kind, clock = how
    started, taken_at = perf_counter(), clock.now()
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        snapshot = str(await connection.fetchval("SELECT pg_export_snapshot()"))
        number, schema_name = await _schema(connection)
        counted = await counts(connection)
        size_there = cast("int", await connection.fetchval("SELECT pg_database_size(current_database())"))
        name = file_name(taken_at, kind, number, sealed=folder.key is not None)
        size, sha256 = await programs.beside(lambda: folder.write(name, programs.dump(source, snapshot)))
    sheet = Sheet(
        database=database_of(source),
        server_major=connection.get_server_version().major,
        schema_name=schema_name,
        size=size,
        sha256=sha256,
        database_size=size_there,
        took_s=round(perf_counter() - started, 2),
        counts=counted,
    )
    file = folder.path / name
    folder.keep_sheet(file, sheet)
    taken = read_name(file, size, sheet)
    if taken is None:
        raise BackupFault(f"{name} is no name of a backup.")
    return taken


async def _try(source: DatabaseSettings, folder: Folder, programs: Tools, backup: Backup, clock: Clock) -> Backup:
    """Restore a backup into an empty database, and write down what came of it."""
    if backup.sheet is None:
        return backup
    try:
        _check_room(folder, backup.sheet)
        await asyncio.to_thread(folder.check, backup)
        async with scratch(source) as empty:
            await load(programs, empty, lambda: folder.read(backup), backup.sheet.counts)
        sheet = replace(backup.sheet, verified_at=clock.now(), verify_fault=None)
    except FAILS as fault:
        log.warning("Backup cannot be verified", file=backup.name, reason=str(fault))
        sheet = replace(backup.sheet, verify_fault=str(fault))
    folder.keep_sheet(backup.file, sheet)
    return replace(backup, sheet=sheet)


def _check_room(folder: Folder, sheet: Sheet) -> None:
    """Check that trying a backup does not fill the disk, which is the database's too on most machines."""
    if folder.free() < sheet.database_size + rules.SPARE:
        raise BackupFault(f"{amount(folder.free())} are free, too little to restore it beside the database.")


async def _schema(connection: asyncpg.Connection) -> tuple[int, str]:
    """Return the number and name of the last migration."""
    if not await connection.fetchval("SELECT to_regclass('schema_migration') IS NOT NULL"):
        return 0, ""
    row = await connection.fetchrow("SELECT number, name FROM schema_migration ORDER BY number DESC LIMIT 1")
    return (row["number"], row["name"]) if row else (0, "")
