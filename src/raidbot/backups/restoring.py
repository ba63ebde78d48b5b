"""Putting a backup back: beside the present database first, then in its place, with the old one kept."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg
import structlog

from raidbot.backups import losses
from raidbot.backups.folder import Folder
from raidbot.backups.model import STAMP, Backup, BackupFault, amount
from raidbot.backups.scratch import LONG, administer, create, drop, load, quoted
from raidbot.backups.tools import Tools, beside, database_of, tools
from raidbot.core.clock import Clock
from raidbot.database import migrate as migrations
from raidbot.database.connection import DatabaseSettings, open_connection
from raidbot.database.faults import DatabaseAway
from raidbot.database.pool import Database
from raidbot.database.transaction import Transaction

log: structlog.stdlib.BoundLogger = structlog.get_logger()

PATIENCE_S = 60.0

LONGEST_NAME = 30
"""Of a database's name what goes into the names beside it; PostgreSQL cuts names off at 63 bytes."""

Settle = Callable[[Transaction, datetime], Awaitable[None]]
"""Makes a record that was away ready to meet Discord again."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup that lies beside the present database, complete and brought to the schema of this release."""

    database: str
    rows: int
    migrated: list[str]
    lost: list[tuple[int, str]] | None
    """What was done since; None where the present database cannot tell."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A database beside the present one: set aside by a restore, or left by one that was not finished."""

    name: str
    size: int
    since: datetime


async def check(where: DatabaseSettings, folder: Folder, backup: Backup) -> Tools:
    """Check that a backup can be put back on this server by this release, before anything is touched.

    Raises:
        BackupFault: it cannot; the text says what would.
        DatabaseAway: PostgreSQL cannot be reached.
    """
    known = migrations.load_migrations()
    if backup.schema > known[-1].number:
        raise BackupFault(
            f"{backup.name} holds the schema {backup.schema:04}, and this release knows up to {known[-1].number:04}. "
            "Restore it with the release that took it or a newer one."
        )
    server = await administer(where)
    try:
        major = server.get_server_version().major
    finally:
        await server.close()
    if backup.sheet:
        _check_direction(backup, backup.sheet.server_major, major)
    await asyncio.to_thread(folder.check, backup)
    programs = tools(major)
    _check_direction(backup, await asyncio.to_thread(lambda: programs.origin(folder.read(backup))), major)
    return programs


async def put_beside(
    where: DatabaseSettings, folder: Folder, backup: Backup, programs: Tools, clock: Clock
) -> Restored:
    """Restore a backup under a name of its own, whole or not at all.

    Raises:
        BackupFault: it cannot be restored; the present database was not touched.
        MigrationFault: it cannot be brought to the schema of this release.
    """
    name = await _new_name(where, "restored", clock.now())
    made = await create(where, name)
    try:
        expected = backup.sheet.counts if backup.sheet else None
        rows = sum((await load(programs, made, lambda: folder.read(backup), expected)).values())
        migrated = await migrations.migrate(
            made.url, ssl_reject_unauthorized=where.ssl_reject_unauthorized, clock=clock
        )
        await _as_before(made)
        return Restored(name, rows, migrated, await _lost(where, backup.taken_at))
    except BaseException:
        await drop(where, name)
        raise


async def swap(where: DatabaseSettings, database: str, settle: Settle, clock: Clock) -> str | None:
    """Let a database take the place of the present one, in one moment; return under which name that is kept.

    Whoever is connected is cut off and finds the other one when they come back.

    Raises:
        BackupFault: somebody else's connection is in the way.
    """
    await _settle(beside(where, database), settle, clock)
    live = database_of(where)
    server, other = await administer(where), await administer(where)
    try:
        there = await server.fetchval("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", live)
        kept = await _new_name(where, "before", clock.now()) if there else None
        renaming = asyncio.ensure_future(_rename(server, [*([(live, kept)] if kept else []), (database, live)]))
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not renaming.done():
                    await other.execute(CUT_OFF, [live, database])
                    await asyncio.wait({renaming}, timeout=0.05)
                await renaming
        except TimeoutError as fault:
            who = await other.fetchval(CONNECTED, [live, database])
            raise BackupFault(f"Others are connected and cannot be cut off: {who}. Nothing was changed.") from fault
        finally:
            renaming.cancel()
        log.info("Database swapped", live=database, kept=kept)
        return kept
    finally:
        await server.close()
        await other.close()


async def asides(where: DatabaseSettings) -> list[Aside]:
    """Return the databases that lie beside the present one, the newest first."""
    named = re.compile(re.escape(_stem(where)) + r"_(before|restored)_(\d{8}t\d{6}z)")
    server = await administer(where)
    try:
        rows = await server.fetch("SELECT datname, pg_database_size(oid) AS size FROM pg_database")
    finally:
        await server.close()
    found = [(row, named.fullmatch(row["datname"])) for row in rows]
    listed = [Aside(row["datname"], row["size"], _moment(match[2])) for row, match in found if match]
    return sorted(listed, key=lambda one: one.since, reverse=True)


async def lost_since(where: DatabaseSettings, aside: Aside) -> list[tuple[int, str]] | None:
    """Return what was done since a database was set aside."""
    return await _lost(where, aside.since)


CUT_OFF = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE datname = ANY ($1::text[]) AND pid <> pg_backend_pid() AND usename = current_user
"""

CONNECTED = """
SELECT string_agg(DISTINCT format('%s (%s)', usename, coalesce(nullif(application_name, ''), 'unnamed')), ', ')
  FROM pg_stat_activity WHERE datname = ANY ($1::text[]) AND pid <> pg_backend_pid()
"""


def _check_direction(backup: Backup, made_by: int, major: int) -> None:
    if made_by > major:
        raise BackupFault(
            f"{backup.name} was taken from PostgreSQL {made_by}, and this server is {major}: there is no way back. "
            f"Restore it on a server of version {made_by} or newer."
        )


async def _rename(server: asyncpg.Connection, names: Sequence[tuple[str, str]]) -> None:
    """Rename databases all at once. While PostgreSQL waits for others to leave, nobody new comes in."""
    while True:
        with suppress(asyncpg.ObjectInUseError):
            async with server.transaction():
                for old, new in names:
                    await server.execute(
                        f"ALTER DATABASE {await quoted(server, old)} RENAME TO {await quoted(server, new)}"
                    )
            return


async def _settle(where: DatabaseSettings, settle: Settle, clock: Clock) -> None:
    database = await Database.connect(where)
    try:
        async with database.transaction(label="restore") as tx:
            await settle(tx, clock.now())
    finally:
        await database.close()


async def _as_before(made: DatabaseSettings) -> None:
    """Give it what is no part of a dump of ours but was there: the figures of statements, where we may."""
    connection = await open_connection(made, **LONG)
    try:
        with suppress(asyncpg.PostgresError):
            await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    finally:
        await connection.close()


async def _lost(where: DatabaseSettings, since: datetime) -> list[tuple[int, str]] | None:
    try:
        present = await open_connection(where, **LONG)
    except DatabaseAway:
        return None
    try:
        return await losses.count(present, since)
    except asyncpg.PostgresError as fault:
        log.warning("What would be lost cannot be counted", reason=str(fault))
        return None
    finally:
        await present.close()


def _stem(where: DatabaseSettings) -> str:
    return database_of(where)[:LONGEST_NAME]


async def _new_name(where: DatabaseSettings, why: str, now: datetime) -> str:
    """Return a name that lies beside a database and is not taken: the second of two within a second goes ahead."""
    taken = {one.name for one in await asides(where)}
    while (name := f"{_stem(where)}_{why}_{now.astimezone(UTC).strftime(STAMP).lower()}") in taken:
        now += timedelta(seconds=1)
    return name


def _moment(text: str) -> datetime:
    return datetime.strptime(text.upper(), STAMP).replace(tzinfo=UTC)


def described(aside: Aside) -> str:
    """Return a line about a database beside the present one."""
    return f"{aside.name}  {amount(aside.size)}  since {aside.since:%Y-%m-%d %H:%M} UTC"
