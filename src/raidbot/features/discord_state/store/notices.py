"""What is told in Discord once, in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

from raidbot.core.ids import GuildId
from raidbot.database.transaction import Transaction
from raidbot.features.discord_state.api import Claimed, ClaimNotice, SettleNotice
from raidbot.features.discord_state.model import Notice, NoticeWish
from raidbot.features.discord_state.store.arrays import numbers


async def add_notices(tx: Transaction, guild_id: GuildId, wishes: Sequence[NoticeWish], now: datetime) -> None:
    """Write down what is to be told, and the event for it; what was wished before is left out."""
    await tx.run(
        """
        WITH wanted AS (
            INSERT INTO notice (guild_id, name, kind, subject_id, channel, body, here, role_ids, user_ids,
                                wanted_at, not_before, lapses_at, keep_s)
            SELECT $1::bigint, w.name, w.kind, w.subject_id, w.channel, w.body, w.here,
                   w.role_ids::bigint[], w.user_ids::bigint[], $2::timestamptz, $2,
                   $2 + w.lapses_s * interval '1 second', w.keep_s
              FROM unnest($3::text[], $4::text[], $5::bigint[], $6::text[], $7::jsonb[], $8::boolean[],
                          $9::text[], $10::text[], $11::bigint[], $12::bigint[])
                   AS w (name, kind, subject_id, channel, body, here, role_ids, user_ids, lapses_s, keep_s)
                ON CONFLICT (guild_id, name) DO NOTHING
            RETURNING 1)
        INSERT INTO outbox (guild_id, kind, body, happened_at)
        SELECT $1, 'NoticesWanted', jsonb_build_object('guild_id', $1::text), $2
         WHERE EXISTS (SELECT FROM wanted)
        """,
        guild_id,
        now,
        [one.name for one in wishes],
        [one.kind for one in wishes],
        [one.subject_id for one in wishes],
        [one.channel for one in wishes],
        [one.body for one in wishes],
        [one.here for one in wishes],
        [numbers(one.role_ids) for one in wishes],
        [numbers(one.user_ids) for one in wishes],
        [one.lapses_s for one in wishes],
        [one.keep_s for one in wishes],
    )


NOTICE: LiteralString = """
    SELECT id, kind, subject_id, channel, body, here,
           array(SELECT role_id::text FROM unnest(role_ids) role_id) AS role_ids,
           array(SELECT user_id::text FROM unnest(user_ids) user_id) AS user_ids,
           state, lapses_at, attempted_at, tries,
           CASE WHEN message_id IS NOT NULL
                THEN jsonb_build_object('channel_id', channel_id::text, 'message_id', message_id::text) END AS place
      FROM notice
"""
"""A notice as the bot needs it."""


async def lapse(tx: Transaction, guild_id: GuildId, now: datetime) -> int:
    """Let go what was not told in time and what nobody was about to tell; return how many that were."""
    return await tx.run(
        """
        UPDATE notice SET state = 'lapsed'
         WHERE guild_id = $1 AND state = 'open' AND lapses_at <= $2 AND attempted_at IS NULL
        """,
        guild_id,
        now,
    )


async def due(tx: Transaction, guild_id: GuildId, now: datetime) -> list[Notice]:
    """Return what is to be told or deleted now, the oldest first, 50 of each at the most."""
    return await tx.many(
        Notice,
        "(" + NOTICE + " WHERE guild_id = $1 AND state = 'open' AND not_before <= $2 ORDER BY id LIMIT 50)"
        " UNION ALL "
        "(" + NOTICE + " WHERE guild_id = $1 AND state = 'told' AND delete_at <= $2 ORDER BY delete_at LIMIT 50)",
        guild_id,
        now,
    )


async def next_due(tx: Transaction, guild_id: GuildId) -> datetime | None:
    """Return when the next notice of a guild is to be told or deleted."""
    return await tx.value(
        datetime,
        """
        SELECT least((SELECT min(not_before) FROM notice WHERE guild_id = $1 AND state = 'open'),
                     (SELECT min(delete_at) FROM notice WHERE guild_id = $1 AND state = 'told'))
        """,
        guild_id,
    )


async def claim(tx: Transaction, ask: ClaimNotice, now: datetime) -> Claimed | None:
    """Write down an attempt to tell a notice and return where it belongs; None if it is not open any more."""
    return await tx.maybe(
        Claimed,
        """
        WITH claimed AS (
            UPDATE notice SET attempted_at = CASE WHEN $6 THEN $7 ELSE coalesce(attempted_at, $7) END
             WHERE guild_id = $1 AND id = $2 AND state = 'open'
            RETURNING subject_id, channel),
        desk AS (
            SELECT p.channel_id, p.message_id FROM posting p, claimed c
             WHERE p.guild_id = $1 AND p.kind = $4 AND p.subject_id = c.subject_id),
        beside AS (
            SELECT p.channel_id FROM posting p, claimed c
             WHERE p.guild_id = $1 AND p.kind = $3 AND p.subject_id = c.subject_id AND p.message_id IS NOT NULL
               AND c.channel IN ('thread', $5))
        SELECT CASE WHEN c.channel ~ '^[0-9]+$' THEN c.channel::bigint
                    ELSE coalesce((SELECT b.channel_id FROM beside b), (
                             SELECT m.channel_id FROM guild_channel m
                              WHERE m.guild_id = $1
                                AND m.key = CASE c.channel WHEN 'thread' THEN $5 ELSE c.channel END)) END
                   AS channel_id,
               (SELECT jsonb_build_object('channel_id', p.channel_id::text, 'message_id', p.message_id::text)
                  FROM posting p
                 WHERE p.guild_id = $1 AND p.kind = $3 AND p.subject_id = c.subject_id AND p.message_id IS NOT NULL)
                   AS panel,
               (SELECT jsonb_build_object('channel_id', channel_id::text, 'message_id', message_id::text)
                  FROM desk WHERE c.channel = 'thread' AND message_id IS NOT NULL) AS desk,
               c.channel = 'thread' AND EXISTS (SELECT FROM desk WHERE message_id IS NULL) AS desk_awaited
          FROM claimed c
        """,
        ask.guild_id,
        ask.notice_id,
        ask.panel,
        ask.desk,
        ask.instead,
        ask.anew,
        now,
    )


async def settle(tx: Transaction, ask: SettleNotice, now: datetime, not_before: datetime) -> int:
    """Write down what came of a notice; return 0 if that is no news."""
    return await tx.run(
        """
        UPDATE notice
           SET state = $3, tries = tries + 1, last_error = $4, not_before = $5,
               channel_id = coalesce(channel_id, $6), message_id = coalesce(message_id, $7),
               told_at = CASE WHEN $7::bigint IS NULL THEN told_at ELSE coalesce(told_at, $8::timestamptz) END,
               delete_at = CASE $3 WHEN 'told' THEN coalesce(delete_at, $8 + keep_s * interval '1 second')
                                   ELSE delete_at END
         WHERE guild_id = $1 AND id = $2 AND state = CASE $3 WHEN 'deleted' THEN 'told' ELSE 'open' END
        """,
        ask.guild_id,
        ask.notice_id,
        ask.state.value,
        ask.error,
        not_before,
        ask.place.channel_id if ask.place else None,
        ask.place.message_id if ask.place else None,
        now,
    )


async def unpark(tx: Transaction, guild_id: GuildId, now: datetime) -> int:
    """Open again what was parked and still helps; return how many that were."""
    return await tx.run(
        """
        UPDATE notice SET state = 'open', not_before = $2
         WHERE guild_id = $1 AND state = 'parked' AND lapses_at > $2
        """,
        guild_id,
        now,
    )


async def withdraw(tx: Transaction, guild_id: GuildId, head: str, now: datetime) -> int:
    """Let notices whose names begin with `head` lapse, or be deleted where they stand, with the event for it.

    One that somebody is just about to tell is looked for first.
    """
    return await tx.run(
        """
        WITH withdrawn AS (
            UPDATE notice
               SET delete_at = least(delete_at, $3::timestamptz), lapses_at = least(lapses_at, $3),
                   state = CASE WHEN state = 'told' OR state = 'open' AND attempted_at IS NOT NULL
                                THEN state ELSE 'lapsed' END
             WHERE guild_id = $1 AND starts_with(name, $2) AND state IN ('open', 'parked', 'told')
            RETURNING 1)
        INSERT INTO outbox (guild_id, kind, body, happened_at)
        SELECT $1::bigint, 'NoticesWanted', jsonb_build_object('guild_id', $1::text), $3
         WHERE EXISTS (SELECT FROM withdrawn)
        """,
        guild_id,
        head,
        now,
    )


async def forget(tx: Transaction, before: datetime, most: int) -> int:
    """Delete notices that were settled long ago; return how many that were."""
    return await tx.run(
        """
        DELETE FROM notice
         WHERE id IN (SELECT id FROM notice
                       WHERE wanted_at < $1 AND state <> 'open' AND NOT (state = 'told' AND delete_at IS NOT NULL)
                       ORDER BY id LIMIT $2)
        """,
        before,
        most,
    )
