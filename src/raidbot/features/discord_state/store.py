"""The mirror of members and the record of messages in PostgreSQL."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from raidbot.core.ids import GuildId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.discord_state.api import (
    BeginPosting,
    DrewPosting,
    LostPosting,
    OfPosting,
    SettleChore,
    SettlePosting,
)
from raidbot.features.discord_state.model import Chore, MirroredMember, NoticeWish, Posting, Wish


class Changed(msgspec.Struct, frozen=True):
    """Members who hold something else than before."""

    user_ids: list[UserId]


async def save_members(tx: Transaction, guild_id: GuildId, members: Iterable[MirroredMember]) -> list[UserId]:
    """Write down what members hold now; what was so already stays untouched. One statement.

    Returns those who were known and hold something else now. In order of their ids, so that two requests
    never wait for each other.
    """
    listed = sorted(members, key=lambda member: member.user_id)
    found = await tx.one(
        Changed,
        """
        WITH saved AS (
        INSERT INTO member AS m (guild_id, user_id, role_ids, administrator, present)
        SELECT $1, told.user_id, told.role_ids::bigint[], told.administrator, told.present
          FROM unnest($2::bigint[], $3::text[], $4::boolean[], $5::boolean[])
               WITH ORDINALITY AS told (user_id, role_ids, administrator, present, place)
         ORDER BY told.place
            ON CONFLICT (guild_id, user_id) DO UPDATE
           SET role_ids = excluded.role_ids, administrator = excluded.administrator, present = excluded.present
         WHERE (m.role_ids, m.administrator, m.present)
               IS DISTINCT FROM (excluded.role_ids, excluded.administrator, excluded.present)
        RETURNING user_id, xmax::text::bigint > 0 AS known)
        SELECT array(SELECT user_id FROM saved WHERE known ORDER BY user_id) AS user_ids
        """,
        guild_id,
        [member.user_id for member in listed],
        [_numbers(sorted(member.role_ids)) for member in listed],
        [member.administrator for member in listed],
        [member.present for member in listed],
    )
    return found.user_ids


async def unfinished(tx: Transaction, guild_id: GuildId, kind: str) -> list[Posting]:
    """Return the messages of a guild that may still have to be drawn."""
    return await tx.many(
        Posting,
        """
        SELECT kind, subject_id, channel_id, message_id, drawn_version, final, deletions, attempted_at
          FROM posting
         WHERE guild_id = $1 AND kind = $2 AND NOT final
         ORDER BY subject_id
        """,
        guild_id,
        kind,
    )


async def find(tx: Transaction, of: OfPosting) -> Posting | None:
    """Return one message's record, or None."""
    return await tx.maybe(
        Posting,
        """
        SELECT kind, subject_id, channel_id, message_id, drawn_version, final, deletions, attempted_at
          FROM posting
         WHERE guild_id = $1 AND kind = $2 AND subject_id = $3
        """,
        of.guild_id,
        of.kind,
        of.subject_id,
    )


async def begin(tx: Transaction, ask: BeginPosting, now: datetime) -> Posting:
    """Write down an attempt to post. What stands, and an attempt under way, keep their place and time."""
    return await tx.one(
        Posting,
        """
        INSERT INTO posting AS p (guild_id, kind, subject_id, channel_id, attempted_at)
        VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (guild_id, kind, subject_id) DO UPDATE SET final = p.final
        RETURNING kind, subject_id, channel_id, message_id, drawn_version, final, deletions, attempted_at
        """,
        ask.guild_id,
        ask.kind,
        ask.subject_id,
        ask.channel_id,
        now,
    )


async def settle(tx: Transaction, ask: SettlePosting, now: datetime) -> Posting | None:
    """Write down which message it became, unless another one did."""
    return await tx.maybe(
        Posting,
        """
        UPDATE posting
           SET message_id = coalesce(message_id, $4), posted_at = coalesce(posted_at, $5)
         WHERE guild_id = $1 AND kind = $2 AND subject_id = $3
        RETURNING kind, subject_id, channel_id, message_id, drawn_version, final, deletions, attempted_at
        """,
        ask.guild_id,
        ask.kind,
        ask.subject_id,
        ask.message_id,
        now,
    )


async def drew(tx: Transaction, ask: DrewPosting) -> Posting | None:
    """Write down what a message shows, unless it shows something newer."""
    return await tx.maybe(
        Posting,
        """
        UPDATE posting
           SET final = CASE WHEN $4 >= drawn_version THEN $5 ELSE final END,
               drawn_version = greatest(drawn_version, $4)
         WHERE guild_id = $1 AND kind = $2 AND subject_id = $3
        RETURNING kind, subject_id, channel_id, message_id, drawn_version, final, deletions, attempted_at
        """,
        ask.guild_id,
        ask.kind,
        ask.subject_id,
        ask.version,
        ask.final,
    )


async def lost(tx: Transaction, ask: LostPosting) -> Posting | None:
    """Write down that a message is gone, if it is the one that stood."""
    return await tx.maybe(
        Posting,
        """
        WITH gone AS (
            UPDATE posting
               SET message_id = NULL, posted_at = NULL, drawn_version = 0, deletions = deletions + 1
             WHERE guild_id = $1 AND kind = $2 AND subject_id = $3 AND message_id = $4
            RETURNING *)
        SELECT kind, subject_id, channel_id, message_id, drawn_version, final, deletions, attempted_at FROM gone
         UNION ALL
        SELECT kind, subject_id, channel_id, message_id, drawn_version, final, deletions, attempted_at FROM posting
         WHERE guild_id = $1 AND kind = $2 AND subject_id = $3 AND NOT EXISTS (SELECT FROM gone)
        """,
        ask.guild_id,
        ask.kind,
        ask.subject_id,
        ask.message_id,
    )


async def add_chore(tx: Transaction, guild_id: GuildId, wish: Wish, now: datetime) -> None:
    """Write down a wish; the newest one for the same thing counts."""
    await tx.run(
        """
        INSERT INTO chore AS c (guild_id, user_id, kind, target, value, state, not_before)
        VALUES ($1, $2, $3, $4, $5, 'open', $6)
            ON CONFLICT (guild_id, user_id, kind, target) DO UPDATE
           SET value = excluded.value, state = 'open', not_before = excluded.not_before, version = c.version + 1,
               tries = 0, last_error = NULL
        """,
        guild_id,
        wish.user_id,
        wish.kind,
        wish.target,
        wish.value,
        now,
    )


async def due_chores(tx: Transaction, guild_id: GuildId, now: datetime) -> list[Chore]:
    """Return what is to be done now, the longest waiting first, 50 at a time."""
    return await tx.many(
        Chore,
        """
        SELECT user_id, kind, target, value, version, tries, last_error
          FROM chore
         WHERE guild_id = $1 AND state = 'open' AND not_before <= $2
         ORDER BY not_before, user_id, kind, target
         LIMIT 50
        """,
        guild_id,
        now,
    )


async def chores_of(tx: Transaction, guild_id: GuildId, user_id: UserId) -> list[Chore]:
    """Return what is not done yet about a member."""
    return await tx.many(
        Chore,
        """
        SELECT user_id, kind, target, value, version, tries, last_error
          FROM chore
         WHERE guild_id = $1 AND user_id = $2 AND state <> 'done'
         ORDER BY kind, target
        """,
        guild_id,
        user_id,
    )


async def settle_chore(tx: Transaction, ask: SettleChore, not_before: datetime) -> int:
    """Write down what came of a chore, unless it was wished anew meanwhile; return how many that were."""
    return await tx.run(
        """
        UPDATE chore SET state = $6, tries = tries + 1, last_error = $7, not_before = $8
         WHERE guild_id = $1 AND user_id = $2 AND kind = $3 AND target = $4 AND version = $5 AND state = 'open'
        """,
        ask.guild_id,
        ask.user_id,
        ask.kind,
        ask.target,
        ask.version,
        ask.state,
        ask.error,
        not_before,
    )


async def unpark_chores(tx: Transaction, guild_id: GuildId, now: datetime) -> int:
    """Open again what was parked; return how many that were."""
    return await tx.run(
        "UPDATE chore SET state = 'open', not_before = $2 WHERE guild_id = $1 AND state = 'parked'", guild_id, now
    )


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
        [_numbers(one.role_ids) for one in wishes],
        [_numbers(one.user_ids) for one in wishes],
        [one.lapses_s for one in wishes],
        [one.keep_s for one in wishes],
    )


async def withdraw_notices(tx: Transaction, guild_id: GuildId, head: str, now: datetime) -> None:
    """Let notices whose names begin with `head` lapse, or be deleted where they were told, with the event for it."""
    await tx.run(
        """
        WITH withdrawn AS (
            UPDATE notice
               SET state = CASE state WHEN 'told' THEN state ELSE 'lapsed' END,
                   delete_at = CASE state WHEN 'told' THEN $3::timestamptz END
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


def _numbers(ids: Iterable[int]) -> str:
    """Return ids as the text of an array: arrays of arrays would need equal lengths."""
    return "{" + ",".join(str(int(one)) for one in ids) + "}"
