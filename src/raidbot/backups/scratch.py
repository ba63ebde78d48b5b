"""Databases that we make beside the one that counts: to try a backup, and to put one back."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import cast

import asyncpg

from raidbot.backups.model import BackupFault
from raidbot.backups.tools import Tools, beside, database_of
from raidbot.database.connection import DatabaseSettings, open_connection
from raidbot.database.faults import DatabaseAway

LONG = {"statement_timeout": "0", "idle_in_transaction_session_timeout": "0", "application_name": "raidbot backup"}
"""For connections that work on whole tables."""

MAINTENANCE = ("postgres", "template1")
"""Databases that are there on every server, to stand on while another one is made or renamed."""

TABLES = """
SELECT relname AS name, format('SELECT count(*) FROM public.%I', relname) AS counting
  FROM pg_class c
 WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
   AND NOT EXISTS (SELECT FROM pg_depend d  -- what belongs to an extension comes with it
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY relname
"""


async def administer(where: DatabaseSettings) -> asyncpg.Connection:
    """Open a connection to the server of a database, on another database of it.

    Raises:
        DatabaseAway: it cannot be opened.
    """
    for name in MAINTENANCE[:-1]:
        try:
            return await open_connection(beside(where, name), **LONG)
        except DatabaseAway:
            continue  # a managed server may keep it from us
    return await open_connection(beside(where, MAINTENANCE[-1]), **LONG)


async def create(where: DatabaseSettings, name: str) -> DatabaseSettings:
    """Make an empty database on the server of another one. Who gives up meanwhile leaves none.

    Raises:
        BackupFault: the user may not.
    """
    making = asyncio.ensure_future(_create(where, name))
    try:
        await asyncio.shield(making)
    except asyncio.CancelledError:
        await asyncio.wait({making})  # one that is cut short may have been made all the same
        if not making.exception():
            await drop(where, name)
        raise
    return beside(where, name)


async def _create(where: DatabaseSettings, name: str) -> None:
    server = await administer(where)
    try:
        await server.execute(f"CREATE DATABASE {await quoted(server, name)} TEMPLATE template0")
    except asyncpg.InsufficientPrivilegeError as fault:
        user = await server.fetchval("SELECT quote_ident(current_user)")
        raise BackupFault(
            f"The user {user} may not create databases, which trying and restoring a backup needs. "
            f"As the server's administrator: ALTER ROLE {user} CREATEDB;"
        ) from fault
    finally:
        await server.close()


async def drop(where: DatabaseSettings, name: str) -> None:
    """Delete a database that we made beside another one."""
    server = await administer(where)
    try:
        await server.execute(f"DROP DATABASE IF EXISTS {await quoted(server, name)} WITH (FORCE)")
    finally:
        await server.close()


async def quoted(connection: asyncpg.Connection, name: str) -> str:
    """Return a name as SQL writes it."""
    return str(await connection.fetchval("SELECT quote_ident($1)", name))


async def counts(connection: asyncpg.Connection) -> dict[str, int]:
    """Return how many rows each table of ours has."""
    tables = await connection.fetch(TABLES)
    return {row["name"]: cast("int", await connection.fetchval(row["counting"])) for row in tables}


async def load(
    tools: Tools, target: DatabaseSettings, content: Callable[[], Iterable[bytes]], expected: dict[str, int] | None
) -> dict[str, int]:
    """Restore a dump into an empty database and count what came.

    Args:
        tools: Of the server's version.
        target: The empty database.
        content: Reads the dump.
        expected: Rows of each table; None where nobody counted them.

    Raises:
        BackupFault: it cannot be restored, or other rows came than were counted.
    """
    await tools.beside(lambda: tools.load(target, content()))
    connection = await open_connection(target, **LONG)
    try:
        await connection.execute("ANALYZE")
        found = await counts(connection)
    finally:
        await connection.close()
    if wrong := differences(found, found if expected is None else expected):
        raise BackupFault(f"Not all rows came back: {', '.join(wrong)}.")
    return found


def differences(found: dict[str, int], expected: dict[str, int]) -> list[str]:
    """Return in which tables other rows were found than expected."""
    return [
        f"{name}: {found.get(name)} instead of {expected.get(name)}"
        for name in sorted(found.keys() | expected.keys())
        if found.get(name) != expected.get(name)
    ]


@asynccontextmanager
async def scratch(where: DatabaseSettings) -> AsyncGenerator[DatabaseSettings]:
    """Make an empty database for the block. Those that a killed process left behind are deleted first."""
    prefix = await _prefix(where)
    await _sweep(where, prefix)
    name = prefix + secrets.token_hex(4)
    made = await create(where, name)
    try:
        yield made
    finally:
        await drop(where, name)


async def _prefix(where: DatabaseSettings) -> str:
    """Return what the scratch databases of this one begin with, so that no other database's are swept away."""
    server = await administer(where)
    try:
        number = await server.fetchval("SELECT oid FROM pg_database WHERE datname = $1", database_of(where))
    finally:
        await server.close()
    return f"raidbot_check_{number}_"


async def _sweep(where: DatabaseSettings, prefix: str) -> None:
    server = await administer(where)
    try:
        left = await server.fetch("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", prefix)
        for row in left:
            await server.execute(f"DROP DATABASE IF EXISTS {await quoted(server, row['datname'])} WITH (FORCE)")
    finally:
        await server.close()
