"""Imports and their lines, in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

import msgspec

from raidbot.core.ids import GuildId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.name_import.model import Import, ImportId, ImportState, Line, Said

IMPORT: LiteralString = """
    SELECT i.id, i.begun_by, i.state,
           (SELECT coalesce(jsonb_object_agg(c.state, c.lines), '{}')
              FROM (SELECT l.state, count(*) AS lines FROM name_import_line l
                     WHERE l.import_id = i.id GROUP BY l.state) c) AS counts,
           (SELECT count(*) FROM chore c WHERE c.guild_id = i.guild_id AND c.state = 'open' AND c.bulk) AS to_show,
           (SELECT count(*) FROM chore c WHERE c.guild_id = i.guild_id AND c.state = 'parked' AND c.bulk) AS not_allowed
      FROM name_import i
"""


async def begin(tx: Transaction, guild_id: GuildId, by: UserId, now: datetime) -> ImportId | None:
    """Begin an import after dropping one that nobody started; None if one goes on."""
    await tx.run("UPDATE name_import SET state = 'dropped' WHERE guild_id = $1 AND state = 'asked'", guild_id)
    number = await tx.value(
        int,
        """
        INSERT INTO name_import (guild_id, begun_by, begun_at, state) VALUES ($1, $2, $3, 'asked')
            ON CONFLICT DO NOTHING RETURNING id
        """,
        guild_id,
        by,
        now,
    )
    return None if number is None else ImportId(number)


async def hold(tx: Transaction, guild_id: GuildId, import_id: ImportId) -> Import | None:
    """Return an import with its row held, or None."""
    return await tx.maybe(Import, IMPORT + "WHERE i.guild_id = $1 AND i.id = $2 FOR UPDATE", guild_id, import_id)


async def latest(tx: Transaction, guild_id: GuildId) -> Import | None:
    """Return the latest import of a guild, or None."""
    return await tx.maybe(Import, IMPORT + "WHERE i.guild_id = $1 ORDER BY i.id DESC LIMIT 1", guild_id)


async def move(tx: Transaction, import_id: ImportId, to: ImportState) -> None:
    """Write down how far an import is."""
    await tx.run("UPDATE name_import SET state = $2 WHERE id = $1", import_id, to)


async def add_lines(tx: Transaction, import_id: ImportId, said: list[Said], igns: list[str | None]) -> None:
    """Add what is said about members; what was said last of one counts."""
    await tx.run(
        """
        INSERT INTO name_import_line (import_id, user_id, text, ign, state, why)
        SELECT DISTINCT ON (s.user_id) $1::bigint, s.user_id, s.text, s.ign,
               CASE WHEN s.ign IS NULL THEN 'unreadable' ELSE 'new' END,
               CASE WHEN s.ign IS NULL THEN 'says no IGN' END
          FROM unnest($2::bigint[], $3::text[], $4::text[]) WITH ORDINALITY AS s (user_id, text, ign, place)
         ORDER BY s.user_id, s.place DESC
            ON CONFLICT (import_id, user_id) DO UPDATE
           SET text = excluded.text, ign = excluded.ign, state = excluded.state, why = excluded.why
        """,
        import_id,
        [one.user_id for one in said],
        [one.text for one in said],
        igns,
    )


async def judge(tx: Transaction, guild_id: GuildId, import_id: ImportId) -> None:
    """Tell what is known already and what cannot be taken over, because somebody else has or claims the name.

    PostgreSQL counts the lines first: it would think that there are few, and compare each with each.
    """
    await tx.run("ANALYZE name_import_line")
    await tx.run(
        """
        WITH claims AS (
            SELECT lower(ign) AS name, count(*) AS members FROM name_import_line
             WHERE import_id = $2 AND ign IS NOT NULL GROUP BY lower(ign)),
        judged AS (
            SELECT l.user_id,
                   CASE WHEN own.user_id IS NOT NULL AND own.status = 'verified'
                             AND lower(own.ign) = lower(l.ign) THEN 'known'
                        WHEN own.user_id IS NOT NULL OR owner.user_id <> l.user_id OR c.members > 1
                        THEN 'conflict' ELSE 'new' END AS state,
                   CASE WHEN owner.user_id <> l.user_id THEN 'belongs to ' || owner.user_id
                        WHEN c.members > 1 THEN 'claimed by several members'
                        WHEN own.user_id IS NOT NULL THEN 'is on record as ' || own.ign END AS why
              FROM name_import_line l
              JOIN claims c ON c.name = lower(l.ign)
              LEFT JOIN raider own ON own.guild_id = $1 AND own.user_id = l.user_id
              LEFT JOIN raider_name owner ON owner.guild_id = $1 AND lower(owner.ign) = lower(l.ign)
             WHERE l.import_id = $2 AND l.state IN ('new', 'known', 'conflict'))
        UPDATE name_import_line l SET state = j.state, why = CASE j.state WHEN 'conflict' THEN j.why END
          FROM judged j
         WHERE l.import_id = $2 AND l.user_id = j.user_id AND l.state <> j.state
        """,
        guild_id,
        import_id,
    )


class Due(msgspec.Struct, frozen=True):
    """A line to be taken over."""

    import_id: ImportId
    guild_id: GuildId
    begun_by: UserId
    user_id: UserId
    ign: str


async def due(tx: Transaction, limit: int) -> list[Due]:
    """Return the next lines of an import that runs, with its row held, so that a stop comes between batches."""
    return await tx.many(
        Due,
        """
        WITH running AS (
            SELECT id, guild_id, begun_by FROM name_import i
             WHERE state = 'running'
               AND EXISTS (SELECT FROM name_import_line l WHERE l.import_id = i.id AND l.state = 'new')
             ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
        SELECT r.id AS import_id, r.guild_id, r.begun_by, l.user_id, l.ign
          FROM running r JOIN name_import_line l ON l.import_id = r.id AND l.state = 'new'
         ORDER BY l.user_id LIMIT $1
        """,
        limit,
    )


async def settle(tx: Transaction, import_id: ImportId, came: Sequence[tuple[UserId, str | None]]) -> None:
    """Write down what came of lines: why not, or nothing where it was done."""
    await tx.run(
        """
        UPDATE name_import_line l SET state = CASE WHEN c.why IS NULL THEN 'done' ELSE 'conflict' END, why = c.why
          FROM unnest($2::bigint[], $3::text[]) AS c (user_id, why)
         WHERE l.import_id = $1 AND l.user_id = c.user_id
        """,
        import_id,
        [user_id for user_id, _ in came],
        [why for _, why in came],
    )


async def finish(tx: Transaction) -> int:
    """Write down that imports are done which have no line left, and of which Discord shows all."""
    return await tx.run(
        """
        UPDATE name_import i SET state = 'done'
         WHERE state = 'running'
           AND NOT EXISTS (SELECT FROM name_import_line l WHERE l.import_id = i.id AND l.state = 'new')
           AND NOT EXISTS (SELECT FROM chore c WHERE c.guild_id = i.guild_id AND c.state = 'open' AND c.bulk)
        """
    )


async def left_out(tx: Transaction, import_id: ImportId) -> list[Line]:
    """Return the lines that are not taken over."""
    return await tx.many(
        Line,
        """
        SELECT user_id, text, ign, state, why FROM name_import_line
         WHERE import_id = $1 AND state IN ('conflict', 'unreadable') ORDER BY state, lower(ign), user_id LIMIT 2000
        """,
        import_id,
    )


async def next_running(tx: Transaction) -> datetime | None:
    """Return when the import began that has lines and runs the longest: it is due at once. None: there is none."""
    return await tx.value(
        datetime,
        """
        SELECT min(begun_at) FROM name_import i
         WHERE state = 'running'
           AND EXISTS (SELECT FROM name_import_line l WHERE l.import_id = i.id AND l.state = 'new')
        """,
    )
