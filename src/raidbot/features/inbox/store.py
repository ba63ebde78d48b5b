"""Letters in PostgreSQL."""

from datetime import datetime

from raidbot.core.ids import GuildId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.inbox.model import WAITING, Envelope, Letter, LetterId

SHOWN = 10
"""So many letters are shown at once at the most."""

ROOM = 3600
"""So many characters of letters fit beside each other. docs: Components V2, 4,000 in one message"""

FRAME = 60
"""What stands around a letter: when it was left, and that it is new."""


async def add(tx: Transaction, to: tuple[GuildId, UserId], title: str, body: str, now: datetime) -> LetterId:
    """Write a letter down."""
    number = await tx.value(
        int,
        """
        INSERT INTO inbox_letter (guild_id, user_id, title, body, left_at) VALUES ($1, $2, $3, $4, $5) RETURNING id
        """,
        *to,
        title,
        body,
        now,
    )
    return LetterId(number or 0)


async def open_all(tx: Transaction, guild_id: GuildId, user_id: UserId, now: datetime) -> list[Letter]:
    """Return as many of a member's letters as fit, unread ones first, then the newest; these are read from now on.

    A letter that was not read before has no time of reading in the answer.
    """
    return await tx.many(
        Letter,
        """
        WITH newest AS (
            SELECT *, row_number() OVER line AS number,
                   sum(length(title) + length(body) + $6::bigint) OVER line AS until
              FROM inbox_letter WHERE guild_id = $1 AND user_id = $2
            WINDOW line AS (ORDER BY read_at IS NOT NULL, id DESC)),
        shown AS (
            SELECT id, user_id, title, body, left_at, read_at, number FROM newest
             WHERE number = 1 OR (number <= $4 AND until <= $5)),
        marked AS (
            UPDATE inbox_letter l SET read_at = $3 FROM shown s WHERE l.id = s.id AND l.read_at IS NULL)
        SELECT id, user_id, title, body, left_at, read_at FROM shown ORDER BY number
        """,
        guild_id,
        user_id,
        now,
        SHOWN,
        ROOM,
        FRAME,
    )


async def mark_read(tx: Transaction, to: tuple[GuildId, UserId], letter_id: LetterId, now: datetime) -> LetterId | None:
    """Mark a letter of a member as read; return their newest one if this was the last that was not.

    None: others are unread, or it was read before.
    """
    newest = await tx.value(
        int,
        """
        WITH marked AS (
            UPDATE inbox_letter SET read_at = $4 WHERE guild_id = $1 AND user_id = $2 AND id = $3 AND read_at IS NULL
            RETURNING id)
        SELECT max(l.id) FROM inbox_letter l
         WHERE l.guild_id = $1 AND l.user_id = $2 AND EXISTS (SELECT FROM marked)
        HAVING bool_and(l.read_at IS NOT NULL OR l.id = $3)
        """,
        *to,
        letter_id,
        now,
    )
    return None if newest is None else LetterId(newest)


async def find(tx: Transaction, guild_id: GuildId, letter_id: LetterId) -> Envelope | None:
    """Return whether a letter arrived, or None if there is none."""
    return await tx.maybe(
        Envelope,
        """
        SELECT l.user_id, l.title, l.left_at, l.read_at,
               EXISTS (SELECT FROM notice n WHERE n.guild_id = l.guild_id AND n.kind = $3 AND n.subject_id = l.id
                          AND n.message_id IS NOT NULL) AS called
          FROM inbox_letter l WHERE l.guild_id = $1 AND l.id = $2
        """,
        guild_id,
        letter_id,
        WAITING,
    )
