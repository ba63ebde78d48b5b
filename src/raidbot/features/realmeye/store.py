"""Pages, those who wait for them, and the state of the site in PostgreSQL."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from raidbot.core.ids import GuildId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.realmeye.model.facts import Facts, Kind, Standing
from raidbot.features.realmeye.model.queue import SiteState, Wanted


class StoredPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page that was read."""

    kind: Kind
    standing: Standing
    facts: Facts
    asked_at: datetime


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """The page whose turn it is."""

    name: str
    kind: Kind
    tries: int
    """How often it was read already and made no sense."""
    is_known: bool
    """Whether it arrived meanwhile, as young as it is wanted."""


class Waiter(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who waits for a page."""

    guild_id: GuildId
    user_id: UserId
    ign: str
    kind: Kind


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """How long the line is."""

    waiting: int
    oldest_wanted_at: datetime | None


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody stands in line, by the last page that they wait for."""

    place: int
    not_before: datetime


async def pages(tx: Transaction, ign: str, kinds: Sequence[Kind]) -> list[StoredPage]:
    """Return the pages of a player that are known, however old."""
    return await tx.many(
        StoredPage,
        "SELECT kind, standing, facts, asked_at FROM realmeye_page WHERE name = lower($1) AND kind = ANY($2::text[])",
        ign,
        list(kinds),
    )


async def enqueue(
    tx: Transaction, wanted: Wanted, kind: Kind, since: datetime, times: tuple[datetime, datetime]
) -> None:
    """Let a member wait for a page, in the place that they have or at the end.

    Args:
        tx: The transaction.
        wanted: Who waits for which player.
        kind: The page.
        since: Since when the page has to be asked for to be an answer.
        times: Now, and when the page may be asked for again at the earliest.
    """
    await tx.run(
        """
        INSERT INTO realmeye_request AS r (guild_id, user_id, kind, ign, name, not_older_than, wanted_at, not_before)
        VALUES ($1, $2, $3, $4, lower($4), $5, $6, $7)
            ON CONFLICT (guild_id, user_id, kind) DO UPDATE
           SET ign = excluded.ign, name = excluded.name,
               not_older_than = greatest(r.not_older_than, excluded.not_older_than),
               not_before = greatest(r.not_before, excluded.not_before)
        """,
        wanted.guild_id,
        wanted.user_id,
        kind,
        wanted.ign,
        since,
        *times,
    )


async def forget_others(tx: Transaction, wanted: Wanted) -> None:
    """Let a member wait no more for pages of players that they asked about before."""
    await tx.run(
        "DELETE FROM realmeye_request WHERE guild_id = $1 AND user_id = $2 AND name <> lower($3)",
        wanted.guild_id,
        wanted.user_id,
        wanted.ign,
    )


async def place_of(tx: Transaction, guild_id: GuildId, user_id: UserId) -> Place:
    """Return how many pages are read until the last one that a member waits for, that one included."""
    return await tx.one(
        Place,
        """
        WITH own AS (
            SELECT max(id) AS id, max(not_before) AS not_before
              FROM realmeye_request WHERE guild_id = $1 AND user_id = $2)
        SELECT (SELECT count(DISTINCT (r.name, r.kind)) FROM realmeye_request r WHERE r.id <= own.id) AS place,
               own.not_before
          FROM own
        """,
        guild_id,
        user_id,
    )


async def withdraw(tx: Transaction, guild_id: GuildId, user_id: UserId) -> None:
    """Let a member wait no more."""
    await tx.run("DELETE FROM realmeye_request WHERE guild_id = $1 AND user_id = $2", guild_id, user_id)


async def site(tx: Transaction) -> SiteState:
    """Return how the site does; before it was ever asked, well."""
    found = await tx.maybe(
        SiteState, "SELECT next_at, failures, away_since, away_reason, pace_s FROM realmeye_site WHERE the_one"
    )
    return found or SiteState(next_at=datetime.fromtimestamp(0, UTC))


async def next_turn(tx: Transaction) -> datetime | None:
    """Return when a page may be asked for next, or None if nobody waits."""
    return await tx.value(
        datetime,
        """
        SELECT greatest((SELECT greatest(next_at, busy_until) FROM realmeye_site WHERE the_one), min(not_before))
          FROM realmeye_request
        HAVING count(*) > 0
        """,
    )


async def take_turn(tx: Transaction, now: datetime, until: datetime) -> bool:
    """Take the one turn there is, for a while at most; tell whether it was free.

    Who dies with it keeps the others waiting until then, and no longer.
    """
    taken = await tx.run(
        """
        INSERT INTO realmeye_site AS s (busy_until) VALUES ($2)
            ON CONFLICT (the_one) DO UPDATE SET busy_until = excluded.busy_until
         WHERE s.busy_until <= $1 AND s.next_at <= $1
        """,
        now,
        until,
    )
    return taken == 1


async def first_in_line(tx: Transaction, now: datetime) -> Claim | None:
    """Return the page that was wanted first, or None if none may be asked for now."""
    return await tx.maybe(
        Claim,
        """
        SELECT r.name, r.kind, r.tries, coalesce(p.asked_at >= r.not_older_than, false) AS is_known
          FROM realmeye_request r LEFT JOIN realmeye_page p USING (name, kind)
         WHERE r.not_before <= $1 ORDER BY r.id LIMIT 1
        """,
        now,
    )


async def end_turn(tx: Transaction, until: datetime, state: SiteState) -> bool:
    """Give the turn back, with how the site does now; tell whether it was still ours.

    Args:
        tx: The transaction.
        until: Until when the turn was taken, which also says whose it is.
        state: How the site does.
    """
    ours = await tx.run(
        """
        UPDATE realmeye_site
           SET busy_until = '-infinity', next_at = $1, failures = $2, away_since = $3, away_reason = $4, pace_s = $5
         WHERE the_one AND busy_until = $6
        """,
        state.next_at,
        state.failures,
        state.away_since,
        state.away_reason,
        state.pace_s,
        until,
    )
    return ours == 1


async def save_page(tx: Transaction, name: str, page: StoredPage) -> None:
    """Write down what a page says, over what it said before."""
    await tx.run(
        """
        INSERT INTO realmeye_page (name, kind, standing, facts, asked_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (name, kind) DO UPDATE
           SET standing = excluded.standing, facts = excluded.facts, asked_at = excluded.asked_at
         WHERE realmeye_page.asked_at <= excluded.asked_at
        """,
        name,
        page.kind,
        page.standing,
        page.facts,
        page.asked_at,
    )


async def answerable(tx: Transaction, claim: Claim) -> list[Waiter]:
    """Return those for whom the page that is known will do, in their order. Who wants a younger one waits on."""
    return await tx.many(
        Waiter,
        """
        SELECT r.guild_id, r.user_id, r.ign, r.kind
          FROM realmeye_request r JOIN realmeye_page p USING (name, kind)
         WHERE r.name = $1 AND r.kind = $2 AND r.not_older_than <= p.asked_at
         ORDER BY r.id
        """,
        claim.name,
        claim.kind,
    )


async def hold(tx: Transaction, waiter: Waiter) -> bool:
    """Let one process at a time tell somebody; tell whether it is this one.

    No row is locked for that: what other features lock in reaction comes first, as it does where they ask.
    """
    held = await tx.value(
        bool,
        """
        SELECT pg_try_advisory_xact_lock(hashtextextended('page ' || $1::bigint || ' ' || $2::bigint || ' ' || $3, 0))
        """,
        waiter.guild_id,
        waiter.user_id,
        waiter.kind,
    )
    return bool(held)


async def standing_for(tx: Transaction, waiter: Waiter) -> Standing | None:
    """Return what came of the page that somebody waits for, or None if they wait for it no more."""
    return await tx.value(
        Standing,
        """
        SELECT p.standing
          FROM realmeye_request r JOIN realmeye_page p USING (name, kind)
         WHERE r.guild_id = $1 AND r.user_id = $2 AND r.kind = $3 AND r.name = lower($4)
           AND r.not_older_than <= p.asked_at
        """,
        waiter.guild_id,
        waiter.user_id,
        waiter.kind,
        waiter.ign,
    )


async def release(tx: Transaction, waiter: Waiter) -> None:
    """Let somebody wait no more for whom the page that is known will do."""
    await tx.run(
        """
        DELETE FROM realmeye_request r USING realmeye_page p
         WHERE r.guild_id = $1 AND r.user_id = $2 AND r.kind = $3 AND r.name = lower($4)
           AND p.name = r.name AND p.kind = r.kind AND r.not_older_than <= p.asked_at
        """,
        waiter.guild_id,
        waiter.user_id,
        waiter.kind,
        waiter.ign,
    )


async def set_aside(tx: Transaction, waiter: Waiter, not_before: datetime, most: int) -> None:
    """Let somebody wait a while for whom something went wrong, or no more after so many times."""
    await tx.run(
        """
        WITH over AS (
            DELETE FROM realmeye_request
             WHERE guild_id = $1 AND user_id = $2 AND kind = $3 AND tries + 1 >= $5
            RETURNING 1)
        UPDATE realmeye_request SET tries = tries + 1, not_before = $4
         WHERE guild_id = $1 AND user_id = $2 AND kind = $3 AND tries + 1 < $5
        """,
        waiter.guild_id,
        waiter.user_id,
        waiter.kind,
        not_before,
        most,
    )


async def put_off(tx: Transaction, claim: Claim, asked_at: datetime, not_before: datetime) -> None:
    """Ask for a page no sooner than that, because it was just asked for; count it where it made no sense."""
    await tx.run(
        """
        UPDATE realmeye_request
           SET not_before = greatest(not_before, $4), tries = tries + (not_older_than <= $3)::int
         WHERE name = $1 AND kind = $2
        """,
        claim.name,
        claim.kind,
        asked_at,
        not_before,
    )


async def waiters(tx: Transaction) -> list[Waiter]:
    """Return everybody who waits, in their order."""
    return await tx.many(Waiter, "SELECT guild_id, user_id, ign, kind FROM realmeye_request ORDER BY id")


async def line(tx: Transaction) -> Line:
    """Return how long the line is."""
    return await tx.one(
        Line,
        """
        SELECT count(DISTINCT (name, kind)) AS waiting, min(wanted_at) AS oldest_wanted_at FROM realmeye_request
        """,
    )


async def delete_pages(tx: Transaction, before: datetime, limit: int) -> int:
    """Delete pages that were asked for before then; return how many."""
    return await tx.run(
        """
        DELETE FROM realmeye_page
         WHERE (name, kind) IN (SELECT name, kind FROM realmeye_page WHERE asked_at < $1 ORDER BY asked_at LIMIT $2
                                   FOR UPDATE SKIP LOCKED)
        """,
        before,
        limit,
    )
