"""Raiders in runs, in PostgreSQL: who is in, who waits, what they bring, and the card that tells them."""

from datetime import datetime
from typing import LiteralString

import msgspec

from raidbot.backend import callers
from raidbot.core.ids import GuildId, RunId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.runs.model.contact import GIVEN_UP_AFTER, OUTAGE
from raidbot.features.runs.model.joins import Card, JoinState, RunRaider, Situation
from raidbot.features.runs.model.places import Grounds

STANDING: LiteralString = (
    """
           r.join_role_id IS NOT NULL
               OR EXISTS (SELECT FROM guild_role g WHERE g.guild_id = $1 AND g.key = 'verified_raider')
               AS needs_verified,
           EXISTS (SELECT FROM member m
                    WHERE m.guild_id = $1 AND m.user_id = $3 AND m.present
                      AND coalesce(r.join_role_id, (SELECT g.role_id FROM guild_role g
                                                     WHERE g.guild_id = $1 AND g.key = 'verified_raider'))
                          = ANY (m.role_ids)
                      AND NOT EXISTS (SELECT FROM raider k WHERE k.guild_id = $1 AND k.user_id = $3
                                         AND k.status = 'unverified')) AS verified,
           EXISTS (SELECT FROM guild_role g JOIN member m ON m.guild_id = g.guild_id AND m.present
                    WHERE g.guild_id = $1 AND g.key = 'suspended' AND m.user_id = $3
                      AND """
    + callers.HELD
    + ") AS suspended"
)
"""What decides whether a member may be in the run `r`."""

SITUATION: LiteralString = (
    """
    SELECT r.dungeon, r.status, r.join_locked, r.stage, coalesce(r.leader_id, r.organizer_id) AS leader_id,
           r.max_raiders, r.needed, r.join_role_id,
    """
    + STANDING
    + """,
           (SELECT j.state FROM run_join j WHERE j.run_id = r.id AND j.user_id = $3) AS state,
           $3 IN (r.organizer_id, r.leader_id)
               OR EXISTS (SELECT FROM run_leader l WHERE l.run_id = r.id AND l.user_id = $3
                             AND l.role = 'co_leader' AND l.until IS NULL) AS leads,
           EXISTS (SELECT FROM run_offer o WHERE o.run_id = r.id AND o.user_id = $3
                      AND o.state IN ('accepted', 'popped')) AS key_holder,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('want', b.want, 'place', (
                       SELECT count(*) FROM run_bring e
                         JOIN run_join i ON i.run_id = e.run_id AND i.user_id = e.user_id AND i.state = 'join'
                        WHERE e.run_id = b.run_id AND e.want = b.want
                          AND (e.brought_at, e.user_id) <= (b.brought_at, b.user_id)))), '[]')
              FROM run_bring b WHERE b.run_id = r.id AND b.user_id = $3) AS brings,
           (SELECT count(*) FROM run_pop p WHERE p.run_id = r.id AND p.undone_at IS NULL AND p.number > 0) AS pops,
           (SELECT p.window_ends_at FROM run_pop p
             WHERE p.run_id = r.id AND p.undone_at IS NULL AND p.closed_at IS NULL) AS window_ends_at,
           (SELECT coalesce(jsonb_object_agg(s.key, s.value), '{}') FROM guild_setting s WHERE s.guild_id = $1)
               AS settings
      FROM run r
     WHERE r.guild_id = $1 AND r.id = $2
"""
)
"""A run as one member meets it."""

OWN_BRINGS: LiteralString = """
    array(SELECT b.want FROM run_bring b WHERE b.run_id = $2 AND b.user_id = $3 ORDER BY b.brought_at, b.want)
"""

OWN_OFFERS: LiteralString = """
    (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'id', o.id, 'key', o.key, 'state', o.state, 'place', (
                    SELECT count(*) FROM run_offer e
                     WHERE e.run_id = o.run_id AND e.key = o.key AND e.state IN ('offered', 'accepted')
                       AND e.place <= o.place)) ORDER BY o.place), '[]')
       FROM run_offer o WHERE o.run_id = $2 AND o.user_id = $3 AND o.state IN ('offered', 'accepted'))
"""

COUNTS_FROM: LiteralString = """
    (SELECT newest.number + 1
       FROM (SELECT p.id, p.number, p.closed_at, p.window_ends_at FROM run_pop p
              WHERE p.run_id = $2 AND p.undone_at IS NULL AND p.number > 0 ORDER BY p.number DESC LIMIT 1) newest
      WHERE CASE WHEN newest.closed_at IS NOT NULL
                 THEN NOT EXISTS (SELECT FROM run_snapshot s
                                   WHERE s.pop_id = newest.id AND s.user_id = $3 AND s.struck_at IS NULL)
                 ELSE newest.window_ends_at <= $5
                      AND NOT EXISTS (SELECT FROM me WHERE state = 'join' AND changed_at <= newest.window_ends_at)
            END)
"""
"""From which pop on a member counts who was not in when the newest window closed, or should have closed."""


async def hold_situation_to_join(
    tx: Transaction, guild_id: GuildId, run_id: RunId, user_id: UserId
) -> Situation | None:
    """Return a run as one who wants in meets it, and hold its row; None if this guild has no such run.

    Nobody takes their standing away any more until they are in, so that whoever does finds them there. What was taken
    away while this waited is not seen here yet: who writes them down has to ask again.
    """
    return await tx.maybe(
        Situation,
        """
        WITH stands AS MATERIALIZED (SELECT 1 FROM member WHERE guild_id = $1 AND user_id = $3 FOR SHARE),
        named AS MATERIALIZED (SELECT 1 FROM raider WHERE guild_id = $1 AND user_id = $3 FOR SHARE)
        """
        + SITUATION
        + """
           -- Held before the run is, in the order of those who take a standing away.
           AND (SELECT count(*) FROM stands) + (SELECT count(*) FROM named) >= 0
           FOR UPDATE OF r
        """,
        guild_id,
        run_id,
        user_id,
    )


async def hold_standing(tx: Transaction, guild_id: GuildId, user_id: UserId) -> None:
    """Let nobody take a member's standing away until the transaction ends. No run's row may be held yet."""
    await tx.run(
        """
        WITH stands AS MATERIALIZED (SELECT 1 FROM member WHERE guild_id = $1 AND user_id = $2 FOR SHARE),
        named AS MATERIALIZED (SELECT 1 FROM raider WHERE guild_id = $1 AND user_id = $2 FOR SHARE)
        SELECT (SELECT count(*) FROM stands) + (SELECT count(*) FROM named)
        """,
        guild_id,
        user_id,
    )


async def hold_situation(tx: Transaction, guild_id: GuildId, run_id: RunId, user_id: UserId) -> Situation | None:
    """Return a run as one member meets it, and hold its row; None if this guild has no such run."""
    return await tx.maybe(Situation, SITUATION + " FOR UPDATE OF r", guild_id, run_id, user_id)


async def find_situation(tx: Transaction, guild_id: GuildId, run_id: RunId, user_id: UserId) -> Situation | None:
    """Return a run as one member meets it, held by nobody; None if this guild has no such run."""
    return await tx.maybe(Situation, SITUATION, guild_id, run_id, user_id)


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """That a member wants in, or out."""

    guild_id: GuildId
    run_id: RunId
    user_id: UserId
    joins: bool
    grounds: Grounds | None
    """By which right they may read party and location once they are in."""


async def save_part(tx: Transaction, part: Part, at: datetime) -> Card:
    """Write down that a member is in, waits, or is out, with entry and event; what was so already stays untouched.

    Whether there is a place is decided here, with the run's row held: no statement before it can know. Who lost their
    standing since it was read stays as they are.
    """
    return await tx.one(
        Card,
        """
        WITH r AS (SELECT *, coalesce(leader_id, organizer_id) AS leads FROM run WHERE id = $2),
        standing AS (SELECT """
        + STANDING
        + """ FROM r),
        me AS (SELECT state, place, changed_at FROM run_join WHERE run_id = $2 AND user_id = $3),
        first AS (
            SELECT r.first_until IS NULL OR EXISTS (
                       SELECT FROM run_join f WHERE f.run_id = r.follows_id AND f.user_id = $3 AND f.state = 'join')
                   AS comes
              FROM r),
        others AS (
            SELECT count(*) FILTER (WHERE state = 'join') AS raiders,
                   count(*) FILTER (WHERE state IN ('waiting', 'called')) AS waiting,
                   count(*) FILTER (WHERE state IN ('join', 'called') AND user_id <> r.leads) AS taken
              FROM r LEFT JOIN run_join j ON j.run_id = r.id AND j.user_id <> $3),
        decided AS (
            SELECT CASE WHEN NOT $4::boolean THEN CASE WHEN EXISTS (SELECT FROM me) THEN 'left' END
                        WHEN standing.suspended OR standing.needs_verified AND NOT standing.verified THEN NULL
                        WHEN (SELECT state FROM me) IN ('join', 'called') OR r.leads = $3 THEN 'join'
                        WHEN first.comes AND (r.max_raiders IS NULL OR others.taken < r.max_raiders) THEN 'join'
                        ELSE 'waiting' END AS state
              FROM r, standing, first, others),
        part AS (
            INSERT INTO run_join AS j (run_id, user_id, state, place, changed_at)
            SELECT $2, $3, d.state, CASE d.state WHEN 'waiting' THEN r.lined_up + 1 END, $5
              FROM decided d, r WHERE d.state IS NOT NULL
                ON CONFLICT (run_id, user_id) DO UPDATE
               SET state = excluded.state, place = excluded.place, called_until = NULL, changed_at = excluded.changed_at
             WHERE j.state <> excluded.state AND NOT (j.state = 'removed' AND excluded.state = 'left')
            RETURNING state),
        touched AS (
            UPDATE run SET version = version + 1,
                           lined_up = lined_up + CASE (SELECT state FROM part) WHEN 'waiting' THEN 1 ELSE 0 END
             WHERE id = $2 AND EXISTS (SELECT FROM part) RETURNING version),
        offers AS (
            UPDATE run_offer SET state = 'withdrawn', settled_at = $5, settled_by = $3
             WHERE run_id = $2 AND user_id = $3 AND state IN ('offered', 'accepted')
               AND (SELECT state FROM part) = 'left'),
        sees AS (
            SELECT r.party, r.location, r.placed FROM r, decided d
             WHERE $6::text IS NOT NULL AND (d.state = 'join' OR $6 IN ('leader', 'all'))),
        shown AS (
            INSERT INTO run_reveal AS v (run_id, user_id, grounds, placed, party, location, first_at, last_at)
            SELECT $2, $3, $6, placed, party, location, $5, $5 FROM sees
             WHERE party IS NOT NULL OR location IS NOT NULL
                ON CONFLICT (run_id, user_id, grounds, placed) DO UPDATE
               SET last_at = excluded.last_at, times = v.times + 1),
        noted AS (
            INSERT INTO run_entry (run_id, user_id, kind, happened_at)
            SELECT $2, $3, CASE state WHEN 'join' THEN 'joined' ELSE state END, $5 FROM part),
        told AS (
            INSERT INTO outbox (guild_id, kind, body, happened_at)
            SELECT $1::bigint, 'RunChanged',
                   jsonb_build_object('guild_id', $1::text, 'run_id', $2, 'urgent', false), $5
              FROM part)
        SELECT r.id AS run_id, r.dungeon, r.status, coalesce(d.state, (SELECT state FROM me)) AS state,
               EXISTS (SELECT FROM part) AS changed,
               others.raiders + CASE d.state WHEN 'join' THEN 1 ELSE 0 END AS raiders,
               others.waiting + CASE d.state WHEN 'waiting' THEN 1 ELSE 0 END AS waiting,
               coalesce((SELECT version FROM touched), r.version) AS version,
               CASE d.state WHEN 'waiting' THEN 1 + (
                    SELECT count(*) FROM run_join w
                     WHERE w.run_id = $2 AND w.state = 'waiting' AND w.user_id <> $3
                       AND w.place < coalesce((SELECT place FROM me WHERE me.state = 'waiting'), r.lined_up + 1))
               END AS place,
               CASE WHEN d.state = 'waiting' AND NOT first.comes THEN r.first_until END AS first_until,
               (SELECT class FROM run_join WHERE run_id = $2 AND user_id = $3) AS plays,
        """
        + OWN_BRINGS
        + " AS brings, CASE WHEN d.state = 'left' THEN '[]' ELSE"
        + OWN_OFFERS
        + " END AS offers, CASE WHEN d.state = 'join' THEN"
        + COUNTS_FROM
        + """
               END AS counts_from,
               (SELECT party FROM sees) AS party, (SELECT location FROM sees) AS location,
               CASE WHEN EXISTS (SELECT FROM sees) THEN $6 END AS grounds
          FROM r, first, others, decided d
        """,
        part.guild_id,
        part.run_id,
        part.user_id,
        part.joins,
        at,
        part.grounds,
    )


async def card(
    tx: Transaction, guild_id: GuildId, run_id: RunId, user_id: UserId, grounds: Grounds | None, at: datetime
) -> Card:
    """Return a member's part in a run, and write down that party and location were shown to them, if they were."""
    return await tx.one(
        Card,
        """
        WITH r AS (SELECT * FROM run WHERE guild_id = $1 AND id = $2),
        me AS (SELECT state, place, called_until, class, changed_at FROM run_join WHERE run_id = $2 AND user_id = $3),
        sees AS (SELECT r.party, r.location, r.placed FROM r WHERE $4::text IS NOT NULL),
        shown AS (
            INSERT INTO run_reveal AS v (run_id, user_id, grounds, placed, party, location, first_at, last_at)
            SELECT $2, $3, $4, placed, party, location, $5, $5 FROM sees
             WHERE party IS NOT NULL OR location IS NOT NULL
                ON CONFLICT (run_id, user_id, grounds, placed) DO UPDATE
               SET last_at = excluded.last_at, times = v.times + 1)
        SELECT r.id AS run_id, r.dungeon, r.status, (SELECT state FROM me) AS state, false AS changed,
               (SELECT count(*) FROM run_join WHERE run_id = $2 AND state = 'join') AS raiders,
               (SELECT count(*) FROM run_join WHERE run_id = $2 AND state IN ('waiting', 'called')) AS waiting,
               r.version,
               (SELECT count(*) FROM run_join w JOIN me ON me.state = 'waiting'
                 WHERE w.run_id = $2 AND w.state = 'waiting' AND w.place <= me.place HAVING count(*) > 0) AS place,
               (SELECT r.first_until FROM me WHERE me.state = 'waiting' AND NOT EXISTS (
                    SELECT FROM run_join f WHERE f.run_id = r.follows_id AND f.user_id = $3 AND f.state = 'join'))
                   AS first_until,
               (SELECT called_until FROM me) AS called_until, (SELECT class FROM me) AS plays,
               (SELECT c.state FROM run_claim c WHERE c.run_id = $2 AND c.user_id = $3) AS claim,
        """
        + OWN_BRINGS
        + " AS brings, "
        + OWN_OFFERS
        + " AS offers, CASE WHEN (SELECT state FROM me) = 'join' THEN"
        + COUNTS_FROM
        + """
               END AS counts_from,
               (SELECT party FROM sees) AS party, (SELECT location FROM sees) AS location,
               CASE WHEN EXISTS (SELECT FROM sees) THEN $4 END AS grounds,
               CASE WHEN (SELECT state FROM me) IN ('removed', 'left') THEN (
                   SELECT e.detail ->> 'reason' FROM run_entry e
                    WHERE e.run_id = $2 AND e.kind = 'removed' AND e.detail ->> 'user_id' = $3::bigint::text
                      AND e.happened_at = (SELECT changed_at FROM me)
                    ORDER BY e.id DESC LIMIT 1) END AS reason
          FROM r
        """,
        guild_id,
        run_id,
        user_id,
        grounds,
        at,
    )


class MovedUp(msgspec.Struct, frozen=True):
    """Somebody for whom a place became free."""

    user_id: UserId


async def fill_places(
    tx: Transaction, guild_id: GuildId, run_id: RunId, until: datetime | None, at: datetime
) -> list[MovedUp]:
    """Give free places to those who wait, in order; with `until` they are called, else they are in.

    While those of the run before come first, nobody else moves up. The run's row must be held.
    """
    return await tx.many(
        MovedUp,
        """
        WITH r AS (
            SELECT id, max_raiders, coalesce(leader_id, organizer_id) AS leads, follows_id, first_until
              FROM run WHERE id = $2),
        free AS (
            SELECT CASE WHEN r.max_raiders IS NULL THEN 1000000
                        ELSE greatest(0, r.max_raiders - count(j.user_id)) END AS places
              FROM r LEFT JOIN run_join j ON j.run_id = r.id AND j.state IN ('join', 'called') AND j.user_id <> r.leads
             GROUP BY r.max_raiders),
        chosen AS (
            SELECT w.user_id FROM r JOIN run_join w ON w.run_id = r.id AND w.state = 'waiting'
             WHERE r.first_until IS NULL OR EXISTS (
                   SELECT FROM run_join f WHERE f.run_id = r.follows_id AND f.user_id = w.user_id AND f.state = 'join')
             ORDER BY w.place LIMIT (SELECT places FROM free)),
        moved AS (
            UPDATE run_join j
               SET state = CASE WHEN $3::timestamptz IS NULL THEN 'join' ELSE 'called' END, called_until = $3,
                   changed_at = $4::timestamptz
              FROM chosen c WHERE j.run_id = $2 AND j.user_id = c.user_id
            RETURNING j.user_id, j.place),
        touched AS (UPDATE run SET version = version + 1 WHERE id = $2 AND EXISTS (SELECT FROM moved)),
        noted AS (
            INSERT INTO run_entry (run_id, user_id, kind, happened_at)
            SELECT $2, user_id, CASE WHEN $3 IS NULL THEN 'moved_up' ELSE 'called' END, $4 FROM moved ORDER BY place),
        told AS (
            INSERT INTO outbox (guild_id, kind, body, happened_at)
            SELECT $1::bigint, 'RunChanged',
                   jsonb_build_object('guild_id', $1::text, 'run_id', $2::bigint, 'urgent', false), $4
             WHERE EXISTS (SELECT FROM moved))
        SELECT user_id FROM moved ORDER BY place
        """,
        guild_id,
        run_id,
        until,
        at,
    )


class Lapsed(msgspec.Struct, frozen=True):
    """A run in which somebody did not answer their call in time."""

    guild_id: GuildId
    run_id: RunId


async def lapsed_calls(tx: Transaction, now: datetime, most: int) -> list[Lapsed]:
    """Return runs in which a call has run out where its guild was reached, and hold their rows."""
    return await tx.many(
        Lapsed,
        """
        SELECT r.guild_id, r.id AS run_id FROM run r
         WHERE r.status IN ('open', 'live')
           -- Not EXISTS, which would be read the other way round: from all who were called in runs that are over.
           AND (SELECT true FROM run_join j
                 WHERE j.run_id = r.id AND j.state = 'called' AND j.called_until <= $1
                   AND NOT EXISTS (SELECT FROM guild_contact c
                                    WHERE c.guild_id = r.guild_id AND c.beat_at < j.called_until - $3::interval
                                      AND c.beat_at > $1 - $4::interval)
                 LIMIT 1)
         ORDER BY r.id LIMIT $2
           FOR UPDATE OF r SKIP LOCKED
        """,
        now,
        most,
        OUTAGE,
        GIVEN_UP_AFTER,
    )


async def next_lapse(tx: Transaction) -> datetime | None:
    """Return when the next call runs out."""
    return await tx.value(
        datetime,
        """
        SELECT min((SELECT min(j.called_until) FROM run_join j
                     WHERE j.run_id = r.id AND j.state = 'called'
                       AND NOT EXISTS (SELECT FROM guild_contact c
                                        WHERE c.guild_id = r.guild_id AND c.beat_at < j.called_until - $1::interval)))
          FROM run r WHERE r.status IN ('open', 'live')
        """,
        OUTAGE,
    )


async def pass_over(tx: Transaction, run_id: RunId, now: datetime) -> int:
    """Put those whose call has run out at the end of the line, with their entries. The run's row must be held."""
    return await tx.run(
        """
        WITH late AS (
            SELECT user_id, row_number() OVER (ORDER BY place) AS nth
              FROM run_join WHERE run_id = $1 AND state = 'called' AND called_until <= $2),
        back AS (
            UPDATE run_join j SET state = 'waiting', place = r.lined_up + late.nth, called_until = NULL, changed_at = $2
              FROM late, run r WHERE r.id = $1 AND j.run_id = $1 AND j.user_id = late.user_id),
        noted AS (
            INSERT INTO run_entry (run_id, user_id, kind, happened_at)
            SELECT $1, user_id, 'passed_over', $2 FROM late ORDER BY nth)
        UPDATE run SET lined_up = lined_up + (SELECT count(*) FROM late), version = version + 1 WHERE id = $1
        """,
        run_id,
        now,
    )


async def raiders(tx: Transaction, run_id: RunId) -> list[RunRaider]:
    """Return who is in a run or waits for it, by IGN from A to Z; those without one come last."""
    return await tx.many(
        RunRaider,
        """
        SELECT j.user_id, k.ign, j.state, j.class AS plays,
               array(SELECT a.ign FROM raider_name a
                      WHERE a.guild_id = k.guild_id AND a.user_id = k.user_id AND NOT a.is_main
                      ORDER BY lower(a.ign) COLLATE "C") AS alts,
               array(SELECT b.want FROM run_bring b
                      WHERE b.run_id = j.run_id AND b.user_id = j.user_id ORDER BY b.want) AS brings,
               array(SELECT o.key FROM run_offer o
                      WHERE o.run_id = j.run_id AND o.user_id = j.user_id AND o.state IN ('offered', 'accepted')
                      ORDER BY o.place) AS keys
          FROM run_join j
          JOIN run r ON r.id = j.run_id
          LEFT JOIN raider k ON k.guild_id = r.guild_id AND k.user_id = j.user_id
         WHERE j.run_id = $1 AND j.state IN ('join', 'waiting', 'called')
         ORDER BY j.state = 'join' DESC, lower(k.ign) COLLATE "C" NULLS LAST, j.user_id
        """,
        run_id,
    )


class Outfit(msgspec.Struct, frozen=True, kw_only=True):
    """What a member plays and brings."""

    guild_id: GuildId
    run_id: RunId
    user_id: UserId
    plays: str | None
    brings: list[str]


async def save_outfit(tx: Transaction, outfit: Outfit, at: datetime) -> int:
    """Write down what a member plays and brings, with entry and event; return 0 if it was so already."""
    return await tx.run(
        """
        WITH before AS (
            SELECT j.class, array(SELECT b.want FROM run_bring b
                                   WHERE b.run_id = $2 AND b.user_id = $3 ORDER BY b.want) AS wants
              FROM run_join j WHERE j.run_id = $2 AND j.user_id = $3),
        changed AS (
            SELECT 1 FROM before
             WHERE (class, wants) IS DISTINCT FROM ($4::text, array(SELECT w FROM unnest($5::text[]) w ORDER BY w))),
        plays AS (
            UPDATE run_join SET class = $4 WHERE run_id = $2 AND user_id = $3 AND EXISTS (SELECT FROM changed)),
        dropped AS (
            DELETE FROM run_bring WHERE run_id = $2 AND user_id = $3 AND NOT want = ANY ($5)),
        brought AS (
            INSERT INTO run_bring (run_id, user_id, want, brought_at)
            SELECT $2, $3, want, $6::timestamptz FROM unnest($5) want WHERE EXISTS (SELECT FROM before)
                ON CONFLICT DO NOTHING),
        touched AS (UPDATE run SET version = version + 1 WHERE id = $2 AND EXISTS (SELECT FROM changed)),
        noted AS (
            INSERT INTO run_entry (run_id, user_id, kind, detail, happened_at)
            SELECT $2, $3, 'brings', jsonb_build_object('plays', $4, 'brings', $5), $6 FROM changed)
        INSERT INTO outbox (guild_id, kind, body, happened_at)
        SELECT $1::bigint, 'RunChanged',
               jsonb_build_object('guild_id', $1::text, 'run_id', $2::bigint, 'urgent', false), $6
          FROM changed
        """,
        outfit.guild_id,
        outfit.run_id,
        outfit.user_id,
        outfit.plays,
        outfit.brings,
        at,
    )


class Count(msgspec.Struct, frozen=True):
    """How many of those who are in bring something."""

    want: str
    number: int


async def brought_by_others(tx: Transaction, run_id: RunId, user_id: UserId) -> dict[str, int]:
    """Return how many others bring what. The run's row must be held."""
    found = await tx.many(
        Count,
        """
        SELECT b.want, count(*) AS number
          FROM run_bring b JOIN run_join j ON j.run_id = b.run_id AND j.user_id = b.user_id AND j.state = 'join'
         WHERE b.run_id = $1 AND b.user_id <> $2
         GROUP BY b.want
        """,
        run_id,
        user_id,
    )
    return {one.want: one.number for one in found}


async def remove(
    tx: Transaction, guild_id: GuildId, run_id: RunId, user_ids: list[UserId], act: tuple[UserId, str, datetime]
) -> list[MovedUp]:
    """Take members out of a run, with their offers, entries and the event; return who was taken out.

    `act` is who did it, why, and when. Whom a person took out stays out until they are added; whom nobody took out (0)
    may join again as soon as they are in good standing. The run's row must be held.
    """
    return await tx.many(
        MovedUp,
        """
        WITH gone AS (
            UPDATE run_join SET state = $6, place = NULL, called_until = NULL, changed_at = $5::timestamptz
             WHERE run_id = $2 AND user_id = ANY ($3::bigint[]) AND state IN ('join', 'waiting', 'called')
            RETURNING user_id),
        offers AS (
            UPDATE run_offer o SET state = 'removed', settled_at = $5, settled_by = $4
              FROM gone WHERE o.run_id = $2 AND o.user_id = gone.user_id AND o.state IN ('offered', 'accepted')),
        touched AS (UPDATE run SET version = version + 1 WHERE id = $2 AND EXISTS (SELECT FROM gone)),
        noted AS (
            INSERT INTO run_entry (run_id, user_id, kind, detail, happened_at)
            SELECT $2, $4::bigint, 'removed', jsonb_build_object('user_id', user_id::text, 'reason', $7::text), $5
              FROM gone),
        told AS (
            INSERT INTO outbox (guild_id, kind, body, happened_at)
            SELECT $1::bigint, 'RunChanged',
                   jsonb_build_object('guild_id', $1::text, 'run_id', $2::bigint, 'urgent', false), $5
             WHERE EXISTS (SELECT FROM gone))
        SELECT user_id FROM gone
        """,
        guild_id,
        run_id,
        user_ids,
        act[0],
        act[2],
        JoinState.REMOVED if act[0] else JoinState.LEFT,
        act[1],
    )


async def joined_runs(tx: Transaction, guild_id: GuildId, user_id: UserId) -> list[RunId]:
    """Return the runs that go on and that a member is in, waits for or was called to, the newest first."""
    found = await tx.value(
        list[int],
        """
        SELECT array_agg(r.id ORDER BY r.id DESC) FROM run r JOIN run_join j ON j.run_id = r.id AND j.user_id = $2
         WHERE r.guild_id = $1 AND r.status IN ('open', 'live') AND j.state IN ('join', 'waiting', 'called')
        """,
        guild_id,
        user_id,
    )
    return [RunId(one) for one in found or []]


async def take_in(tx: Transaction, guild_id: GuildId, run_id: RunId, who: tuple[UserId, UserId], at: datetime) -> int:
    """Take a member in, with entry and event; return 0 if they were in. `who` is who does it, and whom."""
    return await tx.run(
        """
        WITH part AS (
            INSERT INTO run_join AS j (run_id, user_id, state, changed_at) VALUES ($2, $4, 'join', $5::timestamptz)
                ON CONFLICT (run_id, user_id) DO UPDATE
               SET state = 'join', place = NULL, called_until = NULL, changed_at = $5
             WHERE j.state <> 'join'
            RETURNING 1),
        touched AS (UPDATE run SET version = version + 1 WHERE id = $2 AND EXISTS (SELECT FROM part)),
        noted AS (
            INSERT INTO run_entry (run_id, user_id, kind, detail, happened_at)
            SELECT $2, $3::bigint, 'added', jsonb_build_object('user_id', $4::text), $5 FROM part)
        INSERT INTO outbox (guild_id, kind, body, happened_at)
        SELECT $1::bigint, 'RunChanged',
               jsonb_build_object('guild_id', $1::text, 'run_id', $2::bigint, 'urgent', false), $5
          FROM part
        """,
        guild_id,
        run_id,
        who[0],
        who[1],
        at,
    )


class Out(msgspec.Struct, frozen=True):
    """Somebody who is in a run and should not be any more."""

    run_id: RunId
    user_id: UserId
    reason: str
    holds_key: bool
    """Whether they stand in the line of key holders."""


async def no_longer_welcome(tx: Transaction, guild_id: GuildId, user_ids: list[UserId]) -> list[Out]:
    """Return which of these members are in a run that goes on though they left, are suspended or not verified.

    Holds the rows of those runs.
    """
    return await tx.many(
        Out,
        """
        WITH marks AS (
            SELECT max(role_id) FILTER (WHERE key = 'verified_raider') AS verified
              FROM guild_role WHERE guild_id = $1),
        out AS (
            SELECT m.user_id, m.role_ids, marks.verified,
                   CASE WHEN NOT m.present THEN 'left the server'
                        WHEN EXISTS (SELECT FROM guild_role g WHERE g.guild_id = $1 AND g.key = 'suspended' AND """
        + callers.HELD
        + """)
                        THEN 'suspended'
                        WHEN marks.verified IS NOT NULL
                             AND EXISTS (SELECT FROM raider k
                                          WHERE k.guild_id = m.guild_id AND k.user_id = m.user_id
                                            AND k.status = 'unverified')
                        THEN 'no longer verified' END AS reason
              FROM member m, marks WHERE m.guild_id = $1 AND m.user_id = ANY ($2::bigint[]))
        SELECT r.id AS run_id, o.user_id, coalesce(o.reason, 'no longer verified') AS reason,
               EXISTS (SELECT FROM run_offer k WHERE k.run_id = r.id AND k.user_id = o.user_id
                          AND k.state IN ('offered', 'accepted')) AS holds_key
          FROM out o
          JOIN run r ON r.guild_id = $1 AND r.status IN ('open', 'live')
                    AND (o.reason IS NOT NULL OR NOT coalesce(r.join_role_id, o.verified) = ANY (o.role_ids))
                    AND o.user_id NOT IN (r.organizer_id, coalesce(r.leader_id, r.organizer_id))
         CROSS JOIN LATERAL (  -- asked of the few runs that go on, never of all that a member was in
               SELECT FROM run_join j
                WHERE j.run_id = r.id AND j.user_id = o.user_id AND j.state IN ('join', 'waiting', 'called')
               OFFSET 0) joined
         ORDER BY r.id, o.user_id
           FOR UPDATE OF r
        """,
        guild_id,
        user_ids,
    )


async def owner_of(tx: Transaction, guild_id: GuildId, ign: str) -> UserId | None:
    """Return who has an IGN, however it is written, or None."""
    return await tx.value(
        UserId, "SELECT user_id FROM raider_name WHERE guild_id = $1 AND lower(ign) = lower($2)", guild_id, ign
    )
