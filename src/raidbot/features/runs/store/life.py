"""Runs from their opening to their end, in PostgreSQL."""

from datetime import datetime
from typing import Any

import msgspec

from raidbot.backend.callers import Standing
from raidbot.core.ids import GuildId, InteractionId, RunId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.guild_config.model import scopes_of
from raidbot.features.runs.model.contact import GIVEN_UP_AFTER, OUTAGE
from raidbot.features.runs.model.life import Run

RUN = """
    SELECT r.id, r.guild_id, r.organizer_id, coalesce(r.leader_id, r.organizer_id) AS leader_id, r.dungeon, r.status,
           r.party, r.location, r.placed, r.stage, r.note, r.join_locked, r.max_raiders, r.chain, r.needed, r.reason,
           r.opened_at, r.started_at, r.closed_at, r.auto_end_at, r.endings, r.version, r.urgent_version,
           r.follows_id, r.first_until, r.next_dungeon, r.claims_until,
           j.raiders, r.max_raiders - j.taken AS free, j.waiting,
           array(SELECT l.user_id::text FROM run_leader l
                  WHERE l.run_id = r.id AND l.role = 'co_leader' AND l.until IS NULL ORDER BY l.id) AS co_leader_ids,
           (SELECT coalesce(jsonb_object_agg(c.class, c.number), '{}')
              FROM (SELECT class, count(*) AS number FROM run_join
                     WHERE run_id = r.id AND state = 'join' AND class IS NOT NULL GROUP BY class) c) AS classes,
           (SELECT coalesce(jsonb_object_agg(w.want, w.number), '{}')
              FROM (SELECT b.want, count(*) AS number
                      FROM run_bring b JOIN run_join i ON i.run_id = b.run_id AND i.user_id = b.user_id
                     WHERE b.run_id = r.id AND i.state = 'join' GROUP BY b.want) w) AS brings,
           (SELECT coalesce(jsonb_agg(jsonb_build_object(
                       'id', o.id, 'user_id', o.user_id::text, 'ign', k.ign, 'key', o.key, 'state', o.state)
                       ORDER BY o.place), '[]')
              FROM run_offer o LEFT JOIN raider k ON k.guild_id = r.guild_id AND k.user_id = o.user_id
             WHERE o.run_id = r.id AND o.state IN ('offered', 'accepted')) AS offers,
           (SELECT count(*) FROM run_pop p WHERE p.run_id = r.id AND p.undone_at IS NULL AND p.number > 0) AS pops,
           (SELECT jsonb_build_object(
                       'id', p.id, 'number', p.number, 'dungeon', p.dungeon, 'key', p.key,
                       'popper_id', p.popper_id::text, 'leader_id', p.leader_id::text, 'outcome', p.outcome,
                       'popped_at', p.popped_at, 'window_ends_at', p.window_ends_at, 'closed_at', p.closed_at)
              FROM run_pop p WHERE p.run_id = r.id AND p.undone_at IS NULL AND p.number > 0
             ORDER BY p.number DESC LIMIT 1) AS pop,
           (SELECT coalesce(jsonb_agg(jsonb_build_object(
                       'number', s.number, 'step', s.step, 'value', s.value, 'taken_at', s.taken_at)
                       ORDER BY s.number), '[]')
              FROM run_step s WHERE s.run_id = r.id AND s.undone_at IS NULL) AS steps,
           (SELECT jsonb_build_object(
                       'id', s.id, 'given_by', s.given_by::text, 'given_at', s.given_at,
                       'channel_id', s.channel_id::text, 'message_id', s.message_id::text,
                       'verdict', s.verdict, 'reviewed_by', s.reviewed_by::text)
              FROM run_screenshot s WHERE s.run_id = r.id ORDER BY s.id DESC LIMIT 1) AS screenshot,
           (SELECT count(*) FROM run_claim c WHERE c.run_id = r.id AND c.state = 'open') AS claims,
           CASE WHEN r.status IN ('open', 'live')
                THEN (SELECT count(*) FROM run_pop p
                       WHERE p.run_id = r.id AND p.undone_at IS NULL AND p.number > 0 AND p.popper_id IS NULL)
                ELSE (SELECT count(*) FROM key_use u WHERE u.run_id = r.id AND u.state = 'open') END AS unnamed_keys
      FROM run r
     CROSS JOIN LATERAL (
           SELECT count(*) FILTER (WHERE state = 'join') AS raiders,
                  count(*) FILTER (WHERE state IN ('waiting', 'called')) AS waiting,
                  count(*) FILTER (WHERE state IN ('join', 'called')
                                     AND user_id <> coalesce(r.leader_id, r.organizer_id)) AS taken
             FROM run_join WHERE run_id = r.id) j
"""
"""A run with everything its panels need, in one statement."""


async def find_run(tx: Transaction, guild_id: GuildId, run_id: RunId) -> Run | None:
    """Return a run with everything its panels need, or None."""
    return await tx.maybe(
        Run,
        RUN + " WHERE r.guild_id = $1 AND r.id = $2",
        guild_id,
        run_id,
    )


async def active(tx: Transaction, guild_id: GuildId) -> list[Run]:
    """Return every run of a guild that is open or live, with everything its panels need."""
    return await tx.many(
        Run,
        RUN + " WHERE r.guild_id = $1 AND r.status IN ('open', 'live') ORDER BY r.id",
        guild_id,
    )


async def recent_dungeons(tx: Transaction, guild_id: GuildId) -> list[str]:
    """Return the dungeons of the newest runs of a guild, each once, the newest first."""
    found = await tx.value(
        list[str],
        """
        SELECT array_agg(dungeon ORDER BY newest DESC)
          FROM (SELECT dungeon, max(id) AS newest
                  FROM (SELECT id, dungeon FROM run WHERE guild_id = $1 ORDER BY id DESC LIMIT 50) lately
                 GROUP BY dungeon) each_once
        """,
        guild_id,
    )
    return found or []


async def led_by(tx: Transaction, guild_id: GuildId, organizer_id: UserId) -> Run | None:
    """Return the run that a member leads now, or None."""
    return await tx.maybe(
        Run,
        RUN
        + """
         WHERE r.guild_id = $1 AND coalesce(r.leader_id, r.organizer_id) = $2 AND r.status IN ('open', 'live')
         ORDER BY r.id DESC LIMIT 1
        """,
        guild_id,
        organizer_id,
    )


async def hold_run(tx: Transaction, guild_id: GuildId, run_id: RunId) -> bool:
    """Hold the row of a run until the transaction ends; tell whether there is one."""
    held = await tx.value(int, "SELECT 1 FROM run WHERE guild_id = $1 AND id = $2 FOR UPDATE", guild_id, run_id)
    return held is not None


async def hold_run_as(tx: Transaction, guild_id: GuildId, run_id: RunId, user_id: UserId) -> Standing | None:
    """Hold the row of a run, and return what the mirror holds about a member; None if there is no such run."""
    return await tx.maybe(
        Standing,
        """
        WITH held AS (SELECT 1 FROM run WHERE guild_id = $1 AND id = $2 FOR UPDATE)
        SELECT coalesce((SELECT m.administrator FROM member m
                          WHERE m.guild_id = $1 AND m.user_id = $3 AND m.present), false) AS administrator,
               array(SELECT g.key FROM guild_role g
                       JOIN member m ON m.guild_id = g.guild_id AND m.user_id = $3 AND m.present
                      WHERE g.guild_id = $1 AND g.role_id = ANY (m.role_ids)) AS held
          FROM held
        """,
        guild_id,
        run_id,
        user_id,
    )


async def opened_by(
    tx: Transaction, guild_id: GuildId, organizer_id: UserId, interaction: InteractionId
) -> RunId | None:
    """Return the run that this interaction of this organizer opened before, or None."""
    number = await tx.value(
        int,
        "SELECT id FROM run WHERE opening_interaction = $1 AND guild_id = $2 AND organizer_id = $3",
        interaction,
        guild_id,
        organizer_id,
    )
    return None if number is None else RunId(number)


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """A run to be opened."""

    guild_id: GuildId
    organizer_id: UserId
    dungeon: str
    party: str | None
    location: str | None
    note: str | None
    max_raiders: int | None
    chain: int | None
    needed: dict[str, int]
    opened_at: datetime
    auto_end_at: datetime
    warn_at: datetime | None
    interaction: InteractionId
    follows_id: RunId | None = None
    first_until: datetime | None = None
    co_leader_ids: list[UserId] = []


async def take_activity(tx: Transaction, guild_id: GuildId, organizer_id: UserId) -> int:
    """Take the organizer's one place for a run; 0 if it was free, else the run that holds it.

    Two at once: the second waits for the first to commit, then sees its run.
    """
    holder = await tx.value(
        int,
        """
        INSERT INTO organizer_activity AS held (guild_id, organizer_id, kind, subject_id) VALUES ($1, $2, 'run', 0)
            ON CONFLICT (guild_id, organizer_id, kind) DO UPDATE SET subject_id = held.subject_id
        RETURNING subject_id
        """,
        guild_id,
        organizer_id,
    )
    return holder or 0


async def give_activity(tx: Transaction, run: Run) -> None:
    """Write down whose activity a run is; the organizer's place must have been taken before."""
    await tx.run(
        "UPDATE organizer_activity SET subject_id = $3 WHERE guild_id = $1 AND organizer_id = $2 AND kind = 'run'",
        run.guild_id,
        run.organizer_id,
        run.id,
    )


async def add_run(tx: Transaction, new: Opening) -> RunId | None:
    """Write down a run, its organizer as first raider, and whose activity it is.

    None: another press than this one has the interaction already, and nothing was written.
    """
    number = await tx.value(
        int,
        """
        WITH opened AS (
            INSERT INTO run (guild_id, organizer_id, leader_id, dungeon, status, party, location, note,
                             opened_at, auto_end_at, warn_at, opening_interaction, max_raiders, chain, placed,
                             follows_id, first_until, needed, join_role_id)
            VALUES ($1, $2, $2, $3, 'open', $4, $5, $6, $7, $8, $9, $10, $11, $12,
                    CASE WHEN $4::text IS NULL AND $5::text IS NULL THEN 0 ELSE 1 END, $13, $14, $16,
                    (SELECT s.target_id FROM guild_scoped s
                      WHERE s.guild_id = $1 AND s.key = 'verified_raider' AND s.scope = ANY ($17::text[])
                      ORDER BY array_position($17::text[], s.scope) LIMIT 1))
            ON CONFLICT (opening_interaction) DO NOTHING RETURNING id),
        owned AS (
            UPDATE organizer_activity SET subject_id = opened.id FROM opened
             WHERE guild_id = $1 AND organizer_id = $2 AND kind = 'run'),
        leads AS (
            INSERT INTO run_leader (run_id, user_id, role, since)
            SELECT id, $2, 'leader', $7 FROM opened
             UNION ALL
            SELECT id, helper, 'co_leader', $7 FROM opened, unnest($15::bigint[]) helper),
        led AS (
            INSERT INTO run_join (run_id, user_id, state, changed_at) SELECT id, $2, 'join', $7 FROM opened),
        told AS (
            INSERT INTO run_entry (run_id, user_id, kind, happened_at) SELECT id, $2, 'opened', $7 FROM opened)
        SELECT id FROM opened
        """,
        new.guild_id,
        new.organizer_id,
        new.dungeon,
        new.party,
        new.location,
        new.note,
        new.opened_at,
        new.auto_end_at,
        new.warn_at,
        new.interaction,
        new.max_raiders,
        new.chain,
        new.follows_id,
        new.first_until,
        new.co_leader_ids,
        new.needed,
        scopes_of(new.dungeon),
    )
    return None if number is None else RunId(number)


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did to a run."""

    by: UserId
    kind: str
    detail: dict[str, Any]
    at: datetime
    warn_at: datetime | None
    """When to warn of the automatic end, where this act moves it."""


async def save_run(tx: Transaction, run: Run, act: Act) -> None:
    """Write down a change of a run, with its entry and its event; one that is over frees its organizer."""
    await tx.run(
        """
        WITH changed AS (
            UPDATE run SET status = $2, party = $3, location = $4, join_locked = $5, reason = $6,
                           started_at = $7, closed_at = $8, auto_end_at = $9, version = version + 1,
                           urgent_version = version + 1,
                           warn_at = CASE WHEN auto_end_at = $9 THEN warn_at ELSE $14 END,
                           leader_id = $15, placed = $16, stage = $17, note = $18, max_raiders = $19, chain = $20,
                           endings = $21, next_dungeon = $22, claims_until = $23
             WHERE id = $1 RETURNING guild_id, organizer_id, status),
        freed AS (
            DELETE FROM organizer_activity a USING changed c
             WHERE a.guild_id = c.guild_id AND a.organizer_id = c.organizer_id AND a.kind = 'run'
               AND a.subject_id = $1 AND (c.status IN ('ended', 'cancelled') OR c.organizer_id <> $15)),
        noted AS (
            INSERT INTO run_entry (run_id, user_id, kind, detail, happened_at)
            VALUES ($1::bigint, $10::bigint, $11::text, $12::jsonb, $13::timestamptz))
        INSERT INTO outbox (guild_id, kind, body, happened_at)
        SELECT guild_id, 'RunChanged',
               jsonb_build_object('guild_id', guild_id::text, 'run_id', $1, 'urgent', true), $13
          FROM changed
        """,
        run.id,
        run.status,
        run.party,
        run.location,
        run.join_locked,
        run.reason,
        run.started_at,
        run.closed_at,
        run.auto_end_at,
        act.by,
        act.kind,
        act.detail,
        act.at,
        act.warn_at,
        run.leader_id,
        run.placed,
        run.stage,
        run.note,
        run.max_raiders,
        run.chain,
        run.endings,
        run.next_dungeon,
        run.claims_until,
    )


async def prolong(tx: Transaction, run_id: RunId, until: datetime, warn_at: datetime | None) -> None:
    """Write down that a run goes on longer by itself. The run's row must be held."""
    await tx.run("UPDATE run SET auto_end_at = $2, warn_at = $3 WHERE id = $1", run_id, until, warn_at)


class Due(msgspec.Struct, frozen=True):
    """A run whose time is up."""

    guild_id: GuildId
    id: RunId


async def hold_due(tx: Transaction, now: datetime, most: int) -> list[Due]:
    """Hold runs whose time is up, leaving out those that another process holds, or whose guild was not reached then."""
    return await tx.many(
        Due,
        """
        SELECT guild_id, id FROM run r
         WHERE status IN ('open', 'live') AND auto_end_at <= $1
           AND NOT EXISTS (SELECT FROM guild_contact c
                            WHERE c.guild_id = r.guild_id AND c.beat_at < r.auto_end_at - $3::interval
                              AND c.beat_at > $1 - $4::interval)
         ORDER BY auto_end_at LIMIT $2
           FOR UPDATE OF r SKIP LOCKED
        """,
        now,
        most,
        OUTAGE,
        GIVEN_UP_AFTER,
    )


async def next_due(tx: Transaction) -> datetime | None:
    """Return when the next run ends by itself. Where a guild is not reached, that is known once it is again."""
    return await tx.value(
        datetime,
        """
        SELECT min(auto_end_at) FROM run r
         WHERE status IN ('open', 'live')
           AND NOT EXISTS (SELECT FROM guild_contact c
                            WHERE c.guild_id = r.guild_id AND c.beat_at < r.auto_end_at - $1::interval)
        """,
        OUTAGE,
    )


async def take_warnings(tx: Transaction, now: datetime, most: int) -> list[Due]:
    """Return runs to warn of, each once for each moment at which it would end."""
    return await tx.many(
        Due,
        """
        UPDATE run SET warn_at = NULL
         WHERE id IN (SELECT id FROM run
                       WHERE status IN ('open', 'live') AND warn_at <= $1
                       ORDER BY warn_at LIMIT $2
                         FOR UPDATE SKIP LOCKED)
        RETURNING guild_id, id
        """,
        now,
        most,
    )


async def next_warning(tx: Transaction) -> datetime | None:
    """Return when the next organizer is to be warned."""
    return await tx.value(datetime, "SELECT min(warn_at) FROM run WHERE status IN ('open', 'live')")


class Heartbeat(msgspec.Struct, frozen=True):
    """When a backend was last alive, and which one."""

    beat_at: datetime
    process: str


async def hold_heartbeat(tx: Transaction) -> Heartbeat | None:
    """Return the last sign of life and hold it; None before the first."""
    return await tx.maybe(Heartbeat, "SELECT beat_at, process FROM heartbeat WHERE part = 'backend' FOR UPDATE")


async def save_heartbeat(tx: Transaction, process: str, now: datetime) -> None:
    """Write down a sign of life."""
    await tx.run(
        """
        INSERT INTO heartbeat (part, beat_at, process) VALUES ('backend', $1, $2)
            ON CONFLICT (part) DO UPDATE SET beat_at = excluded.beat_at, process = excluded.process
        """,
        now,
        process,
    )


async def postpone(
    tx: Transaction, until: datetime, warn_at: datetime | None, now: datetime, guild_id: GuildId | None = None
) -> int:
    """Let nothing fall due before a moment in the runs of a guild, or of all; return how many of them end later.

    That concerns automatic ends, with entry and event, free places that somebody was called to, and the time to say
    that one was there.
    """
    return await tx.run(
        """
        WITH late AS (
            UPDATE run SET auto_end_at = $1, warn_at = $2, version = version + 1
             WHERE status IN ('open', 'live') AND auto_end_at < $1 AND ($4::bigint IS NULL OR guild_id = $4)
            RETURNING id, guild_id),
        claimed AS (
            UPDATE run SET claims_until = $1, version = version + 1
             WHERE claims_until < $1 AND status = 'ended' AND ($4 IS NULL OR guild_id = $4) RETURNING id, guild_id),
        called AS (
            UPDATE run_join j SET called_until = $1 FROM run r
             WHERE r.id = j.run_id AND r.status IN ('open', 'live') AND ($4 IS NULL OR r.guild_id = $4)
               AND j.state = 'called' AND j.called_until < $1),
        noted AS (
            INSERT INTO run_entry (run_id, user_id, kind, happened_at)
            SELECT id, 0, 'postponed', $3::timestamptz FROM late),
        told AS (
            INSERT INTO outbox (guild_id, kind, body, happened_at)
            SELECT guild_id, 'RunChanged',
                   jsonb_build_object('guild_id', guild_id::text, 'run_id', id, 'urgent', false), $3
              FROM (SELECT * FROM late UNION ALL SELECT * FROM claimed) later)
        SELECT 1 FROM late
        """,
        until,
        warn_at,
        now,
        guild_id,
    )
