"""The line of key holders, in PostgreSQL."""

from datetime import datetime

import msgspec

from raidbot.core.ids import GuildId, RunId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.runs.model.offers import LinedUp, OfferId, OfferState


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """A member's key that goes into the line."""

    guild_id: GuildId
    run_id: RunId
    user_id: UserId
    key: str
    accepts_itself: bool
    """Whether the line accepts by itself, up to `cap`, those with few marks."""
    cap: int
    most_marks: int
    """From so many marks on an offer is not accepted by itself."""
    marks_since: datetime


async def add(tx: Transaction, new: Offered, at: datetime) -> LinedUp | None:
    """Put a key into the line, with entry and event; one that stands there keeps its place. None: they are not in.

    Whether they are in and whether it is accepted by itself is decided here, with the run's row held: no statement
    before it can know.
    """
    return await tx.maybe(
        LinedUp,
        """
        WITH standing AS (
            SELECT id, key, state, place FROM run_offer
             WHERE run_id = $2 AND user_id = $3 AND key = $4 AND state IN ('offered', 'accepted')),
        line AS (
            SELECT count(*) AS length, count(*) FILTER (WHERE state = 'accepted') AS accepted
              FROM run_offer WHERE run_id = $2 AND key = $4 AND state IN ('offered', 'accepted')),
        marks AS (
            SELECT count(*) AS number FROM run_offer
             WHERE guild_id = $1 AND user_id = $3 AND state = 'no_pop' AND settled_at > $8),
        added AS (
            INSERT INTO run_offer (run_id, guild_id, user_id, key, state, place, offered_at, accepted_at, accepted_by)
            SELECT $2, $1, $3, $4, d.state, r.lined_up + 1, $9::timestamptz,
                   CASE d.state WHEN 'accepted' THEN $9 END, CASE d.state WHEN 'accepted' THEN 0 END
              FROM run r, line, marks,
                   LATERAL (SELECT CASE WHEN $5::boolean AND line.accepted < $6 AND marks.number < $7
                                        THEN 'accepted' ELSE 'offered' END AS state) d
             WHERE r.id = $2 AND NOT EXISTS (SELECT FROM standing)
               AND EXISTS (SELECT FROM run_join j WHERE j.run_id = $2 AND j.user_id = $3 AND j.state = 'join')
            RETURNING id, key, state, place),
        touched AS (
            UPDATE run SET lined_up = lined_up + 1, version = version + 1
             WHERE id = $2 AND EXISTS (SELECT FROM added)),
        noted AS (
            INSERT INTO run_entry (run_id, user_id, kind, detail, happened_at)
            SELECT $2, $3, 'offered', jsonb_build_object('key', key, 'state', state), $9 FROM added),
        told AS (
            INSERT INTO outbox (guild_id, kind, body, happened_at)
            SELECT $1::bigint, 'RunChanged',
                   jsonb_build_object('guild_id', $1::text, 'run_id', $2::bigint, 'urgent', false), $9
              FROM added),
        sees AS (
            SELECT r.party, r.location, r.placed FROM run r
             WHERE r.id = $2 AND EXISTS (SELECT FROM (SELECT * FROM standing UNION ALL SELECT * FROM added) o
                                          WHERE o.state = 'accepted')),
        shown AS (
            INSERT INTO run_reveal AS v (run_id, user_id, grounds, placed, party, location, first_at, last_at)
            SELECT $2, $3, 'key', placed, party, location, $9, $9 FROM sees
             WHERE party IS NOT NULL OR location IS NOT NULL
                ON CONFLICT (run_id, user_id, grounds, placed) DO UPDATE
               SET last_at = excluded.last_at, times = v.times + 1)
        SELECT EXISTS (SELECT FROM added) AS changed, (SELECT dungeon FROM run WHERE id = $2) AS dungeon,
               (SELECT party FROM sees) AS party, (SELECT location FROM sees) AS location,
               jsonb_build_object('id', o.id, 'key', o.key, 'state', o.state, 'place',
                   (SELECT count(*) FROM run_offer e
                     WHERE e.run_id = $2 AND e.key = $4 AND e.state IN ('offered', 'accepted') AND e.place < o.place)
                   + 1) AS offer
          FROM (SELECT * FROM standing UNION ALL SELECT * FROM added) o
        """,
        new.guild_id,
        new.run_id,
        new.user_id,
        new.key,
        new.accepts_itself,
        new.cap,
        new.most_marks,
        new.marks_since,
        at,
    )


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """An offer, and how many of its kind may read party and location already."""

    id: OfferId
    user_id: UserId
    key: str
    state: OfferState
    accepted: int


async def find(tx: Transaction, run_id: RunId, offer_id: OfferId) -> Line | None:
    """Return an offer of a run, or None."""
    return await tx.maybe(
        Line,
        """
        SELECT o.id, o.user_id, o.key, o.state,
               (SELECT count(*) FROM run_offer e
                 WHERE e.run_id = o.run_id AND e.key = o.key AND e.state = 'accepted') AS accepted
          FROM run_offer o
         WHERE o.run_id = $1 AND o.id = $2
        """,
        run_id,
        offer_id,
    )


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody does to an offer."""

    guild_id: GuildId
    run_id: RunId
    offer_id: OfferId
    state: OfferState
    by: UserId


async def settle(tx: Transaction, settled: Settled, at: datetime) -> int:
    """Move a standing offer to another state, with entry and event; return 0 if it stands there no more, or already."""
    return await tx.run(
        """
        WITH moved AS (
            UPDATE run_offer
               SET state = $4,
                   accepted_at = CASE $4 WHEN 'accepted' THEN $6 ELSE accepted_at END,
                   accepted_by = CASE $4 WHEN 'accepted' THEN $5 ELSE accepted_by END,
                   settled_at = CASE WHEN $4 <> 'accepted' THEN $6::timestamptz END,
                   settled_by = CASE WHEN $4 <> 'accepted' THEN $5::bigint END
             WHERE run_id = $2 AND id = $3 AND state IN ('offered', 'accepted') AND state <> $4
            RETURNING user_id, key),
        touched AS (UPDATE run SET version = version + 1 WHERE id = $2 AND EXISTS (SELECT FROM moved)),
        noted AS (
            INSERT INTO run_entry (run_id, user_id, kind, detail, happened_at)
            SELECT $2, $5, 'offer_' || $4,
                   jsonb_build_object('user_id', user_id::text, 'key', key, 'offer', $3::bigint),
                   $6
              FROM moved)
        INSERT INTO outbox (guild_id, kind, body, happened_at)
        SELECT $1::bigint, 'RunChanged',
               jsonb_build_object('guild_id', $1::text, 'run_id', $2::bigint, 'urgent', false), $6
          FROM moved
        """,
        settled.guild_id,
        settled.run_id,
        settled.offer_id,
        settled.state.value,
        settled.by,
        at,
    )


class Next(msgspec.Struct, frozen=True):
    """The next in line."""

    id: OfferId
    user_id: UserId


class Own(msgspec.Struct, frozen=True):
    """A member's own offer."""

    id: OfferId


async def standing_of(tx: Transaction, run_id: RunId, user_id: UserId, key: str) -> OfferId | None:
    """Return a member's offer of a key that stands in line, or None."""
    found = await tx.maybe(
        Own,
        """
        SELECT id FROM run_offer
         WHERE run_id = $1 AND user_id = $2 AND key = $3 AND state IN ('offered', 'accepted')
        """,
        run_id,
        user_id,
        key,
    )
    return None if found is None else found.id


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """An offer that may be accepted."""

    id: OfferId
    user_id: UserId
    key: str
    accepted: int
    """How many of its kind are accepted already."""
    nth: int
    """Which of those that wait it is: 1 is the first."""


async def waiting(
    tx: Transaction, run_id: RunId, most_marks: int | None = None, marks_since: datetime | None = None
) -> list[Waiting]:
    """Return the offers that nobody has accepted yet, the first of each kind first.

    With `most_marks` those of members are left out who have so many marks since then.
    """
    return await tx.many(
        Waiting,
        """
        SELECT o.id, o.user_id, o.key,
               (SELECT count(*) FROM run_offer e
                 WHERE e.run_id = o.run_id AND e.key = o.key AND e.state = 'accepted') AS accepted,
               row_number() OVER (PARTITION BY o.key ORDER BY o.place) AS nth
          FROM run_offer o
         WHERE o.run_id = $1 AND o.state = 'offered'
           AND ($2::bigint IS NULL
                OR $2 > (SELECT count(*) FROM run_offer m
                          WHERE m.guild_id = o.guild_id AND m.user_id = o.user_id AND m.state = 'no_pop'
                            AND m.settled_at > $3::timestamptz))
         ORDER BY o.key, o.place
        """,
        run_id,
        most_marks,
        marks_since,
    )


async def next_in_line(tx: Transaction, run_id: RunId, key: str) -> Next | None:
    """Return the first who offers a key and may not read party and location yet, or None."""
    return await tx.maybe(
        Next,
        """
        SELECT id, user_id FROM run_offer
         WHERE run_id = $1 AND key = $2 AND state = 'offered' ORDER BY place LIMIT 1
        """,
        run_id,
        key,
    )
