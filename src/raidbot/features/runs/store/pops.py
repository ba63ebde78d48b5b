"""Pops, their windows and who was in, in PostgreSQL."""

from datetime import datetime
from typing import LiteralString

import msgspec

from raidbot.core.ids import GuildId, RoleId, RunId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.keys.model import KeyNamed
from raidbot.features.points.model import Hand
from raidbot.features.runs.model.pops import Pop, PopId, PopPaid

CLOSING: LiteralString = """
    WITH closing AS (
        SELECT p.id, p.number, p.window_ends_at, $3::timestamptz >= p.window_ends_at AS late,
               least(p.window_ends_at, $3) AS closes_at
          FROM run_pop p
         WHERE p.run_id = $2 AND p.undone_at IS NULL AND p.closed_at IS NULL AND p.number > 0
           AND (NOT $5::boolean OR p.window_ends_at <= $3)),
    closed AS (
        UPDATE run_pop p SET closed_at = c.closes_at FROM closing c WHERE p.id = c.id
        RETURNING p.id, p.number, p.dungeon, p.outcome, p.leader_id, p.popped_at, p.closed_at),
    whole AS (
        INSERT INTO run_pop (run_id, guild_id, number, dungeon, leader_id, popped_at, popped_by, window_ends_at,
                             closed_at)
        SELECT r.id, r.guild_id, 0, r.dungeon, coalesce(r.leader_id, r.organizer_id), $3, $4::bigint, $3, $3
          FROM run r
         WHERE r.id = $2 AND r.guild_id = $1::bigint AND $6::boolean
           AND NOT EXISTS (SELECT FROM run_pop p WHERE p.run_id = $2 AND p.undone_at IS NULL)
        RETURNING id, number, dungeon, outcome, leader_id, popped_at, closed_at),
    done AS (SELECT * FROM closed UNION ALL SELECT * FROM whole),
    inside AS (
        SELECT d.id AS pop_id, j.user_id, j.class, d.closed_at
          FROM done d
          LEFT JOIN closing c ON c.id = d.id
          JOIN run_join j ON j.run_id = $2
         WHERE CASE WHEN c.late AND j.changed_at > c.window_ends_at
                    THEN (SELECT e.kind IN ('opened', 'joined', 'moved_up', 'added')
                            FROM run_entry e
                           WHERE e.run_id = $2 AND e.happened_at <= c.window_ends_at
                             AND e.kind IN ('opened', 'joined', 'moved_up', 'added', 'left', 'removed', 'waiting',
                                            'called', 'passed_over')
                             AND coalesce((e.detail ->> 'user_id')::bigint, e.user_id) = j.user_id
                           ORDER BY e.id DESC LIMIT 1)
                    ELSE j.state = 'join' END),
    kept AS (
        INSERT INTO run_snapshot (pop_id, user_id, class, added_at)
        SELECT pop_id, user_id, class, closed_at FROM inside
            ON CONFLICT (pop_id, user_id) DO UPDATE
           SET class = excluded.class, added_at = excluded.added_at, struck_at = NULL, struck_by = NULL),
    paid AS (
        SELECT jsonb_build_object(
                   'id', d.id, 'number', d.number, 'dungeon', d.dungeon, 'outcome', d.outcome,
                   'leader_id', d.leader_id::text, 'popped_at', d.popped_at,
                   'before', (SELECT count(DISTINCT a.written_at) FROM award a
                               WHERE a.pop_id = d.id AND a.corrects IS NULL AND a.kind <> 'key'),
                   'helper_ids', (SELECT coalesce(jsonb_agg(DISTINCT l.user_id::text), '[]') FROM run_leader l
                                   WHERE l.run_id = $2 AND l.role = 'co_leader' AND l.since <= d.popped_at
                                     AND (l.until IS NULL OR l.until > d.popped_at)),
                   'user_ids', (SELECT coalesce(jsonb_agg(i.user_id::text), '[]') FROM inside i)) AS pop
          FROM done d)
"""
"""Closes the open window of a run and writes down who was in at that moment; or writes down who is in at its end.

A window that is closed too late, because the backend was away, counts who was in when it should have closed: what
members did since is known by their entries. $1 guild, $2 run, $3 now, $4 by whom, $5 only a window that is due,
$6 a run without pops gets its pop 0. The run's row must be held.
"""


class Closing(msgspec.Struct, frozen=True):
    """What came of closing."""

    pop: PopPaid | None
    settings: dict[str, str]
    """What the guild has set, for what is paid."""


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """Whose run is closed when, and by whom."""

    guild_id: GuildId
    run_id: RunId
    by: UserId
    at: datetime
    reason: str | None = None

    @property
    def hand(self) -> Hand:
        """The same for the ledger."""
        return Hand(self.by, self.at, self.reason)


async def close(tx: Transaction, moment: Moment, *, due: bool = False, whole: bool = False) -> Closing:
    """Close the open window of a run, with entry and event; with `whole` a run without pops gets its pop 0.

    With `due` a window that still has time stays open. One statement.
    """
    return await tx.one(
        Closing,
        CLOSING
        + """,
        touched AS (
            UPDATE run SET version = version + 1, urgent_version = version + 1
             WHERE id = $2 AND EXISTS (SELECT FROM closing)),
        noted AS (
            INSERT INTO run_entry (run_id, user_id, kind, detail, happened_at)
            SELECT $2, 0, 'window_closed',
                   jsonb_build_object('number', number, 'raiders', (SELECT count(*) FROM inside)), closes_at
              FROM closing),
        told AS (
            INSERT INTO outbox (guild_id, kind, body, happened_at)
            SELECT $1, 'RunChanged', jsonb_build_object('guild_id', $1::text, 'run_id', $2, 'urgent', true), $3
              FROM closing)
        SELECT (SELECT pop FROM paid) AS pop,
               (SELECT coalesce(jsonb_object_agg(s.key, s.value), '{}') FROM guild_setting s WHERE s.guild_id = $1)
                   AS settings
        """,
        moment.guild_id,
        moment.run_id,
        moment.at,
        moment.by,
        due,
        whole,
    )


class NewPop(msgspec.Struct, frozen=True, kw_only=True):
    """A pop to be written down."""

    number: int
    dungeon: str
    key: str | None
    popper_id: UserId | None
    leader_id: UserId
    window_ends_at: datetime
    auto_end_at: datetime
    warn_at: datetime | None


class Popped(msgspec.Struct, frozen=True):
    """What came of a pop."""

    id: PopId
    before: PopPaid | None
    """The pop whose window it closed."""
    user_ids: list[UserId]
    role_id: RoleId | None
    """The role of the run, where it has one."""
    """Who is in."""


async def add(tx: Transaction, moment: Moment, new: NewPop) -> Popped:
    """Count a pop and open its window, closing the one before, with entries and event. One statement."""
    return await tx.one(
        Popped,
        CLOSING
        + """,
        added AS (
            INSERT INTO run_pop (run_id, guild_id, number, dungeon, key, popper_id, leader_id, popped_at, popped_by,
                                 window_ends_at)
            VALUES ($2, $1, $7, $8, $9, $10, $11, $3, $4, $12) RETURNING id),
        touched AS (
            UPDATE run SET version = version + 1 + (SELECT count(*) FROM closing),
                           urgent_version = version + 1 + (SELECT count(*) FROM closing), auto_end_at = $13,
                           warn_at = CASE WHEN auto_end_at = $13 THEN warn_at ELSE $14 END
             WHERE id = $2),
        noted AS (
            INSERT INTO run_entry (run_id, user_id, kind, detail, happened_at)
            SELECT $2, 0, 'window_closed',
                   jsonb_build_object('number', number, 'raiders', (SELECT count(*) FROM inside)), closes_at
              FROM closing
             UNION ALL
            SELECT $2, $4, 'popped', jsonb_build_object('number', $7::bigint, 'popper_id', ($10::bigint)::text,
                                                        'key', $9::text), $3),
        told AS (
            INSERT INTO outbox (guild_id, kind, body, happened_at)
            VALUES ($1, 'RunChanged', jsonb_build_object('guild_id', $1::text, 'run_id', $2, 'urgent', true), $3))
        SELECT (SELECT id FROM added) AS id, (SELECT pop FROM paid) AS before,
               array(SELECT user_id::text FROM run_join WHERE run_id = $2 AND state = 'join' ORDER BY user_id)
                   AS user_ids,
               (SELECT role_id FROM run_role WHERE run_id = $2 AND gone_at IS NULL) AS role_id
        """,
        moment.guild_id,
        moment.run_id,
        moment.at,
        moment.by,
        False,  # noqa: FBT003 - the columns of CLOSING
        False,  # noqa: FBT003
        new.number,
        new.dungeon,
        new.key,
        new.popper_id,
        new.leader_id,
        new.window_ends_at,
        new.auto_end_at,
        new.warn_at,
    )


class DueWindow(msgspec.Struct, frozen=True):
    """A run with a window whose time is up."""

    guild_id: GuildId
    run_id: RunId


async def due_windows(tx: Transaction, now: datetime, most: int) -> list[DueWindow]:
    """Return runs with a window whose time is up, and hold their rows."""
    return await tx.many(
        DueWindow,
        """
        SELECT r.guild_id, r.id AS run_id
          FROM run_pop p JOIN run r ON r.id = p.run_id
         WHERE p.closed_at IS NULL AND p.undone_at IS NULL AND p.window_ends_at <= $1
         ORDER BY p.window_ends_at LIMIT $2
           FOR UPDATE OF r SKIP LOCKED
        """,
        now,
        most,
    )


async def next_window(tx: Transaction) -> datetime | None:
    """Return when the next window closes."""
    return await tx.value(
        datetime, "SELECT min(window_ends_at) FROM run_pop WHERE closed_at IS NULL AND undone_at IS NULL"
    )


class Undone(msgspec.Struct, frozen=True):
    """A pop that was taken back."""

    id: PopId
    reopened_id: PopId | None
    """The one before it, whose window it had cut short, which is open again."""


async def undo(tx: Transaction, moment: Moment, number: int) -> Undone:
    """Take a pop back, with its snapshot; a window that it cut short is open again, a holder stands in line again."""
    return await tx.one(
        Undone,
        """
        WITH gone AS (
            UPDATE run_pop SET undone_at = $3, undone_by = $4
             WHERE run_id = $2 AND guild_id = $1 AND number = $5 AND undone_at IS NULL
            RETURNING id, popped_at, popper_id, key),
        reopened AS (
            UPDATE run_pop p SET closed_at = NULL
             WHERE p.run_id = $2 AND p.number = $5 - 1 AND p.number > 0 AND p.undone_at IS NULL
               AND p.closed_at < p.window_ends_at
            RETURNING p.id),
        unsnapped AS (
            UPDATE run_snapshot SET struck_at = $3, struck_by = $4
             WHERE pop_id IN (SELECT id FROM gone UNION ALL SELECT id FROM reopened) AND struck_at IS NULL),
        back AS (
            UPDATE run_offer o SET state = 'accepted', settled_at = NULL, settled_by = NULL
              FROM gone
             WHERE o.run_id = $2 AND o.user_id = gone.popper_id AND o.key = gone.key AND o.state = 'popped'
               AND o.settled_at >= gone.popped_at
               AND NOT EXISTS (SELECT FROM run_offer s WHERE s.run_id = $2 AND s.user_id = o.user_id
                                  AND s.key = o.key AND s.state IN ('offered', 'accepted')))
        SELECT id, (SELECT id FROM reopened) AS reopened_id FROM gone
        """,
        moment.guild_id,
        moment.run_id,
        moment.at,
        moment.by,
        number,
    )


async def undo_whole(tx: Transaction, moment: Moment) -> PopId | None:
    """Take back the pop 0 of a run, with its snapshot; None if it has none."""
    found = await tx.value(
        int,
        """
        WITH gone AS (
            UPDATE run_pop SET undone_at = $2, undone_by = $3
             WHERE run_id = $1 AND number = 0 AND undone_at IS NULL RETURNING id),
        unsnapped AS (
            UPDATE run_snapshot SET struck_at = $2, struck_by = $3
             WHERE pop_id IN (SELECT id FROM gone) AND struck_at IS NULL)
        SELECT id FROM gone
        """,
        moment.run_id,
        moment.at,
        moment.by,
    )
    return None if found is None else PopId(found)


async def of_run(tx: Transaction, run_id: RunId) -> list[Pop]:
    """Return the pops of a run that stand, in order."""
    return await tx.many(
        Pop,
        """
        SELECT id, number, dungeon, key, popper_id, leader_id, outcome, popped_at, window_ends_at, closed_at
          FROM run_pop WHERE run_id = $1 AND undone_at IS NULL ORDER BY number
        """,
        run_id,
    )


async def paid(tx: Transaction, run_id: RunId) -> list[PopPaid]:
    """Return the pops of a run whose windows are closed, each with who was in, in order."""
    return await tx.many(
        PopPaid,
        """
        SELECT p.id, p.number, p.dungeon, p.outcome, p.leader_id, p.popped_at, 0 AS before,
               array(SELECT DISTINCT l.user_id::text FROM run_leader l
                      WHERE l.run_id = $1 AND l.role = 'co_leader' AND l.since <= p.popped_at
                        AND (l.until IS NULL OR l.until > p.popped_at)) AS helper_ids,
               array(SELECT s.user_id::text FROM run_snapshot s
                      WHERE s.pop_id = p.id AND s.struck_at IS NULL ORDER BY s.user_id) AS user_ids
          FROM run_pop p
         WHERE p.run_id = $1 AND p.undone_at IS NULL AND p.closed_at IS NOT NULL
         ORDER BY p.number
        """,
        run_id,
    )


async def save(tx: Transaction, pop: Pop) -> None:
    """Write down what is told of a pop."""
    await tx.run(
        "UPDATE run_pop SET dungeon = $2, key = $3, popper_id = $4, leader_id = $5, outcome = $6 WHERE id = $1",
        pop.id,
        pop.dungeon,
        pop.key,
        pop.popper_id,
        pop.leader_id,
        pop.outcome,
    )


async def unpop_offer(tx: Transaction, run_id: RunId, pop: Pop) -> int:
    """Put the key of who is not the popper after all back into the line. The run's row must be held."""
    return await tx.run(
        """
        UPDATE run_offer o SET state = 'accepted', settled_at = NULL, settled_by = NULL
         WHERE o.run_id = $1 AND o.user_id = $2 AND o.key = $3 AND o.state = 'popped' AND o.settled_at >= $4
           AND NOT EXISTS (SELECT FROM run_offer s WHERE s.run_id = $1 AND s.user_id = $2
                              AND s.key = $3 AND s.state IN ('offered', 'accepted'))
        """,
        run_id,
        pop.popper_id,
        pop.key,
        pop.popped_at,
    )


async def add_to_snapshots(tx: Transaction, moment: Moment, pop_ids: list[PopId], user_ids: list[UserId]) -> int:
    """Write members into the snapshots of pops; who was struck is in again. Return how many rows that changed."""
    return await tx.run(
        """
        INSERT INTO run_snapshot AS s (pop_id, user_id, added_at, added_by)
        SELECT pop_id, user_id, $4, $3
          FROM unnest($1::bigint[]) pop_id CROSS JOIN unnest($2::bigint[]) user_id
            ON CONFLICT (pop_id, user_id) DO UPDATE
           SET added_at = excluded.added_at, added_by = excluded.added_by, struck_at = NULL, struck_by = NULL
         WHERE s.struck_at IS NOT NULL
        """,
        pop_ids,
        user_ids,
        moment.by,
        moment.at,
    )


async def strike_from_snapshots(tx: Transaction, moment: Moment, pop_ids: list[PopId], user_ids: list[UserId]) -> int:
    """Strike members from the snapshots of pops; the rows stay. Return how many that changed."""
    return await tx.run(
        """
        UPDATE run_snapshot SET struck_at = $4, struck_by = $3
         WHERE pop_id = ANY ($1::bigint[]) AND user_id = ANY ($2::bigint[]) AND struck_at IS NULL
        """,
        pop_ids,
        user_ids,
        moment.by,
        moment.at,
    )


async def note_key(tx: Transaction, named: KeyNamed) -> None:
    """Write down what the key of a pop was logged as, with entry and event. The run's row must be held."""
    await tx.run(
        """
        WITH told AS (
            UPDATE run_pop SET popper_id = $4, key = $5 WHERE id = $3 AND number > 0),
        touched AS (UPDATE run SET version = version + 1 WHERE id = $2),
        noted AS (
            INSERT INTO run_entry (run_id, user_id, kind, detail, happened_at)
            VALUES ($2, $6, 'key_' || $7,
                    jsonb_build_object('key', $5::text, 'old', ($8::bigint)::text, 'holder_id', ($4::bigint)::text),
                    $9))
        INSERT INTO outbox (guild_id, kind, body, happened_at)
        VALUES ($1, 'RunChanged',
                jsonb_build_object('guild_id', ($1::bigint)::text, 'run_id', $2::bigint, 'urgent', false), $9)
        """,
        named.guild_id,
        named.run_id,
        named.pop_id,
        named.user_id,
        named.key,
        named.by,
        named.state.value,
        named.old_user_id,
        named.at,
    )
