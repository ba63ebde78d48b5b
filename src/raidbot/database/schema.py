"""The schema as one readable file, `docs/reference/schema.sql`, made from what the migrations make."""

import asyncio
import re
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from raidbot.database.binaries import EmbeddedFault, Programs, account
from raidbot.database.connection import DatabaseSettings, open_connection
from raidbot.database.migrate import MIGRATIONS, migrate

HEAD = "-- Written by `just docs` from what src/raidbot/database/migrations/ makes. Do not edit.\n\n"

NOISE = re.compile(r"^(--.*|SET .*;|SELECT pg_catalog\.set_config.*;|\\(un)?restrict .*)\n", re.MULTILINE)
"""What pg_dump writes besides the schema: comments, session settings, a random word that guards psql."""


async def schema_sql(url: str, programs: Path, folder: Path = MIGRATIONS) -> str:
    """Return the schema that the migrations make, in a database that is made for it and dropped.

    Args:
        url: A database of a server where we may create databases.
        programs: The folder with `pg_dump`, of the server's version or a newer one.
        folder: The migrations.

    Raises:
        MigrationFault: a migration is wrong.
        EmbeddedFault: pg_dump failed.
    """
    name = f"schema_{secrets.token_hex(6)}"
    scratch = urlsplit(url)._replace(path=f"/{name}").geturl()
    await _administer(url, f"CREATE DATABASE {name} TEMPLATE template0")
    try:
        await migrate(scratch, folder)
        return HEAD + await asyncio.to_thread(dump, scratch, programs)
    finally:
        await _administer(url, f"DROP DATABASE {name} WITH (FORCE)")


async def write_schema(url: str, programs: Path, file: Path) -> None:
    """Write the schema into `file`. Arguments and errors as of `schema_sql`."""
    text = await schema_sql(url, programs)
    await asyncio.to_thread(file.write_text, text)


def dump(url: str, programs: Path) -> str:
    """Return the schema of a database without what differs from one dump to the next.

    Raises:
        EmbeddedFault: pg_dump failed.
    """
    parts = urlsplit(url)
    place = (f"--host={parts.hostname}", f"--port={parts.port}", f"--username={parts.username}")
    what = ("--schema-only", "--no-owner", "--no-privileges", f"--dbname={parts.path.strip('/')}")
    told = Programs(programs, account()).run("pg_dump", *place, *what, password=parts.password or "")
    if told.returncode != 0:
        raise EmbeddedFault(f"pg_dump failed: {told.stderr}")
    lines = NOISE.sub("", told.stdout).replace("public.", "")
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"


async def _administer(url: str, statement: str) -> None:
    connection = await open_connection(DatabaseSettings(url))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
