import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from raidbot.database.embedded import EmbeddedServer
from raidbot.database.migrate import MIGRATIONS, load_migrations
from raidbot.database.schema import schema_sql, write_schema

WRITTEN = (Path(__file__).parents[2] / "docs" / "reference" / "schema.sql").read_text()
SQUAWK = Path(sys.executable).with_name("squawk")
SET_BY_THE_MIGRATOR = "require-lock-timeout,require-statement-timeout"

wheels_server = pytest.mark.skipif(
    bool(os.environ.get("TEST_POSTGRES_PROGRAMS")), reason="dumps differ between versions of PostgreSQL"
)


@wheels_server
async def test_the_reference_shows_the_schema_that_the_migrations_make(postgres: EmbeddedServer) -> None:
    made = await schema_sql(postgres.url, postgres.programs)

    assert made == WRITTEN, "docs/reference/schema.sql is out of date: run just docs"


@wheels_server
def test_the_schema_is_written_without_what_differs_each_time(postgres: EmbeddedServer, tmp_path: Path) -> None:
    asyncio.run(write_schema(postgres.url, postgres.programs, tmp_path / "first.sql"))
    asyncio.run(write_schema(postgres.url, postgres.programs, tmp_path / "second.sql"))

    first = (tmp_path / "first.sql").read_text()
    second = (tmp_path / "second.sql").read_text()
    assert first == second
    assert "CREATE TABLE schema_migration (\n    number integer NOT NULL,\n" in first
    assert "restrict" not in first.replace("RESTRICT", "")


@pytest.mark.parametrize("name", [one.name for one in load_migrations()])
def test_a_migration_holds_no_statement_that_locks_out_members(name: str) -> None:
    file = MIGRATIONS / f"{name}.sql"
    (one,) = (one for one in load_migrations() if one.name == name)
    inside = ["--assume-in-transaction"] if one.in_transaction else []

    told = subprocess.run(  # noqa: S603 - our own linter
        [SQUAWK, "--pg-version=15.0", f"--exclude={SET_BY_THE_MIGRATOR}", *inside, file],
        check=False,
        capture_output=True,
        text=True,
    )

    assert told.returncode == 0, told.stdout
