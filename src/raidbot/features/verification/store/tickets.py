"""Screenshots and what was decided about them, in PostgreSQL."""

from datetime import datetime
from typing import LiteralString

import msgspec

from raidbot.core.ids import ChannelId, GuildId, MessageId, RoleId, UserId
from raidbot.core.ranks import Rank
from raidbot.database.transaction import Transaction
from raidbot.features.inbox.model import LetterId
from raidbot.features.verification.model.config import Words
from raidbot.features.verification.model.tickets import (
    Denial,
    Evidence,
    Line,
    RoleAsked,
    Ticket,
    TicketId,
    TicketState,
)

TICKET: LiteralString = """
    SELECT id, user_id::text AS user_id, nullif(role_id, 0)::text AS role_id, ign, state, opened_at,
           claimed_by::text AS claimed_by, claimed_until, decided_by::text AS decided_by, decided_at, reason, how
      FROM verification_ticket
"""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody decided."""

    state: TicketState
    by: UserId
    ign: str
    picture: int | None = None
    """The one that was decided about."""
    reason: str | None = None
    how: str | None = None


class NewEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that stands in Discord."""

    key: int
    channel_id: ChannelId
    message_id: MessageId


class Stale(msgspec.Struct, frozen=True):
    """Tickets of a guild that wait too long."""

    guild_id: GuildId
    first: int
    number: int


class ThreadOf(msgspec.Struct, frozen=True):
    """A private thread, whose it is, and what its pictures are for."""

    thread_id: ChannelId
    user_id: UserId
    role_id: RoleId | None = None


class Applicant(msgspec.Struct, frozen=True):
    """A member, and what they show a screenshot for: a role, or being verified."""

    guild_id: GuildId
    user_id: UserId
    role_id: RoleId | None = None


class RoleRow(msgspec.Struct, frozen=True):
    """A role that is given after a look at a screenshot, as it is stored."""

    description: str
    instructions: str
    image_url: str
    decides: str


async def find_role(tx: Transaction, guild_id: GuildId, role_id: RoleId) -> RoleAsked | None:
    """Return a role that is given after a look at a screenshot, or None if it is not."""
    found = await tx.maybe(
        RoleRow,
        "SELECT description, instructions, image_url, decides FROM custom_role WHERE guild_id = $1 AND role_id = $2",
        guild_id,
        role_id,
    )
    if found is None:
        return None
    words = Words(found.instructions, found.image_url)
    return RoleAsked(role_id, found.description, words, Rank[found.decides.upper()])


async def is_on_its_way(tx: Transaction, one: Applicant) -> bool:
    """Tell whether the bot is still about to give somebody the role that they asked for."""
    found = await tx.value(
        bool,
        """
        SELECT true FROM chore
         WHERE guild_id = $1 AND user_id = $2 AND kind = 'give_role' AND target = $3 AND state <> 'done'
        """,
        one.guild_id,
        one.user_id,
        one.role_id or 0,
    )
    return found is True


async def open_ticket(tx: Transaction, one: Applicant) -> Ticket | None:
    """Return the ticket of a member that is not decided yet, or None."""
    return await tx.maybe(
        Ticket,
        TICKET + "WHERE guild_id = $1 AND user_id = $2 AND role_id = $3 AND state = 'open'",
        one.guild_id,
        one.user_id,
        one.role_id or 0,
    )


async def hold_ticket(tx: Transaction, guild_id: GuildId, ticket_id: TicketId) -> Ticket | None:
    """Return a ticket of that guild, and let nobody else decide meanwhile; None: there is no such one."""
    return await tx.maybe(Ticket, TICKET + "WHERE guild_id = $1 AND id = $2 FOR UPDATE", guild_id, ticket_id)


async def add_ticket(tx: Transaction, one: Applicant, ign: str, now: datetime) -> TicketId:
    """Open a ticket, or return the one that is open, under that IGN."""
    found = await tx.value(
        int,
        """
        INSERT INTO verification_ticket (guild_id, user_id, role_id, ign, opened_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (guild_id, user_id, role_id) WHERE state = 'open' DO UPDATE SET ign = excluded.ign
        RETURNING id
        """,
        one.guild_id,
        one.user_id,
        one.role_id or 0,
        ign,
        now,
    )
    return TicketId(found or 0)


async def add_evidence(tx: Transaction, ticket_id: TicketId, new: NewEvidence, now: datetime) -> bool:
    """Write down where a picture stands; tell whether it was new."""
    added = await tx.run(
        """
        INSERT INTO verification_evidence (key, ticket_id, channel_id, message_id, given_at)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (key) DO NOTHING
        """,
        new.key,
        ticket_id,
        new.channel_id,
        new.message_id,
        now,
    )
    return added == 1


async def is_given(tx: Transaction, key: int) -> bool:
    """Tell whether a picture was written down before."""
    return await tx.value(bool, "SELECT true FROM verification_evidence WHERE key = $1", key) is True


async def ticket_of(tx: Transaction, guild_id: GuildId, key: int) -> TicketId | None:
    """Return the ticket of a picture, or None if this guild has no such picture."""
    found = await tx.value(
        int,
        """
        SELECT t.id FROM verification_evidence e JOIN verification_ticket t ON t.id = e.ticket_id
         WHERE e.key = $2 AND t.guild_id = $1
        """,
        guild_id,
        key,
    )
    return None if found is None else TicketId(found)


async def evidence_of(tx: Transaction, ticket_id: TicketId) -> list[Evidence]:
    """Return where the pictures of a ticket stand, the newest first."""
    return await tx.many(
        Evidence,
        """
        SELECT key, channel_id::text AS channel_id, message_id::text AS message_id FROM verification_evidence
         WHERE ticket_id = $1 ORDER BY key DESC LIMIT 5
        """,
        ticket_id,
    )


async def denials_of(tx: Transaction, one: Applicant, most: int) -> list[Denial]:
    """Return what staff said no to, the latest first."""
    return await tx.many(
        Denial,
        """
        SELECT ign, reason, coalesce(how, '') AS how, decided_at AS at FROM verification_ticket
         WHERE guild_id = $1 AND user_id = $2 AND role_id = $3 AND state = 'denied' ORDER BY id DESC LIMIT $4
        """,
        one.guild_id,
        one.user_id,
        one.role_id or 0,
        most,
    )


async def keep_letter(tx: Transaction, ticket_id: TicketId, letter_id: LetterId) -> None:
    """Write down which letter tells the member what was decided."""
    await tx.run("UPDATE verification_ticket SET letter_id = $2 WHERE id = $1", ticket_id, letter_id)


async def unread_letter(tx: Transaction, one: Applicant, decided: TicketState) -> LetterId | None:
    """Return the letter about the last decision, if it is that one and its member has not read it."""
    found = await tx.value(
        int,
        """
        SELECT l.id
          FROM (SELECT state, letter_id FROM verification_ticket
                 WHERE guild_id = $1 AND user_id = $2 AND role_id = $3 AND state IN ('approved', 'denied')
                 ORDER BY id DESC LIMIT 1) t
          JOIN inbox_letter l ON l.id = t.letter_id
         WHERE t.state = $4 AND l.read_at IS NULL
        """,
        one.guild_id,
        one.user_id,
        one.role_id or 0,
        decided,
    )
    return None if found is None else LetterId(found)


async def last_denial(tx: Transaction, one: Applicant) -> Denial | None:
    """Return the denial that is the last thing that happened to a member's screenshots, or None."""
    return await tx.maybe(
        Denial,
        """
        SELECT ign, reason, coalesce(how, '') AS how, decided_at AS at
          FROM (SELECT * FROM verification_ticket
                 WHERE guild_id = $1 AND user_id = $2 AND role_id = $3 ORDER BY id DESC LIMIT 1) t
         WHERE state = 'denied'
        """,
        one.guild_id,
        one.user_id,
        one.role_id or 0,
    )


class Decider(msgspec.Struct, frozen=True):
    """Who is about to decide."""

    user_id: UserId
    rank: Rank


async def next_ticket(
    tx: Transaction, guild_id: GuildId, decider: Decider, passed: TicketId | None, now: datetime
) -> TicketId | None:
    """Return the ticket that somebody looks at already, else the oldest that nobody does; None: there is none.

    Roles that a higher rank decides about are left out.
    """
    found = await tx.value(
        int,
        """
        SELECT id FROM verification_ticket t
         WHERE guild_id = $1 AND state = 'open' AND user_id <> $2 AND id IS DISTINCT FROM $3::bigint
           AND (claimed_until IS NULL OR claimed_until <= $4 OR claimed_by = $2)
           AND (role_id = 0 OR EXISTS (SELECT FROM custom_role c WHERE c.guild_id = t.guild_id
                                          AND c.role_id = t.role_id AND c.decides = ANY ($5::text[])))
         ORDER BY claimed_by IS NOT DISTINCT FROM $2 AND claimed_until > $4 DESC, $2 = ANY (passed_by), opened_at, id
         LIMIT 1 FOR UPDATE SKIP LOCKED
        """,
        guild_id,
        decider.user_id,
        passed,
        now,
        [one.name.lower() for one in Rank if one <= decider.rank],
    )
    return None if found is None else TicketId(found)


async def claim(tx: Transaction, ticket_id: TicketId, caller: UserId, until: datetime) -> None:
    """Let a ticket belong to somebody for a while; whoever has one gives the others back."""
    await tx.run(
        """
        UPDATE verification_ticket
           SET claimed_by = CASE WHEN id = $1 THEN $2::bigint END,
               claimed_until = CASE WHEN id = $1 THEN $3::timestamptz END
         WHERE id = $1 OR (claimed_by = $2 AND state = 'open'
                           AND guild_id = (SELECT guild_id FROM verification_ticket WHERE id = $1))
        """,
        ticket_id,
        caller,
        until,
    )


async def pass_on(tx: Transaction, guild_id: GuildId, ticket_id: TicketId, caller: UserId) -> None:
    """Let somebody leave a ticket to others."""
    await tx.run(
        """
        UPDATE verification_ticket SET claimed_by = NULL, claimed_until = NULL, passed_by = array_append(passed_by, $3)
         WHERE guild_id = $1 AND id = $2 AND state = 'open' AND claimed_by = $3
        """,
        guild_id,
        ticket_id,
        caller,
    )


async def decide(tx: Transaction, ticket_id: TicketId, verdict: Verdict, now: datetime) -> bool:
    """Write down a decision; tell whether nobody was faster."""
    decided = await tx.run(
        """
        UPDATE verification_ticket
           SET state = $2, decided_by = $3, decided_at = $4, ign = $5, reason = $6, how = $7,
               picture = $8, claimed_by = NULL, claimed_until = NULL
         WHERE id = $1 AND state = 'open'
        """,
        ticket_id,
        verdict.state,
        verdict.by,
        now,
        verdict.ign,
        verdict.reason,
        verdict.how,
        verdict.picture,
    )
    return decided == 1


async def withdraw(tx: Transaction, guild_id: GuildId, user_id: UserId) -> TicketId | None:
    """Let the ticket of a member who is verified be over without a decision; return which, or None: there was none."""
    found = await tx.value(
        int,
        """
        UPDATE verification_ticket SET state = 'withdrawn', claimed_by = NULL, claimed_until = NULL
         WHERE guild_id = $1 AND user_id = $2 AND role_id = 0 AND state = 'open' RETURNING id
        """,
        guild_id,
        user_id,
    )
    return None if found is None else TicketId(found)


async def in_line(tx: Transaction, guild_id: GuildId, user_ids: list[UserId]) -> list[UserId]:
    """Return who of these members waits for a decision."""
    found = await tx.value(
        list[UserId],
        """
        SELECT array_agg(user_id::text ORDER BY user_id) FROM verification_ticket
         WHERE guild_id = $1 AND user_id = ANY ($2::bigint[]) AND role_id = 0 AND state = 'open'
        """,
        guild_id,
        user_ids,
    )
    return found or []


async def withdraw_role(tx: Transaction, guild_id: GuildId, role_id: RoleId) -> list[Ticket]:
    """Let all that wait for a role be over without a decision, with their threads; return their tickets."""
    return await tx.many(
        Ticket,
        """
        WITH over AS (
            UPDATE verification_thread SET is_over = true WHERE guild_id = $1 AND role_id = $2 AND NOT is_over),
        withdrawn AS (
            UPDATE verification_ticket SET state = 'withdrawn', claimed_by = NULL, claimed_until = NULL
             WHERE guild_id = $1 AND role_id = $2 AND state = 'open' RETURNING *)
        SELECT id, user_id::text AS user_id, nullif(role_id, 0)::text AS role_id, ign, state, opened_at,
               claimed_by::text AS claimed_by, claimed_until, decided_by::text AS decided_by, decided_at, reason, how
          FROM withdrawn ORDER BY id
        """,
        guild_id,
        role_id,
    )


async def number_of(tx: Transaction, guild_id: GuildId, ticket: Ticket) -> int:
    """Return the place of a ticket in the line; 1 is next."""
    before = await tx.value(
        int,
        """
        SELECT count(*) FROM verification_ticket
         WHERE guild_id = $1 AND state = 'open' AND (opened_at, id) <= ($2, $3)
        """,
        guild_id,
        ticket.opened_at,
        ticket.id,
    )
    return before or 1


async def lately(tx: Transaction, guild_id: GuildId) -> list[float]:
    """Return how many seconds the last decisions took."""
    found = await tx.value(
        list[float],
        """
        SELECT array(SELECT extract(epoch FROM decided_at - opened_at)::float FROM verification_ticket
                      WHERE guild_id = $1 AND decided_at IS NOT NULL ORDER BY decided_at DESC LIMIT 20)
        """,
        guild_id,
    )
    return found or []


async def line(tx: Transaction, guild_id: GuildId) -> Line:
    """Return how many wait in a guild, and since when."""
    return await tx.one(
        Line,
        """
        SELECT coalesce(c.queue_version, 0) AS version, coalesce(c.queue, 1) AS queue,
               (SELECT count(*) FROM verification_ticket t WHERE t.guild_id = $1 AND t.state = 'open') AS waiting,
               (SELECT min(opened_at) FROM verification_ticket t
                 WHERE t.guild_id = $1 AND t.state = 'open') AS oldest_at,
               (SELECT m.channel_id::text FROM guild_channel m
                 WHERE m.guild_id = $1 AND m.key = 'manual_verification') AS channel_id
          FROM (SELECT) one LEFT JOIN verification_config c ON c.guild_id = $1
        """,
        guild_id,
    )


async def touch_line(tx: Transaction, guild_id: GuildId) -> int:
    """Count a change of the line; return which message shows it."""
    number = await tx.value(
        int,
        """
        INSERT INTO verification_config AS c (guild_id, queue_version) VALUES ($1, 1)
            ON CONFLICT (guild_id) DO UPDATE SET queue_version = c.queue_version + 1 RETURNING queue
        """,
        guild_id,
    )
    return number or 1


async def next_queue(tx: Transaction, guild_id: GuildId) -> None:
    """Let another message be the one that shows the line."""
    await tx.run(
        "UPDATE verification_config SET queue = queue + 1, queue_version = queue_version + 1 WHERE guild_id = $1",
        guild_id,
    )


async def remind(tx: Transaction, before: datetime, now: datetime, most: int) -> list[Stale]:
    """Mark tickets that wait too long, each once; return how many of which guild those were."""
    return await tx.many(
        Stale,
        """
        WITH stale AS (
            UPDATE verification_ticket SET reminded_at = $2
             WHERE id IN (SELECT id FROM verification_ticket
                           WHERE state = 'open' AND reminded_at IS NULL AND opened_at <= $1
                           ORDER BY opened_at LIMIT $3 FOR UPDATE SKIP LOCKED)
            RETURNING guild_id, id)
        SELECT guild_id::text AS guild_id, min(id) AS first, count(*) AS number FROM stale GROUP BY guild_id
        """,
        before,
        now,
        most,
    )


async def oldest_unreminded(tx: Transaction) -> datetime | None:
    """Return since when the first ticket waits that nobody was reminded of."""
    return await tx.value(
        datetime, "SELECT min(opened_at) FROM verification_ticket WHERE state = 'open' AND reminded_at IS NULL"
    )


async def add_thread(tx: Transaction, one: Applicant, thread_id: ChannelId) -> None:
    """Write down a member's thread; one that is there stays."""
    await tx.run(
        """
        INSERT INTO verification_thread (guild_id, user_id, role_id, thread_id) VALUES ($1, $2, $3, $4)
            ON CONFLICT DO NOTHING
        """,
        one.guild_id,
        one.user_id,
        one.role_id or 0,
        thread_id,
    )


async def thread_of(tx: Transaction, one: Applicant) -> ChannelId | None:
    """Return a member's thread, or None."""
    return await tx.value(
        ChannelId,
        """
        SELECT thread_id FROM verification_thread
         WHERE guild_id = $1 AND user_id = $2 AND role_id = $3 AND NOT is_over
        """,
        one.guild_id,
        one.user_id,
        one.role_id or 0,
    )


async def find_thread(tx: Transaction, guild_id: GuildId, thread_id: ChannelId) -> list[ThreadOf]:
    """Return whose thread it is, nothing if it is nobody's."""
    return await tx.many(
        ThreadOf,
        """
        SELECT thread_id::text AS thread_id, user_id::text AS user_id, nullif(role_id, 0)::text AS role_id
          FROM verification_thread
         WHERE guild_id = $1 AND thread_id = $2
        """,
        guild_id,
        thread_id,
    )


async def open_threads(tx: Transaction, guild_id: GuildId) -> list[ThreadOf]:
    """Return the threads in which a picture is still to be pasted, the newest first, 100 at most."""
    return await tx.many(
        ThreadOf,
        """
        SELECT thread_id::text AS thread_id, user_id::text AS user_id, nullif(role_id, 0)::text AS role_id
          FROM verification_thread
         WHERE guild_id = $1 AND NOT is_over ORDER BY thread_id DESC LIMIT 100
        """,
        guild_id,
    )


async def over_threads(tx: Transaction, guild_id: GuildId) -> list[ThreadOf]:
    """Return the threads that are to be deleted."""
    return await tx.many(
        ThreadOf,
        """
        SELECT thread_id::text AS thread_id, user_id::text AS user_id, nullif(role_id, 0)::text AS role_id
          FROM verification_thread
         WHERE guild_id = $1 AND is_over LIMIT 20
        """,
        guild_id,
    )


async def end_thread(tx: Transaction, one: Applicant) -> None:
    """Let a member's thread be deleted."""
    await tx.run(
        """
        UPDATE verification_thread SET is_over = true
         WHERE guild_id = $1 AND user_id = $2 AND role_id = $3 AND NOT is_over
        """,
        one.guild_id,
        one.user_id,
        one.role_id or 0,
    )


async def forget_thread(tx: Transaction, guild_id: GuildId, thread_id: ChannelId) -> None:
    """Forget a thread that is gone."""
    await tx.run("DELETE FROM verification_thread WHERE guild_id = $1 AND thread_id = $2", guild_id, thread_id)
