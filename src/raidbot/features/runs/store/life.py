"""Runs in PostgreSQL. One function a query; each takes the transaction it runs in."""

from datetime import datetime
from typing import Any

import msgspec

from raidbot.core.ids import GuildId, InteractionId, RunId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.runs.model.life import Card, Ping, PingMoment, Run, RunRaider, Situation

RUN = """
    SELECT r.id, r.guild_id, r.organizer_id, r.dungeon, r.status, r.party, r.location, r.note, r.join_locked,
           r.reason, r.opened_at, r.started_at, r.closed_at, r.auto_end_at, r.version,
           (SELECT count(*) FROM run_join j WHERE j.run_id = r.id AND j.state = 'join') AS raiders
      FROM run r
"""
"""A run with everything its panels need."""

SITUATION = """
    SELECT r.status, r.join_locked,
           EXISTS (SELECT FROM guild_role g WHERE g.guild_id = $1 AND g.key = 'verified_raider')
               AS needs_verified,
           EXISTS (SELECT FROM guild_role g JOIN member m ON m.guild_id = g.guild_id AND m.present
                    WHERE g.guild_id = $1 AND g.key = 'verified_raider' AND m.user_id = $3
                      AND g.role_id = ANY (m.role_ids)) AS verified,
           EXISTS (SELECT FROM guild_role g JOIN member m ON m.guild_id = g.guild_id AND m.present
                    WHERE g.guild_id = $1 AND g.key = 'suspended' AND m.user_id = $3
                      AND g.role_id = ANY (m.role_ids)) AS suspended,
           EXISTS (SELECT FROM run_join j WHERE j.run_id = r.id AND j.user_id = $3 AND j.state = 'join')
               AS joined
      FROM run r
     WHERE r.guild_id = $1 AND r.id = $2
"""
"""A run as one member meets it."""


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


async def led_by(tx: Transaction, guild_id: GuildId, organizer_id: UserId) -> Run | None:
    """Return the run that a member leads now, or None."""
    return await tx.maybe(
        Run,
        RUN
        + """
          JOIN organizer_activity a ON a.subject_id = r.id
         WHERE a.guild_id = $1 AND a.organizer_id = $2 AND a.kind = 'run'
        """,
        guild_id,
        organizer_id,
    )


async def hold_run(tx: Transaction, guild_id: GuildId, run_id: RunId) -> bool:
    """Hold the row of a run until the transaction ends; tell whether there is one."""
    held = await tx.value(int, "SELECT 1 FROM run WHERE guild_id = $1 AND id = $2 FOR UPDATE", guild_id, run_id)
    return held is not None


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
    opened_at: datetime
    auto_end_at: datetime
    warn_at: datetime | None
    interaction: InteractionId


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
            INSERT INTO run (guild_id, organizer_id, dungeon, status, party, location, note,
                             opened_at, auto_end_at, warn_at, opening_interaction)
            VALUES ($1, $2, $3, 'open', $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (opening_interaction) DO NOTHING RETURNING id),
        owned AS (
            UPDATE organizer_activity SET subject_id = opened.id FROM opened
             WHERE guild_id = $1 AND organizer_id = $2 AND kind = 'run'),
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
    )
    return None if number is None else RunId(number)


async def hold_situation(tx: Transaction, guild_id: GuildId, run_id: RunId, user_id: UserId) -> Situation | None:
    """Return a run as one member meets it, and hold its row; None if this guild has no such run."""
    return await tx.maybe(
        Situation,
        SITUATION + " FOR UPDATE OF r",
        guild_id,
        run_id,
        user_id,
    )


async def find_situation(tx: Transaction, guild_id: GuildId, run_id: RunId, user_id: UserId) -> Situation | None:
    """Return a run as one member meets it, held by nobody; None if this guild has no such run."""
    return await tx.maybe(Situation, SITUATION, guild_id, run_id, user_id)


async def card(tx: Transaction, run_id: RunId, user_id: UserId, *, sees: bool) -> Card:
    """Return a member's part in a run, with party and location if they may see them."""
    return await tx.one(
        Card,
        """
        SELECT r.id AS run_id,
               EXISTS (SELECT FROM run_join WHERE run_id = r.id AND user_id = $2 AND state = 'join') AS joined,
               false AS changed,
               (SELECT count(*) FROM run_join WHERE run_id = r.id AND state = 'join') AS raiders,
               r.version, CASE WHEN $3 THEN r.party END AS party, CASE WHEN $3 THEN r.location END AS location
          FROM run r
         WHERE r.id = $1
        """,
        run_id,
        user_id,
        sees,
    )


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """That a member is in a run, or out of it."""

    guild_id: GuildId
    run_id: RunId
    user_id: UserId
    joins: bool
    sees: bool
    """Whether the answer holds party and location."""


async def save_part(tx: Transaction, part: Part, at: datetime) -> Card:
    """Write down that a member is in or out, with its entry and its event; what was so already stays untouched."""
    return await tx.one(
        Card,
        """
        WITH part AS (
            INSERT INTO run_join AS j (run_id, user_id, state, changed_at)
            SELECT $2::bigint, $3::bigint, $4, $5
             WHERE $4 = 'join' OR EXISTS (SELECT FROM run_join WHERE run_id = $2 AND user_id = $3)
                ON CONFLICT (run_id, user_id) DO UPDATE SET state = excluded.state, changed_at = excluded.changed_at
             WHERE j.state <> excluded.state
            RETURNING 1),
        touched AS (
            UPDATE run SET version = version + 1 WHERE id = $2 AND EXISTS (SELECT FROM part) RETURNING version),
        noted AS (
            INSERT INTO run_entry (run_id, user_id, kind, happened_at)
            SELECT $2, $3, CASE $4 WHEN 'join' THEN 'joined' ELSE 'left' END, $5 FROM part),
        told AS (
            INSERT INTO outbox (guild_id, kind, body, happened_at)
            SELECT $1::bigint, 'RunChanged',
                   jsonb_build_object('guild_id', $1::text, 'run_id', $2, 'urgent', false), $5
              FROM part)
        SELECT r.id AS run_id, $4 = 'join' AS joined, EXISTS (SELECT FROM part) AS changed,
               (SELECT count(*) FROM run_join
                 WHERE run_id = $2 AND state = 'join' AND user_id <> $3)
                   + CASE $4 WHEN 'join' THEN 1 ELSE 0 END AS raiders,
               coalesce((SELECT version FROM touched), r.version) AS version,
               CASE WHEN $6 THEN r.party END AS party, CASE WHEN $6 THEN r.location END AS location
          FROM run r
         WHERE r.id = $2
        """,
        part.guild_id,
        part.run_id,
        part.user_id,
        "join" if part.joins else "left",
        at,
        part.sees,
    )


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
                           warn_at = CASE WHEN auto_end_at = $9 THEN warn_at ELSE $14 END
             WHERE id = $1 RETURNING guild_id, organizer_id, status),
        freed AS (
            DELETE FROM organizer_activity a USING changed c
             WHERE a.guild_id = c.guild_id AND a.organizer_id = c.organizer_id AND a.kind = 'run'
               AND a.subject_id = $1 AND c.status IN ('ended', 'cancelled')),
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
    )


class Due(msgspec.Struct, frozen=True):
    """A run whose time is up."""

    guild_id: GuildId
    id: RunId


async def hold_due(tx: Transaction, now: datetime, most: int) -> list[Due]:
    """Hold runs whose time is up, leaving out those that another process holds."""
    return await tx.many(
        Due,
        """
        SELECT guild_id, id FROM run
         WHERE status IN ('open', 'live') AND auto_end_at <= $1
         ORDER BY auto_end_at LIMIT $2
           FOR UPDATE SKIP LOCKED
        """,
        now,
        most,
    )


async def next_due(tx: Transaction) -> datetime | None:
    """Return when the next run ends by itself."""
    return await tx.value(datetime, "SELECT min(auto_end_at) FROM run WHERE status IN ('open', 'live')")


class EndingSoon(msgspec.Struct, frozen=True):
    """A run whose organizer is to be warned."""

    guild_id: GuildId
    id: RunId
    organizer_id: UserId
    auto_end_at: datetime


async def take_warnings(tx: Transaction, now: datetime, most: int) -> list[EndingSoon]:
    """Return runs to warn of, each once for each moment at which it would end."""
    return await tx.many(
        EndingSoon,
        """
        UPDATE run SET warn_at = NULL
         WHERE id IN (SELECT id FROM run
                       WHERE status IN ('open', 'live') AND warn_at <= $1
                       ORDER BY warn_at LIMIT $2
                         FOR UPDATE SKIP LOCKED)
        RETURNING guild_id, id, organizer_id, auto_end_at
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


async def postpone(tx: Transaction, until: datetime, warn_at: datetime | None, now: datetime) -> int:
    """Let no run end by itself before a moment, with entry and event; return how many that concerns."""
    return await tx.run(
        """
        WITH late AS (
            UPDATE run SET auto_end_at = $1, warn_at = $2, version = version + 1
             WHERE status IN ('open', 'live') AND auto_end_at < $1 RETURNING id, guild_id),
        noted AS (
            INSERT INTO run_entry (run_id, user_id, kind, happened_at)
            SELECT id, 0, 'postponed', $3::timestamptz FROM late)
        INSERT INTO outbox (guild_id, kind, body, happened_at)
        SELECT guild_id, 'RunChanged',
               jsonb_build_object('guild_id', guild_id::text, 'run_id', id, 'urgent', false), $3
          FROM late
        """,
        until,
        warn_at,
        now,
    )


async def raiders(tx: Transaction, run_id: RunId) -> list[RunRaider]:
    """Return who is in a run, by IGN from A to Z; those without one come last."""
    return await tx.many(
        RunRaider,
        """
        SELECT j.user_id, k.ign
          FROM run_join j
          JOIN run r ON r.id = j.run_id
          LEFT JOIN raider k ON k.guild_id = r.guild_id AND k.user_id = j.user_id
         WHERE j.run_id = $1 AND j.state = 'join'
         ORDER BY lower(k.ign) COLLATE "C" NULLS LAST, j.user_id
        """,
        run_id,
    )


async def find_ping(tx: Transaction, run_id: RunId, moment: PingMoment) -> Ping | None:
    """Return whom a run called at a moment, or None while that is undecided."""
    return await tx.maybe(
        Ping, "SELECT here, role_id, here_left_out FROM run_ping WHERE run_id = $1 AND moment = $2", run_id, moment
    )


async def hold_here(tx: Transaction, guild_id: GuildId) -> None:
    """Let one transaction at a time decide about a guild's @here."""
    await tx.run("SELECT pg_advisory_xact_lock(hashtextextended('here ' || $1::bigint, 0))", guild_id)


async def last_here(tx: Transaction, guild_id: GuildId) -> datetime | None:
    """Return when a guild's last @here was decided."""
    return await tx.value(datetime, "SELECT max(decided_at) FROM run_ping WHERE guild_id = $1 AND here", guild_id)


async def save_ping(tx: Transaction, of: Run, moment: PingMoment, ping: Ping, at: datetime) -> None:
    """Write down whom a run calls at a moment."""
    await tx.run(
        """
        INSERT INTO run_ping (run_id, moment, guild_id, here, role_id, here_left_out, decided_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        of.id,
        moment,
        of.guild_id,
        ping.here,
        ping.role_id,
        ping.here_left_out,
        at,
    )
