"""Real PostgreSQL for tests: one server a test process; for each test a database with the schema and no row.

Between tests the rows are deleted and the connections closed: unlike a transaction that is rolled back this lets a
test open several connections and race them, and it costs a tenth of copying a template (measured). A test that
changes the schema gets the next one a new copy. `TEST_POSTGRES_PROGRAMS` names the folder of another PostgreSQL's
programs to run the tests on.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from raidbot.database import migrate
from raidbot.database.connection import DatabaseSettings, open_connection
from raidbot.database.embedded import EmbeddedServer
from raidbot.database.pool import Database

HASTY = {
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "max_connections": "120",
    "log_min_duration_statement": "-1",
}
"""For tests alone: a power cut would lose everything."""

TEMPLATE = "migrated"
SHARED = "shared"

CLOSE = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()
"""

EMPTY = """
DO $$
DECLARE
    one record;
    filled boolean;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT c.oid::regclass AS name, pg_relation_size(c.oid) > 1000000 AS big
                 FROM pg_class c
                WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'schema_migration'
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one.name) INTO filled;
        IF one.big THEN
            EXECUTE format('TRUNCATE %s CASCADE', one.name);
        ELSIF filled THEN
            EXECUTE format('DELETE FROM %s', one.name);
        END IF;
    END LOOP;
    FOR one IN SELECT seqrelid::regclass AS name, seqstart FROM pg_sequence LOOP
        PERFORM setval(one.name, one.seqstart, false);
    END LOOP;
END $$
"""
"""What has many dead rows is cut off, because looking for a live one among them takes long."""

SHAPE = """
SELECT md5(string_agg(format('%s %s %s', attrelid::regclass, attname, atttypid::regtype), ',' ORDER BY 1))
  FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
 WHERE c.relnamespace = 'public'::regnamespace
"""


def another(url: str, database: str) -> str:
    """Return the address of another database of the same server."""
    return urlsplit(url)._replace(path=f"/{database}").geturl()


def reachable_folder() -> Path:
    """Return a new folder that PostgreSQL can enter as `nobody` too, which pytest's own folders do not allow."""
    folder = Path(tempfile.mkdtemp(prefix="raidbot-test-"))
    folder.chmod(0o711)
    return folder


@pytest.fixture(scope="session")
def postgres() -> Generator[EmbeddedServer]:
    """The server of this test process."""
    folder = reachable_folder()
    other = os.environ.get("TEST_POSTGRES_PROGRAMS")
    try:
        with EmbeddedServer(folder / "postgres", options=HASTY, programs=Path(other) if other else None) as server:
            yield server
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template(postgres: EmbeddedServer) -> str:
    """The name of a database with the schema of this release, for copies."""

    async def make() -> None:
        await administer(postgres.url, f"CREATE DATABASE {TEMPLATE}")
        await migrate.migrate(another(postgres.url, TEMPLATE))

    with asyncio.Runner() as runner:
        runner.run(make())
    return TEMPLATE


@pytest_asyncio.fixture
async def empty_url(postgres: EmbeddedServer) -> AsyncGenerator[str]:
    """The address of a database with nothing in it."""
    async for url in _copy(postgres.url, "template0"):
        yield url


@pytest_asyncio.fixture
async def database_url(postgres: EmbeddedServer, template: str) -> AsyncGenerator[str]:
    """The address of a database that no other test uses meanwhile, with the schema of this release and no row."""
    url = another(postgres.url, SHARED)
    connection = await open_connection(DatabaseSettings(postgres.url))
    try:
        if not await connection.fetchval("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", SHARED):
            await connection.execute(f"CREATE DATABASE {SHARED} TEMPLATE {template}")
        yield url
        if not await _emptied(url, another(postgres.url, template)):
            await connection.execute(f"DROP DATABASE {SHARED} WITH (FORCE)")
    finally:
        await connection.close()


async def _emptied(url: str, template_url: str) -> bool:
    """Close a database to everybody and delete its rows; tell whether its schema is still that of the template."""
    await administer(url, CLOSE, EMPTY)
    return await _shape(url) == await _shape(template_url)


async def _shape(url: str) -> str:
    connection = await open_connection(DatabaseSettings(url))
    try:
        return str(await connection.fetchval(SHAPE))
    finally:
        await connection.close()


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncGenerator[Database]:
    """A pool on a database of the test's own, with the schema of this release."""
    pool = await Database.connect(DatabaseSettings(database_url))
    yield pool
    await pool.close()


async def administer(url: str, *statements: str) -> None:
    """Run statements that no transaction allows."""
    connection = await open_connection(DatabaseSettings(url))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def _copy(url: str, template: str) -> AsyncGenerator[str]:
    name = f"test_{os.urandom(6).hex()}"
    await administer(url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    yield another(url, name)
    await administer(url, f"DROP DATABASE {name} WITH (FORCE)")
