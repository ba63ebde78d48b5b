"""The ledger in PostgreSQL. Entries are added and never changed."""

from collections.abc import Sequence
from datetime import datetime

from raidbot.core.ids import GuildId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.points.model import Award, AwardKind, Hand, Pay


async def add(tx: Transaction, guild_id: GuildId, pays: Sequence[Pay], hand: Hand) -> int:
    """Write down what is paid; what was paid before is left out. Return how many entries that made. One statement."""
    return await tx.run(
        """
        INSERT INTO award (guild_id, user_id, kind, dungeon, quantity, points, run_id, pop_id, subject,
                           happened_at, written_at, written_by, reason)
        SELECT $1, p.user_id, p.kind, p.dungeon, p.quantity, p.points, p.run_id, p.pop_id, p.subject,
               p.happened_at, $2, $3, coalesce(p.reason, $4)
          FROM unnest($5::bigint[], $6::text[], $7::text[], $8::bigint[], $9::numeric[], $10::bigint[],
                      $11::bigint[], $12::text[], $13::timestamptz[], $14::text[])
               AS p (user_id, kind, dungeon, quantity, points, run_id, pop_id, subject, happened_at, reason)
            ON CONFLICT (guild_id, subject) DO NOTHING
        """,
        guild_id,
        hand.at,
        hand.by,
        hand.reason,
        [one.user_id for one in pays],
        [one.kind for one in pays],
        [one.dungeon for one in pays],
        [one.quantity for one in pays],
        [one.points for one in pays],
        [one.run_id for one in pays],
        [one.pop_id for one in pays],
        [one.subject for one in pays],
        [one.happened_at for one in pays],
        [one.reason for one in pays],
    )


async def standing(tx: Transaction, guild_id: GuildId, subjects: Sequence[str]) -> list[Award]:
    """Return the entries of these subjects that nobody has taken back."""
    return await tx.many(
        Award,
        """
        SELECT a.id, a.user_id, a.kind, a.dungeon, a.quantity, a.points, a.run_id, a.pop_id, a.subject,
               a.happened_at, a.written_at, a.written_by, a.reason, a.corrects
          FROM award a
         WHERE a.guild_id = $1 AND a.subject = ANY ($2::text[])
           AND NOT EXISTS (SELECT FROM award c WHERE c.corrects = a.id)
         ORDER BY a.id
        """,
        guild_id,
        list(subjects),
    )


async def of_run(tx: Transaction, guild_id: GuildId, run_id: int, user_id: UserId | None = None) -> list[Award]:
    """Return every entry about a run, or about one member in it, oldest first."""
    return await tx.many(
        Award,
        """
        SELECT a.id, a.user_id, a.kind, a.dungeon, a.quantity, a.points, a.run_id, a.pop_id, a.subject,
               a.happened_at, a.written_at, a.written_by, a.reason, a.corrects
          FROM award a
         WHERE a.guild_id = $1 AND a.run_id = $2 AND ($3::bigint IS NULL OR a.user_id = $3)
         ORDER BY a.id
        """,
        guild_id,
        run_id,
        user_id,
    )


async def of_pops(tx: Transaction, guild_id: GuildId, pop_ids: Sequence[int]) -> list[Award]:
    """Return every entry about some pops, oldest first."""
    return await tx.many(
        Award,
        """
        SELECT a.id, a.user_id, a.kind, a.dungeon, a.quantity, a.points, a.run_id, a.pop_id, a.subject,
               a.happened_at, a.written_at, a.written_by, a.reason, a.corrects
          FROM award a
         WHERE a.guild_id = $1 AND a.pop_id = ANY ($2::bigint[])
         ORDER BY a.id
        """,
        guild_id,
        list(pop_ids),
    )


async def reverse_pop(tx: Transaction, guild_id: GuildId, pop_id: int, hand: Hand) -> int:
    """Take back everything paid for a pop that still stands; return how many entries that made. One statement."""
    return await tx.run(
        """
        INSERT INTO award (guild_id, user_id, kind, dungeon, quantity, points, run_id, pop_id, subject,
                           happened_at, written_at, written_by, reason, corrects)
        SELECT a.guild_id, a.user_id, a.kind, a.dungeon, -a.quantity, -a.points, a.run_id, a.pop_id,
               'back:' || a.id, a.happened_at, $3, $4, $5, a.id
          FROM award a
         WHERE a.guild_id = $1 AND a.pop_id = $2 AND a.corrects IS NULL
           AND NOT EXISTS (SELECT FROM award c WHERE c.corrects = a.id)
            ON CONFLICT DO NOTHING
        """,
        guild_id,
        pop_id,
        hand.at,
        hand.by,
        hand.reason,
    )


async def reverse(tx: Transaction, guild_id: GuildId, award_ids: Sequence[int], hand: Hand) -> int:
    """Take back these entries, each once; return how many entries that made. One statement."""
    return await tx.run(
        """
        INSERT INTO award (guild_id, user_id, kind, dungeon, quantity, points, run_id, pop_id, subject,
                           happened_at, written_at, written_by, reason, corrects)
        SELECT a.guild_id, a.user_id, a.kind, a.dungeon, -a.quantity, -a.points, a.run_id, a.pop_id,
               'back:' || a.id, a.happened_at, $3, $4, $5, a.id
          FROM award a
         WHERE a.guild_id = $1 AND a.id = ANY ($2::bigint[]) AND a.corrects IS NULL
            ON CONFLICT DO NOTHING
        """,
        guild_id,
        list(award_ids),
        hand.at,
        hand.by,
        hand.reason,
    )


async def hold_member(tx: Transaction, guild_id: GuildId, user_id: UserId) -> None:
    """Let one transaction at a time write entries of a member by hand."""
    await tx.run(
        "SELECT pg_advisory_xact_lock(hashtextextended('award ' || $1::bigint || ' ' || $2::bigint, 0))",
        guild_id,
        user_id,
    )


async def total(tx: Transaction, guild_id: GuildId, user_id: UserId, kind: AwardKind, dungeon: str) -> int:
    """Return how many keys, or runs that they led, a member has for a dungeon.

    An index holds all that is added up. It is still one entry for each of them, so ask where the sum decides something.
    """
    found = await tx.value(
        int,
        """
        SELECT sum(quantity)::bigint FROM award
         WHERE guild_id = $1 AND user_id = $2 AND kind = $3 AND dungeon = $4 AND kind IN ('key', 'lead')
        """,
        guild_id,
        user_id,
        kind,
        dungeon,
    )
    return found or 0


async def credited_to_themselves(
    tx: Transaction, guild_id: GuildId, user_id: UserId, since: datetime, oldest: datetime
) -> int:
    """Return how much a member has credited to themselves by hand since a moment; none of it is older than `oldest`."""
    found = await tx.value(
        int,
        """
        SELECT sum(quantity)::bigint FROM award
         WHERE guild_id = $1 AND user_id = $2 AND written_by = $2 AND written_at >= $3 AND quantity > 0
           AND happened_at >= $4 AND starts_with(subject, 'hand:')
        """,
        guild_id,
        user_id,
        since,
        oldest,
    )
    return found or 0
