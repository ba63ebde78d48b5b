"""Who says that they were there, in PostgreSQL."""

from datetime import datetime

import msgspec

from raidbot.core.ids import GuildId, RunId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.runs.model.claims import ClaimState, WhoWasThere
from raidbot.features.runs.model.contact import GIVEN_UP_AFTER, OUTAGE
from raidbot.features.runs.model.pops import PopId

COMPLETED = """
    SELECT p.id FROM run_pop p
     WHERE p.run_id = $1 AND p.undone_at IS NULL AND p.closed_at IS NOT NULL AND p.outcome = 'completed'
"""


async def completed(tx: Transaction, run_id: RunId) -> list[PopId]:
    """Return the completed pops of a run; one without pops has its pop 0."""
    found = await tx.value(list[int], f"SELECT array_agg(id ORDER BY id) FROM ({COMPLETED}) c", run_id)
    return [PopId(one) for one in found or []]


async def uncounted(tx: Transaction, run_id: RunId, user_id: UserId) -> int:
    """Return for how many completed pops of a run a member does not count."""
    return (
        await tx.value(
            int,
            "SELECT count(*) FROM ("
            + COMPLETED
            + """) c
         WHERE NOT EXISTS (SELECT FROM run_snapshot s
                            WHERE s.pop_id = c.id AND s.user_id = $2 AND s.struck_at IS NULL)
        """,
            run_id,
            user_id,
        )
        or 0
    )


async def add(tx: Transaction, guild_id: GuildId, run_id: RunId, user_id: UserId, at: datetime) -> int:
    """Write down a claim, with entry and event; return 0 if it stands already. The run's row must be held."""
    return await tx.run(
        """
        WITH claimed AS (
            INSERT INTO run_claim (run_id, user_id, claimed_at, state) VALUES ($2, $3, $4::timestamptz, 'open')
                ON CONFLICT DO NOTHING RETURNING 1),
        touched AS (UPDATE run SET version = version + 1 WHERE id = $2 AND EXISTS (SELECT FROM claimed)),
        noted AS (
            INSERT INTO run_entry (run_id, user_id, kind, happened_at) SELECT $2, $3, 'claimed', $4 FROM claimed)
        INSERT INTO outbox (guild_id, kind, body, happened_at)
        SELECT $1::bigint, 'RunChanged',
               jsonb_build_object('guild_id', $1::text, 'run_id', $2::bigint, 'urgent', false), $4
          FROM claimed
        """,
        guild_id,
        run_id,
        user_id,
        at,
    )


async def who_was_there(tx: Transaction, run_id: RunId) -> WhoWasThere:
    """Return who says so, and who counts. One statement."""
    return await tx.one(
        WhoWasThere,
        """
        SELECT (SELECT coalesce(jsonb_agg(jsonb_build_object(
                           'user_id', c.user_id::text, 'ign', k.ign, 'state', c.state, 'claimed_at', c.claimed_at)
                           ORDER BY c.claimed_at, c.user_id), '[]')
                  FROM run_claim c LEFT JOIN raider k ON k.guild_id = r.guild_id AND k.user_id = c.user_id
                 WHERE c.run_id = r.id) AS claims,
               (SELECT coalesce(jsonb_agg(jsonb_build_object(
                           'user_id', s.user_id::text, 'ign', k.ign, 'pops', s.pops)
                           ORDER BY lower(k.ign) COLLATE "C" NULLS LAST, s.user_id), '[]')
                  FROM (SELECT s.user_id, count(*) AS pops
                          FROM run_snapshot s JOIN run_pop p ON p.id = s.pop_id AND p.undone_at IS NULL
                         WHERE p.run_id = r.id AND s.struck_at IS NULL GROUP BY s.user_id) s
                  LEFT JOIN raider k ON k.guild_id = r.guild_id AND k.user_id = s.user_id) AS counted
          FROM run r WHERE r.id = $1
        """,
        run_id,
    )


async def decide(
    tx: Transaction, run_id: RunId, state: ClaimState, user_ids: list[UserId] | None, hand: tuple[UserId, datetime]
) -> list[UserId]:
    """Decide open claims of these members, or all of them; return whose they were. The run's row must be held."""
    found = await tx.value(
        list[int],
        """
        WITH decided AS (
            UPDATE run_claim SET state = $2, decided_by = $4, decided_at = $5
             WHERE run_id = $1 AND state = 'open' AND ($3::bigint[] IS NULL OR user_id = ANY ($3))
            RETURNING user_id)
        SELECT array_agg(user_id ORDER BY user_id) FROM decided
        """,
        run_id,
        state,
        user_ids,
        *hand,
    )
    return [UserId(one) for one in found or []]


async def lapse(tx: Transaction, claimed_before: datetime, now: datetime, most: int) -> int:
    """Let claims lapse that nobody decided, with entries and events; return in how many runs."""
    return await tx.run(
        """
        WITH due AS (
            SELECT r.id FROM run r
             WHERE r.id IN (SELECT c.run_id FROM run_claim c WHERE c.state = 'open' AND c.claimed_at <= $1)
             ORDER BY r.id LIMIT $3
               FOR UPDATE SKIP LOCKED),
        lapsed AS (
            UPDATE run_claim SET state = 'lapsed', decided_by = 0, decided_at = $2::timestamptz
             WHERE run_id IN (SELECT id FROM due) AND state = 'open' AND claimed_at <= $1
            RETURNING run_id, user_id),
        touched AS (
            UPDATE run SET version = version + 1 WHERE id IN (SELECT run_id FROM lapsed) RETURNING id, guild_id),
        noted AS (
            INSERT INTO run_entry (run_id, user_id, kind, detail, happened_at)
            SELECT run_id, 0, 'claims_lapsed', jsonb_build_object('user_ids', jsonb_agg(user_id::text)), $2
              FROM lapsed GROUP BY run_id)
        INSERT INTO outbox (guild_id, kind, body, happened_at)
        SELECT guild_id, 'RunChanged',
               jsonb_build_object('guild_id', guild_id::text, 'run_id', id, 'urgent', false), $2
          FROM touched
        """,
        claimed_before,
        now,
        most,
    )


async def oldest(tx: Transaction) -> datetime | None:
    """Return when the oldest claim was made that nobody has decided."""
    return await tx.value(datetime, "SELECT min(claimed_at) FROM run_claim WHERE state = 'open'")


class Closed(msgspec.Struct, frozen=True):
    """A run that takes no more claims."""

    guild_id: GuildId
    run_id: RunId


async def close(tx: Transaction, now: datetime, most: int) -> list[Closed]:
    """Take no more claims where their time is up and the guild was reached, with the event; return which runs."""
    return await tx.many(
        Closed,
        """
        WITH due AS (
            SELECT id FROM run r
             WHERE claims_until <= $1
               AND NOT EXISTS (SELECT FROM guild_contact c
                                WHERE c.guild_id = r.guild_id AND c.beat_at < r.claims_until - $3::interval
                                  AND c.beat_at > $1 - $4::interval)
             ORDER BY claims_until LIMIT $2 FOR UPDATE OF r SKIP LOCKED),
        closed AS (
            UPDATE run SET claims_until = NULL, version = version + 1 WHERE id IN (SELECT id FROM due)
            RETURNING id, guild_id),
        noted AS (
            INSERT INTO run_entry (run_id, user_id, kind, happened_at)
            SELECT id, 0, 'claims_closed', $1::timestamptz FROM closed),
        told AS (
            INSERT INTO outbox (guild_id, kind, body, happened_at)
            SELECT guild_id, 'RunChanged',
                   jsonb_build_object('guild_id', guild_id::text, 'run_id', id, 'urgent', false), $1
              FROM closed)
        SELECT guild_id, id AS run_id FROM closed
        """,
        now,
        most,
        OUTAGE,
        GIVEN_UP_AFTER,
    )


async def next_closing(tx: Transaction) -> datetime | None:
    """Return when the next run takes no more claims."""
    return await tx.value(
        datetime,
        """
        SELECT min(claims_until) FROM run r
         WHERE claims_until IS NOT NULL
           AND NOT EXISTS (SELECT FROM guild_contact c
                            WHERE c.guild_id = r.guild_id AND c.beat_at < r.claims_until - $1::interval)
        """,
        OUTAGE,
    )


class Known(msgspec.Struct, frozen=True):
    """A run in which a member said that they were there."""

    run_id: RunId


async def claimed_runs(tx: Transaction, guild_id: GuildId, user_id: UserId, since: datetime) -> list[RunId]:
    """Return the runs in which a member said so since then, the newest first."""
    found = await tx.many(
        Known,
        """
        SELECT c.run_id FROM run_claim c JOIN run r ON r.id = c.run_id AND r.guild_id = $1
         WHERE c.user_id = $2 AND c.claimed_at > $3 ORDER BY c.claimed_at DESC LIMIT 10
        """,
        guild_id,
        user_id,
        since,
    )
    return [one.run_id for one in found]
