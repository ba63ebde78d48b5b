"""A record of a test's own, which may be renamed and dropped, and a folder for its backups."""

import asyncio
import os
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
import pytest_asyncio
from tests.support.database import administer, another

from raidbot.backups.folder import Folder
from raidbot.backups.model import Backup, Kind
from raidbot.backups.scratch import administer as administer_server
from raidbot.backups.scratch import drop
from raidbot.backups.taking import take
from raidbot.core.clock import Clock
from raidbot.database.connection import DatabaseSettings, open_connection
from raidbot.database.embedded import EmbeddedServer


@dataclass
class Record:
    """A database with the schema, and hands to write into it."""

    where: DatabaseSettings
    name: str

    async def run(self, statement: str, *values: object) -> None:
        connection = await open_connection(self.where)
        try:
            await connection.execute(statement, *values)
        finally:
            await connection.close()

    async def ask(self, question: str) -> object:
        connection = await open_connection(self.where)
        try:
            return await connection.fetchval(question)
        finally:
            await connection.close()

    async def open_runs(self, number: int, at: datetime) -> None:
        """Write rows as runs that were opened at some moment; the text makes the record grow."""
        await self.run(
            "INSERT INTO guild_change (guild_id, changed_by, changed_at, what, old, new)"
            " SELECT 700, 1, $1, 'x', repeat(md5(n::text), 30), 'é ☃ | \\ ''' FROM generate_series(1, $2::int) n",
            at,
            number,
        )

    async def drop(self) -> None:
        """Let the database be gone, as a new machine has none."""
        await drop(self.where, self.name)

    @asynccontextmanager
    async def dumps_that_do_not_end(self) -> AsyncGenerator[None]:
        """Let whoever dumps it come as far as its last piece, and wait there for as long as the block runs.

        Large objects are dumped after all rows.
        """
        await self.run("SELECT lo_from_bytea(0, 'the last piece')")
        connection = await open_connection(self.where)
        try:
            async with connection.transaction():
                await connection.execute("LOCK TABLE pg_largeobject")
                yield
        finally:
            await connection.close()

    async def restores_that_do_not_end(self) -> None:
        """Let whoever restores it elsewhere wait for longer than a test has patience."""
        await self.run(
            "CREATE MATERIALIZED VIEW slow AS"
            f" SELECT pg_sleep(CASE current_database() WHEN '{self.name}' THEN 0 ELSE 600 END)::text"
        )

    @asynccontextmanager
    async def databases_that_are_not_made(self) -> AsyncGenerator[None]:
        """Let whoever makes a database on its server wait for as long as the block runs."""
        server = await administer_server(self.where)
        change = server.transaction()
        await change.start()
        try:
            await server.execute("COMMENT ON DATABASE template0 IS 'nobody copies what is being changed'")
            yield
        finally:
            await change.rollback()
            await server.close()

    async def rows(self) -> object:
        return await self.ask("SELECT count(*) FROM guild_change")

    async def databases(self) -> list[str]:
        """All databases of the server that have to do with this one."""
        connection = await administer_server(self.where)
        try:
            found = await connection.fetch("SELECT datname FROM pg_database ORDER BY datname")
        finally:
            await connection.close()
        return [row["datname"] for row in found if row["datname"].startswith((self.name, "raidbot_check"))]


@pytest_asyncio.fixture
async def record(postgres: EmbeddedServer, template: str) -> AsyncGenerator[Record]:
    name = f"record_{os.urandom(4).hex()}"
    await administer(postgres.url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    made = Record(DatabaseSettings(another(postgres.url, name)), name)
    yield made
    for one in await made.databases():
        await administer(postgres.url, f'DROP DATABASE IF EXISTS "{one}" WITH (FORCE)')


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "backups")


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "clock")


@pytest.fixture(scope="session")
def shelf(postgres: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Backup:
    """A good backup of three rows, taken once for all tests that only put one back."""

    async def make() -> Backup:
        name = "shelf"
        await administer(postgres.url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        made = Record(DatabaseSettings(another(postgres.url, name)), name)
        await made.open_runs(3, Clock().now())
        return await take(made.where, Folder(tmp_path_factory.mktemp("shelf")), Kind.HOURLY, Clock())

    with asyncio.Runner() as runner:
        return runner.run(make())


@pytest.fixture
def backup(shelf: Backup, folder: Folder) -> Backup:
    """That backup in the test's own folder, where it may be harmed."""
    folder.path.mkdir()
    for file in (shelf.file, shelf.sheet_file):
        shutil.copy(file, folder.path)
    (found,) = folder.backups()
    return found


def pass_time(tmp_path: Path, seconds: float) -> None:
    """Let the clock of a test run so far ahead."""
    (tmp_path / "clock").write_text(str(seconds))
