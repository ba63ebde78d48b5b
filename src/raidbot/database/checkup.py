"""What the operator is told about PostgreSQL: version, schema, settings, connections, indexes, slow statements."""

from collections.abc import Iterator, Mapping
from typing import Any

import asyncpg

from raidbot.core.checkup import Finding, Level
from raidbot.database import connections, migrate
from raidbot.database.connection import DatabaseSettings, open_connection
from raidbot.database.faults import DatabaseAway, DatabaseBusy

OLDEST = 15
SLOW_MS = 100
"""The guide's threshold."""
SLOWEST = 5
SHOWN = 100
"""Characters of a statement."""
PAGE = "docs/operate/database.md"

MUST = {"synchronous_commit": "on", "fsync": "on", "full_page_writes": "on"}
"""Without them a power cut takes what members were told is theirs."""
AT_LEAST = {"shared_buffers": 128 << 20, "work_mem": 4 << 20, "max_wal_size": 1 << 30}
"""In bytes. The values for a machine of 4 GB stand on the operator's page."""

SETTINGS = """
SELECT name, setting, unit, current_setting(name) AS shown FROM pg_settings WHERE name = ANY ($1::text[])
"""
UNITS = {"8kB": 8192, "kB": 1024, "MB": 1 << 20}

# Measured by PostgreSQL's own clock, since the times it is compared with are PostgreSQL's own.
CONNECTIONS = """
SELECT (SELECT sum(numbackends) FROM pg_stat_database) AS taken,
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS most,
       (SELECT count(*) FROM pg_stat_activity
         WHERE datname = current_database() AND state = 'active' AND now() - query_start > interval '5 s'
           AND pid <> pg_backend_pid()) AS long
"""

UNUSED = """
SELECT i.relname AS tab, i.indexrelname AS name
  FROM pg_stat_user_indexes i JOIN pg_stat_user_tables t USING (relid)
 WHERE i.indexrelname LIKE 'idx\\_%' AND i.idx_scan = 0 AND t.n_live_tup > 10000
   AND (SELECT coalesce(stats_reset, now() - interval '30 days') FROM pg_stat_database
         WHERE datname = current_database()) < now() - interval '7 days'
 ORDER BY 1, 2
"""

SLOW = """
SELECT round(mean_exec_time) AS ms, calls, query FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
 WHERE d.datname = current_database() AND mean_exec_time > $1 AND calls > 1
 ORDER BY total_exec_time DESC LIMIT $2
"""


async def examine(settings: DatabaseSettings) -> list[Finding]:
    """Look a database over; what cannot be looked at is a finding too."""
    try:
        connection = await open_connection(settings)
    except (DatabaseAway, DatabaseBusy) as away:
        return [Finding(Level.PROBLEM, str(away), f"Is it running? {PAGE}")]
    try:
        found = [*_version(connection), *await _settings(connection, settings.pool_size), *await _use(connection)]
    finally:
        await connection.close()
    return [*found, *await _schema(settings)]  # on a connection of its own: there is room for one at a time


def _version(connection: asyncpg.Connection) -> Iterator[Finding]:
    major = connection.get_server_version().major
    if major < OLDEST:
        yield Finding(Level.PROBLEM, f"This is PostgreSQL {major}; {OLDEST} is the oldest that works.", PAGE)
    else:
        yield Finding(Level.OK, f"PostgreSQL {major} answers.")


async def _schema(settings: DatabaseSettings) -> list[Finding]:
    try:
        faults = await migrate.verify(settings.url, ssl_reject_unauthorized=settings.ssl_reject_unauthorized)
    except migrate.MigrationFault as fault:
        faults = [str(fault)]
    newer = [one for one in faults if "newer release" in one]
    told = [Finding(Level.PROBLEM, one, "raidbot migrate") for one in faults if one not in newer]
    told += [Finding(Level.HINT, one, "Nothing, after a rollback; else start the newer release") for one in newer]
    return told or [Finding(Level.OK, "The schema is that of this release, and every index is finished.")]


async def _settings(connection: asyncpg.Connection, pool_size: int) -> list[Finding]:
    least = AT_LEAST | {"max_connections": connections.needed(pool_size)}
    rows = await connection.fetch(SETTINGS, [*MUST, *least])
    found = [finding for row in rows if (finding := _setting(row, least))]
    return found or [Finding(Level.OK, "Its settings are at least those of the guide's small machine.")]


def _setting(row: Any, least: Mapping[str, int]) -> Finding | None:
    name, shown = row["name"], row["shown"]
    if name in MUST:
        if shown == MUST[name]:
            return None
        return Finding(Level.PROBLEM, f"{name} is {shown}: what was confirmed can be lost.", f"Set it to {MUST[name]}")
    value = int(row["setting"]) * UNITS.get(row["unit"] or "", 1)
    if value >= least[name]:
        return None
    if name == "max_connections":
        told = f"max_connections is {shown}, and a backend with its update, backups and doctor may need {least[name]}."
        return Finding(Level.HINT, told, f"Raise it, or lower DATABASE_POOL_SIZE; {PAGE}")
    return Finding(Level.HINT, f"{name} is only {shown}.", "deploy/postgresql.conf has what fits 4 GB")


async def _use(connection: asyncpg.Connection) -> list[Finding]:
    row = await connection.fetchrow(CONNECTIONS)
    if row is None:
        return []
    found = list(_connections(row["taken"], row["most"], row["long"]))
    found += [
        Finding(Level.HINT, f"{one['name']} of {one['tab']} was not used for a week.", "Open an issue: it costs writes")
        for one in await connection.fetch(UNUSED)
    ]
    return [*found, *await _slow(connection)]


async def _slow(connection: asyncpg.Connection) -> list[Finding]:
    """Return the statements that take long; an ordinary user sees those of its own, which are the backend's."""
    try:
        slow = await connection.fetch(SLOW, float(SLOW_MS), SLOWEST)
    except asyncpg.UndefinedTableError:
        return [_untold("not in this database", "As PostgreSQL's administrator: CREATE EXTENSION pg_stat_statements;")]
    except asyncpg.ObjectNotInPrerequisiteStateError:
        return [_untold("not loaded", "deploy/postgresql.conf, then a restart of PostgreSQL.")]
    except asyncpg.InsufficientPrivilegeError:
        return [
            _untold("not shown to us", "As PostgreSQL's administrator: GRANT SELECT ON pg_stat_statements TO PUBLIC;")
        ]
    return [_told(one["ms"], one["calls"], " ".join(one["query"].split())[:SHOWN]) for one in slow]


def _untold(why: str, fix: str) -> Finding:
    return Finding(Level.HINT, f"pg_stat_statements is {why}, so nobody knows what is slow.", f"{fix} {PAGE}")


def _told(ms: int, calls: int, text: str) -> Finding:
    return Finding(Level.HINT, f"Slow: {ms} ms on average, {calls} times: {text}", PAGE)


def _connections(taken: int, most: int, long: int) -> Iterator[Finding]:
    told = f"{taken} of {most} connections are taken."
    if taken >= most - 2:
        yield Finding(Level.PROBLEM, told, "Raise max_connections, or stop a client")
    else:
        yield Finding(Level.OK, told)
    if long:
        yield Finding(Level.HINT, f"{long} statements have been running for over 5 s.", f"{PAGE}: who works on what")
