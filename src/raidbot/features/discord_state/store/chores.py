"""What is still to be done in Discord about members, in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from raidbot.core.ids import GuildId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.discord_state.api import SettleChore
from raidbot.features.discord_state.model import HARMLESS, STAYS, Chore, ChoreKind, Wish


async def add_chores(tx: Transaction, guild_id: GuildId, wishes: Sequence[Wish], now: datetime, *, bulk: bool) -> None:
    """Write down wishes; the newest one for the same thing counts, and giving a role ends taking it. One statement.

    So it is with bans and lifting them.
    """
    await tx.run(
        """
        WITH wished AS (
            SELECT * FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[])
                   AS w (user_id, kind, target, value)),
        ended AS (
            UPDATE chore c SET state = 'done' FROM wished w
             WHERE c.guild_id = $1 AND c.user_id = w.user_id AND c.target = w.target AND c.state <> 'done'
               AND (c.kind, w.kind) IN (('give_role', 'take_role'), ('take_role', 'give_role'),
                                        ('ban', 'unban'), ('unban', 'ban')))
        INSERT INTO chore AS c (guild_id, user_id, kind, target, value, state, not_before, bulk)
        SELECT $1, user_id, kind, target, value, 'open', $6, $7 FROM wished ORDER BY user_id, kind, target
            ON CONFLICT (guild_id, user_id, kind, target) DO UPDATE
           SET value = excluded.value, state = 'open', not_before = excluded.not_before, version = c.version + 1,
               tries = 0, last_error = NULL, bulk = excluded.bulk
        """,
        guild_id,
        [one.user_id for one in wishes],
        [one.kind for one in wishes],
        [one.target for one in wishes],
        [one.value for one in wishes],
        now,
        bulk,
    )


async def due_chores(tx: Transaction, guild_id: GuildId, now: datetime) -> list[Chore]:
    """Return what is to be done now, the longest waiting first and bulk last, 100 at most.

    Bulk stands still while an import is stopped.
    """
    return await tx.many(
        Chore,
        """
        SELECT user_id, kind, target, value, version, tries, last_error, bulk
          FROM chore
         WHERE guild_id = $1 AND state = 'open' AND not_before <= $2
           AND NOT (bulk AND EXISTS (SELECT FROM name_import WHERE guild_id = $1 AND state = 'paused'))
         ORDER BY bulk, not_before, user_id, kind, target
         LIMIT 100
        """,
        guild_id,
        now,
    )


async def chores_of(tx: Transaction, guild_id: GuildId, user_id: UserId) -> list[Chore]:
    """Return what is not done yet about a member."""
    return await tx.many(
        Chore,
        """
        SELECT user_id, kind, target, value, version, tries, last_error, bulk
          FROM chore
         WHERE guild_id = $1 AND user_id = $2 AND state <> 'done'
         ORDER BY kind, target
        """,
        guild_id,
        user_id,
    )


async def settle_chores(
    tx: Transaction, guild_id: GuildId, settled: Sequence[SettleChore], not_before: Sequence[datetime]
) -> int:
    """Write down what came of chores, unless they were wished anew meanwhile; return how many that were.

    In the order in which they are wished, so that two requests never wait for each other. A role that is not shed by
    leaving is done once the mirror shows it: until then it may have been lost again.
    """
    return await tx.run(
        """
        WITH told AS (
            SELECT * FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[],
                                 $8::timestamptz[]) AS t (user_id, kind, target, version, state, error, not_before)),
        held AS (
            SELECT c.user_id, c.kind, c.target, t.state, t.error, t.not_before
              FROM chore c JOIN told t USING (user_id, kind, target, version)
             WHERE c.guild_id = $1 AND c.state = 'open'
             ORDER BY c.user_id, c.kind, c.target FOR UPDATE OF c)
        UPDATE chore c
           SET state = CASE WHEN h.state = 'done' AND c.kind = 'give_role' AND c.value = $9
                             AND NOT EXISTS (SELECT FROM member m WHERE m.guild_id = $1 AND m.user_id = c.user_id
                                                AND c.target = ANY (m.role_ids))
                            THEN 'parked' ELSE h.state END,
               tries = c.tries + 1, last_error = h.error, not_before = h.not_before
          FROM held h
         WHERE c.guild_id = $1 AND c.user_id = h.user_id AND c.kind = h.kind AND c.target = h.target
        """,
        guild_id,
        [one.user_id for one in settled],
        [one.kind for one in settled],
        [one.target for one in settled],
        [one.version for one in settled],
        [one.state for one in settled],
        [one.error for one in settled],
        list(not_before),
        STAYS,
    )


async def unpark_promised(tx: Transaction, guild_id: GuildId, user_ids: Sequence[UserId], now: datetime) -> int:
    """Open again what waited for members, now that they are back; return how many that were.

    Roles that they earned, roles that are not shed by leaving, and timeouts.
    """
    return await tx.run(
        """
        UPDATE chore SET state = 'open', not_before = $3
         WHERE guild_id = $1 AND user_id = ANY ($2::bigint[]) AND state = 'parked'
           AND (value = ANY ($4) OR kind = 'timeout')
        """,
        guild_id,
        list(user_ids),
        now,
        [HARMLESS, STAYS],
    )


async def end_held(tx: Transaction, guild_id: GuildId, user_ids: Sequence[UserId]) -> None:
    """End what is to be done about roles that members hold by now: somebody gave them by hand."""
    await tx.run(
        """
        UPDATE chore c SET state = 'done' FROM member m
         WHERE c.guild_id = $1 AND c.user_id = ANY ($2::bigint[]) AND c.kind = 'give_role' AND c.value = $3
           AND c.state <> 'done' AND m.guild_id = $1 AND m.user_id = c.user_id AND c.target = ANY (m.role_ids)
        """,
        guild_id,
        list(user_ids),
        STAYS,
    )


async def unpark_chores(tx: Transaction, guild_id: GuildId, now: datetime) -> int:
    """Open again what was parked; return how many that were."""
    return await tx.run(
        "UPDATE chore SET state = 'open', not_before = $2 WHERE guild_id = $1 AND state = 'parked'", guild_id, now
    )


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """A chore that nobody does any more."""

    guild_id: GuildId
    user_id: UserId
    kind: ChoreKind
    target: int
    value: str


async def end_all(tx: Transaction) -> list[Ended]:
    """End every chore that is not done, in all guilds."""
    return await tx.many(
        Ended,
        "UPDATE chore SET state = 'done' WHERE state <> 'done' RETURNING guild_id, user_id, kind, target, value",
    )
