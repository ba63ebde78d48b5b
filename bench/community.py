"""A made-up community in the real tables: its members, past runs with what they were paid, and the runs that go on.

Everything is computed from numbers, so two machines seed the same rows; only the times count back from now.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from raidbot.core.clock import Clock
from raidbot.core.ids import GuildId, RoleId, RunId, UserId
from raidbot.core.ranks import RoleKey
from raidbot.database.connection import DatabaseSettings, open_connection
from raidbot.dungeons import catalogue

GUILD = GuildId(700_000_000_000_000_000)
FIRST_MEMBER, BETWEEN_MEMBERS = 500_000_000_000_000_000, 1_000_000
ROLES = {
    RoleKey.ORGANIZER: RoleId(31),
    RoleKey.VERIFIED_RAIDER: RoleId(32),
    RoleKey.SUSPENDED: RoleId(33),
}
LIVE_DUNGEON = "lost_halls"
"""Of the runs that go on: a dungeon with three keys, which is opened key by key."""

HISTORY = ("run", "run_leader", "run_join", "run_entry", "run_pop", "run_snapshot", "key_use", "award", "posting")
PEOPLE = ("member", "raider", "raider_name")


@dataclass(frozen=True)
class Size:
    """How large a community is."""

    members: int = 36_000
    organizers: int = 300
    past_runs: int = 20_000
    participants: int = 30
    """Who joined a past run, its organizer included."""
    counted: int = 8
    """Who of them was in when the window of the run's key closed. They are paid, as are leading and the key."""
    live_runs: int = 30
    raiders: int = 60
    """Who is in a run that goes on, its organizer included."""

    @property
    def participations(self) -> int:
        """How often members were in past runs."""
        return self.past_runs * self.participants

    @property
    def awards(self) -> int:
        """How many entries the ledger has."""
        return self.past_runs * (self.counted + 2)


@dataclass(frozen=True)
class LiveRun:
    """A run that goes on."""

    run_id: RunId
    organizer_id: UserId


def member(number: int) -> UserId:
    """Return the member with a number, counted from 0; the first ones are organizers."""
    return UserId(FIRST_MEMBER + number * BETWEEN_MEMBERS)


PREPARE = """
CREATE FUNCTION pg_temp.member(number bigint) RETURNS bigint LANGUAGE sql IMMUTABLE
    RETURN 500000000000000000 + number * 1000000;
-- Spreads participations over all who are no organizers; 1201 is prime, so nobody is in a run twice.
CREATE FUNCTION pg_temp.participant(run bigint, place bigint, organizers bigint, members bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE
    RETURN 500000000000000000 + 1000000 * (organizers + (run * 31 + place * 1201) % (members - organizers));
CREATE TEMP TABLE size (
    guild_id bigint, now timestamptz, members bigint, organizers bigint, past_runs bigint, participants bigint,
    counted bigint);
CREATE TEMP TABLE dungeon (
    number bigint PRIMARY KEY, key text, pop_key text, raider numeric, organizer numeric, key_pop numeric);
"""

PAST = """
CREATE TEMP TABLE past AS
SELECT r AS id, pg_temp.member(r % s.organizers) AS leader_id, d.key AS dungeon, d.pop_key,
       d.raider, d.organizer, d.key_pop, s.now - (s.past_runs - r + 3) * interval '26 minutes' AS opened_at
  FROM size s
 CROSS JOIN generate_series(1, s.past_runs) r
  JOIN dungeon d ON d.number = r % (SELECT count(*) FROM dungeon);
CREATE TEMP TABLE part AS
SELECT p.id, place, p.opened_at + CASE WHEN place < s.counted THEN interval '1 minute' ELSE interval '6 minutes' END
           AS joined_at,
       CASE place WHEN 0 THEN p.leader_id
                  ELSE pg_temp.participant(p.id, place, s.organizers, s.members) END AS user_id
  FROM size s CROSS JOIN past p CROSS JOIN generate_series(0, s.participants - 1) place;
ANALYZE past;
ANALYZE part
"""
"""The past as the tables below tell it: opened, joined by some, one key popped, joined by the others, ended."""

FILL = """
INSERT INTO member (guild_id, user_id, role_ids, administrator, present)
SELECT s.guild_id, pg_temp.member(n), CASE WHEN n < s.organizers THEN '{31,32}'::bigint[] ELSE '{32}' END, false, true
  FROM size s CROSS JOIN generate_series(0, s.members - 1) n;

INSERT INTO raider (guild_id, user_id, ign, status)
SELECT s.guild_id, pg_temp.member(n), 'Raider' || translate(n::text, '0123456789', 'abcdefghij'), 'verified'
  FROM size s CROSS JOIN generate_series(0, s.members - 1) n;

INSERT INTO raider_name (guild_id, user_id, ign, is_main) SELECT guild_id, user_id, ign, true FROM raider;

INSERT INTO run (id, guild_id, organizer_id, leader_id, dungeon, status, opened_at, started_at, closed_at, auto_end_at,
                 version, urgent_version, opening_interaction, stage, endings)
OVERRIDING SYSTEM VALUE
SELECT p.id, s.guild_id, leader_id, leader_id, dungeon, 'ended', opened_at, opened_at + interval '2 minutes',
       opened_at + interval '25 minutes', opened_at + interval '2 hours', s.participants + 5, s.participants + 5,
       p.id, 'raiders', 1
  FROM size s CROSS JOIN past p;

INSERT INTO run_leader (run_id, user_id, role, since) SELECT id, leader_id, 'leader', opened_at FROM past;

INSERT INTO run_join (run_id, user_id, state, changed_at)
SELECT id, user_id, 'join', CASE place WHEN 0 THEN joined_at - interval '1 minute' ELSE joined_at END FROM part;

INSERT INTO run_pop (id, run_id, guild_id, number, dungeon, key, popper_id, leader_id, popped_at, popped_by,
                     window_ends_at, closed_at)
OVERRIDING SYSTEM VALUE
SELECT p.id, p.id, s.guild_id, 1, dungeon, pop_key, pg_temp.participant(p.id, 1, s.organizers, s.members), leader_id,
       opened_at + interval '4 minutes', leader_id, opened_at + interval '265 seconds',
       opened_at + interval '265 seconds'
  FROM size s CROSS JOIN past p;

INSERT INTO run_snapshot (pop_id, user_id, added_at)
SELECT t.id, user_id, p.opened_at + interval '265 seconds'
  FROM size s CROSS JOIN part t JOIN past p ON p.id = t.id WHERE place < s.counted;

INSERT INTO key_use (id, guild_id, run_id, pop_id, dungeon, key, user_id, state, used_at, logged_at, logged_by)
OVERRIDING SYSTEM VALUE
SELECT p.id, s.guild_id, p.id, p.id, dungeon, pop_key, pg_temp.participant(p.id, 1, s.organizers, s.members),
       'logged', opened_at + interval '4 minutes', opened_at + interval '25 minutes', leader_id
  FROM size s CROSS JOIN past p;

INSERT INTO run_entry (run_id, user_id, kind, detail, happened_at)
SELECT id, user_id, kind, detail, happened_at
  FROM (SELECT id, leader_id AS user_id, kind, detail::jsonb AS detail, opened_at + after AS happened_at
          FROM past
         CROSS JOIN (VALUES ('opened', '{}', interval '0'), ('started', '{}', interval '2 minutes'),
                            ('popped', '{"number": 1}', interval '4 minutes'),
                            ('window_closed', '{"number": 1}', interval '265 seconds'),
                            ('ended', '{}', interval '25 minutes')) AS told (kind, detail, after)
         UNION ALL
        SELECT id, user_id, 'joined', '{}'::jsonb, joined_at FROM part WHERE place > 0) told
 ORDER BY id, happened_at;

INSERT INTO award (guild_id, user_id, kind, dungeon, quantity, points, run_id, pop_id, subject, happened_at,
                   written_at, written_by)
SELECT s.guild_id, user_id, kind, dungeon, 1, points, id, id, subject, popped_at, popped_at + after, by
  FROM size s
 CROSS JOIN (
       SELECT t.id, t.user_id, 'completion' AS kind, p.dungeon, p.raider AS points,
              'pop:' || t.id || ':' || t.user_id AS subject, p.opened_at + interval '4 minutes' AS popped_at,
              interval '25 seconds' AS after, 0 AS by
         FROM size s CROSS JOIN part t JOIN past p ON p.id = t.id WHERE t.place < s.counted
        UNION ALL
       SELECT id, leader_id, 'lead', dungeon, organizer, 'lead:' || id, opened_at + interval '4 minutes',
              interval '25 seconds', 0 FROM past
        UNION ALL
       SELECT p.id, pg_temp.participant(p.id, 1, s.organizers, s.members), 'key', dungeon, key_pop, 'key:' || p.id,
              opened_at + interval '4 minutes', interval '21 minutes', leader_id
         FROM size s CROSS JOIN past p) paid
 ORDER BY id;

INSERT INTO posting (guild_id, kind, subject_id, channel_id, message_id, drawn_version, final, attempted_at, posted_at)
SELECT s.guild_id, 'run', p.id, 41, p.id, s.participants + 5, true, opened_at, opened_at
  FROM size s CROSS JOIN past p;

SELECT setval(pg_get_serial_sequence(name, 'id'), greatest(1, (SELECT past_runs FROM size)))
  FROM unnest('{run,run_pop,key_use}'::text[]) name;

DROP TABLE past, part
"""

INDEXES = """
SELECT format('ALTER TABLE %I DROP CONSTRAINT %I', c.conrelid::regclass, c.conname),
       format('ALTER TABLE %I ADD CONSTRAINT %I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid))
  FROM pg_constraint c
 WHERE c.conrelid = ANY ($1::text[]::regclass[]) AND c.contype = 'p'
   AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.confrelid = c.conrelid)
 UNION ALL
SELECT format('DROP INDEX %I', i.indexname), i.indexdef
  FROM pg_indexes i
 WHERE i.schemaname = 'public' AND i.tablename = ANY ($1)
   AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = format('%I', i.indexname)::regclass)
"""
"""What is built faster at once, from rows that are there, than row by row: how to drop it, and how to make it anew."""

GO_LIVE = """
WITH opened AS (
    INSERT INTO run (guild_id, organizer_id, leader_id, dungeon, status, party, location, opened_at, started_at,
                     auto_end_at, version, urgent_version, opening_interaction, stage, placed)
    SELECT s.guild_id, pg_temp.member(n), pg_temp.member(n), $4, 'live', 'Party', 'USWest',
           s.now - interval '20 minutes', s.now - interval '10 minutes', s.now + interval '100 minutes', $3 + 1, 2,
           900000000000000000 + n, 'raiders', 1
      FROM size s CROSS JOIN generate_series($1::bigint, $1 + $2 - 1) n
    RETURNING id, guild_id, organizer_id, opening_interaction - 900000000000000000 AS n),
owned AS (
    INSERT INTO organizer_activity (guild_id, organizer_id, kind, subject_id)
    SELECT guild_id, organizer_id, 'run', id FROM opened),
led AS (
    INSERT INTO run_leader (run_id, user_id, role, since)
    SELECT o.id, o.organizer_id, 'leader', s.now - interval '20 minutes' FROM opened o CROSS JOIN size s),
raiders AS (
    SELECT o.id, place, s.now - interval '15 minutes' AS at,
           CASE place WHEN 0 THEN o.organizer_id
                      ELSE pg_temp.participant(o.n, place, s.organizers, s.members) END AS user_id
      FROM opened o CROSS JOIN size s CROSS JOIN generate_series(0, $3::bigint - 1) place),
joined AS (
    INSERT INTO run_join (run_id, user_id, state, changed_at) SELECT id, user_id, 'join', at FROM raiders),
brought AS (
    INSERT INTO run_bring (run_id, user_id, want, brought_at)
    SELECT id, user_id, ('{curse,knight,warrior,priest}'::text[])[1 + place % 4], at FROM raiders
     WHERE place BETWEEN 10 AND 29),
offered AS (
    INSERT INTO run_offer (run_id, guild_id, user_id, key, state, place, offered_at)
    SELECT r.id, s.guild_id, r.user_id, 'cult_key', 'offered', place, at FROM raiders r CROSS JOIN size s
     WHERE place BETWEEN 1 AND 5),
noted AS (
    INSERT INTO run_entry (run_id, user_id, kind, happened_at)
    SELECT id, user_id, CASE place WHEN 0 THEN 'opened' ELSE 'joined' END, at FROM raiders
     UNION ALL
    SELECT o.id, o.organizer_id, 'started', s.now - interval '10 minutes' FROM opened o CROSS JOIN size s),
posted AS (
    INSERT INTO posting (guild_id, kind, subject_id, channel_id, message_id, drawn_version, attempted_at, posted_at)
    SELECT s.guild_id, 'run', o.id, 41, o.id, 1, s.now, s.now FROM opened o CROSS JOIN size s)
SELECT id, organizer_id FROM opened ORDER BY n
"""
"""Runs of the organizers from number $1 on, $2 of them, with $3 raiders each, of the dungeon $4."""

CLEAR = """
WITH gone AS (
    UPDATE run SET status = 'cancelled', closed_at = (SELECT now FROM size) WHERE id = ANY ($1::bigint[])
       AND status IN ('open', 'live'))
DELETE FROM organizer_activity WHERE kind = 'run' AND subject_id = ANY ($1)
"""


class Community:
    """A community that stands in a database.

    Args:
        connection: Where it was seeded.
        size: How large it is.
    """

    def __init__(self, connection: asyncpg.Connection, size: Size) -> None:
        self._connection = connection
        self.size = size
        self.live: list[LiveRun] = []
        """The runs that go on, of the first organizers."""

    async def go_live(self, first: int, count: int) -> list[LiveRun]:
        """Let organizers, from this number on, lead a live run each; return those runs."""
        rows = await self._connection.fetch(GO_LIVE, first, count, self.size.raiders, LIVE_DUNGEON)
        return [LiveRun(RunId(row["id"]), UserId(row["organizer_id"])) for row in rows]

    async def clear(self, runs: Sequence[LiveRun]) -> None:
        """Let these runs be over, so that they stand in nobody's way."""
        await self._connection.execute(CLEAR, [one.run_id for one in runs])

    async def raiders(self) -> dict[RunId, list[UserId]]:
        """Return who is in which of the runs that go on."""
        rows = await self._connection.fetch(
            "SELECT run_id, array_agg(user_id ORDER BY user_id) AS ids FROM run_join"
            " WHERE run_id = ANY ($1::bigint[]) GROUP BY run_id",
            [one.run_id for one in self.live],
        )
        return {RunId(row["run_id"]): [UserId(one) for one in row["ids"]] for row in rows}

    async def ask(self, question: str, *values: Any) -> Any:
        """Return the first column of the first row."""
        return await self._connection.fetchval(question, *values)


@asynccontextmanager
async def seeded(url: str, size: Size) -> AsyncGenerator[Community]:
    """Fill a database that has the schema and no row."""
    connection = await open_connection(DatabaseSettings(url, statement_timeout_s=600))
    try:
        await _fill(connection, size, Clock().now())
        await connection.execute("VACUUM (ANALYZE)")
        await connection.execute("CHECKPOINT")  # what was seeded is written now, and not while something is measured
        made = Community(connection, size)
        made.live = await made.go_live(0, size.live_runs)
        yield made
    finally:
        await connection.close()


async def _fill(connection: asyncpg.Connection, size: Size, now: datetime) -> None:
    await connection.execute(PREPARE)
    await connection.execute(
        "INSERT INTO size VALUES ($1, $2, $3, $4, $5, $6, $7)",
        *(int(GUILD), now, size.members, size.organizers, size.past_runs, size.participants, size.counted),
    )
    popped = [one for one in catalogue.all_dungeons() if one.pops]
    await connection.executemany(
        "INSERT INTO dungeon VALUES ($1, $2, $3, $4, $5, $6)",
        [
            (number, one.key, one.keys[0].key, one.points.raider, one.points.organizer, one.points.key_pop)
            for number, one in enumerate(popped)
        ],
    )
    await connection.executemany(
        "INSERT INTO guild_role (guild_id, key, role_id) VALUES ($1, $2, $3)",
        [(int(GUILD), key, int(role)) for key, role in ROLES.items()],
    )
    async with connection.transaction():
        # Foreign keys and the names' trigger cost a look-up a row; the rows are made so that they hold.
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("SET LOCAL maintenance_work_mem = '256MB'")
        indexes = await connection.fetch(INDEXES, [*HISTORY, *PEOPLE])
        for drop, _ in indexes:
            await connection.execute(drop)
        await connection.execute(PAST)
        await connection.execute(FILL)
        for _, create in indexes:
            await connection.execute(create)
