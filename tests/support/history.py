"""What statements read once a record holds years of history: their readings before and after, told by PostgreSQL."""

from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest_asyncio
from typing_extensions import override

from raidbot.database.connection import DatabaseSettings, open_connection
from raidbot.database.pool import Database
from raidbot.database.transaction import Transaction, folded

MANY = 1000
"""So many rows at the least has a table that has grown; twice as many are made."""

FEW = 40
"""So many rows more than before a statement may read: there may be several ways to the same few."""

GROW = """
DO $$
DECLARE
    one record;
    columns text;
    shifted text;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR one IN
        SELECT DISTINCT c.oid, c.relname AS name
          FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid AND i.indisunique
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
         WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'schema_migration'
           AND (a.atttypid = 'int8'::regtype AND a.attname NOT IN ('guild_id', 'shard_id')
                OR c.relname = 'realmeye_page')
    LOOP
        WITH col AS (
            SELECT a.attname AS name, a.attnum AS place, a.atttypid AS type,
                   a.atttypid = 'int8'::regtype AND (a.attname = 'corrects' OR a.attname ~ '(^|_)id$')
                   AND a.attname !~ '^((guild|user|organizer|leader|popper|channel)_id|(join_)?role_id)$' AS is_number
              FROM pg_attribute a
             WHERE a.attrelid = one.oid AND a.attnum > 0 AND NOT a.attisdropped),
        same AS (
            SELECT i.indkey
              FROM pg_index i
             WHERE i.indrelid = one.oid AND i.indisunique AND i.indpred IS NULL
               AND NOT EXISTS (SELECT FROM col WHERE is_number AND place = ANY (i.indkey))),
        told AS (
            SELECT place, quote_ident(name) AS name, CASE
                WHEN is_number OR type = 'int8'::regtype AND name <> 'guild_id'
                     AND (EXISTS (SELECT FROM same WHERE place = ANY (indkey))
                          OR one.name = 'raider_name' AND name = 'user_id')
                THEN format('t.%I + n * 1000003', name)
                WHEN name ~ '^(user|organizer|leader|popper)_id$'
                THEN format('t.%I + n %% 2 * n * 1000003', name)
                WHEN name IN ('ign', 'new_ign', 'old_ign') OR one.name LIKE 'realmeye%' AND name = 'name'
                THEN format('left(t.%I, 10) || translate(n::text, ''0123456789'', ''abcdefghij'')', name)
                WHEN name IN ('subject', 'name') AND type = 'text'::regtype
                THEN format('n || ''~'' || t.%I', name)
                WHEN type = 'timestamptz'::regtype AND one.name <> 'outbox'
                THEN format('t.%I - (few.times + 1 - n) * interval ''1 day''', name)
                ELSE format('t.%I', name) END AS value
              FROM col)
        SELECT string_agg(name, ', ' ORDER BY place), string_agg(value, ', ' ORDER BY place)
          INTO columns, shifted FROM told;
        EXECUTE format(
            'INSERT INTO %1$I (%2$s) OVERRIDING SYSTEM VALUE SELECT %3$s FROM %1$I t '
            'CROSS JOIN (SELECT 2000 / greatest(count(*), 1) AS times FROM %1$I) few '
            'CROSS JOIN generate_series(1, few.times) n ON CONFLICT DO NOTHING',
            one.name, columns, shifted);
        IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = one.oid AND attname = 'id' AND attidentity <> '') THEN
            EXECUTE format(
                'SELECT setval(pg_get_serial_sequence(%1$L, ''id''), max(id)) FROM %1$I HAVING count(*) > 0', one.name);
        END IF;
    END LOOP;
END $$
"""
"""Copies of all that there is, each a day older than the one before.

Every other one is of the same members where a member can have many; the others are of members of their own.
"""

RELATIONS = """
SELECT c.oid, coalesce(i.indrelid, c.oid)::regclass::text AS name
  FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'i')
"""
"""All tables and their indexes, each with the name of the table."""

READ = """
SELECT array(SELECT pg_stat_get_xact_tuples_returned(one) FROM unnest($1::oid[]) one),
       array(SELECT pg_stat_get_xact_tuples_inserted(one) + pg_stat_get_xact_tuples_updated(one)
                    + pg_stat_get_xact_tuples_deleted(one) FROM unnest($1::oid[]) one)
"""
"""What this connection has read of each of them, rows or entries of an index, and written."""


@dataclass(frozen=True)
class Reading:
    """How much a statement read and wrote of one table."""

    read: int = 0
    written: int = 0


Readings = Mapping[str, Reading]
"""By the table; those of which nothing was read or written are left out."""


class Observed(Database):
    """A pool that notes what each statement reads."""

    def __init__(self, settings: DatabaseSettings, pool: asyncpg.Pool) -> None:
        super().__init__(settings, pool)
        self.most: defaultdict[str, dict[str, Reading]] = defaultdict(dict)
        """By the statement, how much it read of each table when it read the most of it."""
        self._relations: list[tuple[int, str]] = []

    def forget(self) -> Mapping[str, Readings]:
        """Return what was noted, and begin anew."""
        noted, self.most = self.most, defaultdict(dict)
        return noted

    @override
    @asynccontextmanager
    async def transaction(self, *, label: str = "") -> AsyncGenerator[Transaction]:
        async with super().transaction(label=label) as tx:
            if label.endswith("-retention"):  # it may read all of a table, a few times a day, to find what is too old
                yield tx
                return
            usual, before = tx._counted, await self._counts(tx)

            async def counted(call: Callable[..., Awaitable[Any]], sql: str, *values: Any) -> Any:
                nonlocal before
                found = await usual(call, sql, *values)
                after = await self._counts(tx)
                self._note(folded(sql), self._between(before, after))
                before = after
                return found

            tx._counted = counted
            yield tx

    async def _counts(self, tx: Transaction) -> Sequence[Sequence[int]]:
        if not self._relations:
            self._relations = [(one["oid"], one["name"]) for one in await tx._connection.fetch(RELATIONS)]
        return await tx._connection.fetchrow(READ, [oid for oid, _ in self._relations])

    def _between(self, before: Sequence[Sequence[int]], after: Sequence[Sequence[int]]) -> Readings:
        changed: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        for number, (_, name) in enumerate(self._relations):
            for what in (0, 1):
                if more := after[what][number] - before[what][number]:
                    changed[name][what] += more
        return {name: Reading(*counts) for name, counts in changed.items()}

    def _note(self, sql: str, readings: Readings) -> None:
        most = self.most[sql]
        for name, one in readings.items():
            if one.read > most.get(name, Reading()).read:
                most[name] = one


@pytest_asyncio.fixture
async def observed(database_url: str) -> AsyncGenerator[Observed]:
    """A pool on a database of the test's own that notes what each statement reads."""
    pool = await Observed.connect(DatabaseSettings(database_url))
    yield pool
    await pool.close()


async def grow(settings: DatabaseSettings) -> set[str]:
    """Let a record hold what it holds many times over, as if the same had gone on for years; return what has grown."""
    connection = await open_connection(settings)
    try:
        await connection.execute("VACUUM")
        async with connection.transaction():  # jobs run meanwhile, and never see the rows without their statistics
            await connection.execute(GROW)
            await connection.execute("ANALYZE")
        rows = await connection.fetch("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= $1", MANY)
        return {one["relname"] for one in rows}
    finally:
        await connection.close()


def growth(before: Mapping[str, Readings], after: Mapping[str, Readings]) -> list[str]:
    """Return which statements read more of which tables than before, unless they wrote as much."""
    found: list[str] = []
    for sql, readings in sorted(after.items()):
        for name, now in readings.items():
            usual = before.get(sql, {}).get(name, Reading()).read
            if now.read > 2 * (usual + now.written) + FEW:
                found.append(f"{now.read} of {name} instead of {usual}: {sql}")
    return found


async def what_grows(pool: Observed, tables: set[str], play: Callable[[int], Awaitable[None]]) -> list[str]:
    """Return what reads more in a record with years of history than in a new one.

    Args:
        pool: Through which all is read.
        tables: Those that must have grown, or the question was not asked of them.
        play: What members do, once in the new record and once with the history; its number says which time it is.
    """
    pool.forget()
    async with nothing_cleared(pool.settings):
        await play(1)
    before = pool.forget()
    assert tables - await grow(pool.settings) == set()
    pool.forget()  # what jobs read meanwhile
    async with nothing_cleared(pool.settings):
        await play(2)
    return growth(before, pool.forget())


@asynccontextmanager
async def nothing_cleared(settings: DatabaseSettings) -> AsyncGenerator[None]:
    """Keep a snapshot open, so that entries of rows that were replaced stay in the indexes and are read again.

    PostgreSQL drops them once no snapshot can see them, sooner on one machine than on another. Two times of the same
    can be compared if both have to read all of them.
    """
    connection = await open_connection(settings)
    try:
        async with connection.transaction(isolation="repeatable_read"):
            await connection.execute("SELECT FROM schema_migration")  # the first statement takes the snapshot
            yield
    finally:
        await connection.close()
