"""The setting up of servers in PostgreSQL."""

from datetime import datetime

import msgspec

from raidbot.core.ids import GuildId, Snowflake, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.setup.model import Creation, CreationId, CreationState, Step, Wanted


async def hold_setup(tx: Transaction, guild_id: GuildId) -> None:
    """Let one transaction at a time change how far a guild's setting up is."""
    await tx.run("SELECT pg_advisory_xact_lock(hashtextextended('setup ' || $1::bigint, 0))", guild_id)


async def skipped(tx: Transaction, guild_id: GuildId) -> list[Step]:
    """Return the steps that were left out."""
    return await tx.value(list[Step], "SELECT skipped FROM guild_setup WHERE guild_id = $1", guild_id) or []


async def skip(tx: Transaction, guild_id: GuildId, steps: list[Step]) -> None:
    """Write down which steps are left out."""
    await tx.run(
        """
        INSERT INTO guild_setup (guild_id, skipped) VALUES ($1, $2)
            ON CONFLICT (guild_id) DO UPDATE SET skipped = excluded.skipped
        """,
        guild_id,
        steps,
    )


async def creations(tx: Transaction, guild_id: GuildId) -> list[Creation]:
    """Return what is or was to be created, in the order in which it is made."""
    return await tx.many(
        Creation,
        """
        SELECT id, kind, key, name, state, tries, attempted_at, made, error
          FROM guild_creation WHERE guild_id = $1 ORDER BY place, id
        """,
        guild_id,
    )


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """Things that somebody wants created."""

    guild_id: GuildId
    wanted: list[Wanted]
    there: list[Snowflake]
    by: UserId
    at: datetime


async def add_creations(tx: Transaction, order: Order) -> int:
    """Write down what is to be created and neither is mapped nor on its way; return how many are new.

    What failed is tried again. What was made before and is gone is made again.
    """
    return await tx.run(
        """
        WITH wanted AS (
            SELECT w.kind, w.key, w.name, w.place
              FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS w (kind, key, name, place)
             WHERE NOT EXISTS (SELECT FROM guild_role r WHERE w.kind = 'role' AND r.guild_id = $1
                                  AND r.key = w.key AND r.role_id = ANY ($5::bigint[]))
               AND NOT EXISTS (SELECT FROM guild_channel c WHERE w.kind = 'channel' AND c.guild_id = $1
                                  AND c.key = w.key AND c.channel_id = ANY ($5)))
        INSERT INTO guild_creation AS g (guild_id, kind, key, name, place, wanted_by, wanted_at)
        SELECT $1, kind, key, name, place, $6, $7 FROM wanted
            ON CONFLICT (guild_id, kind, key) DO UPDATE
           SET state = 'open', error = NULL, made = NULL, name = excluded.name, place = excluded.place,
               wanted_by = excluded.wanted_by, wanted_at = excluded.wanted_at,
               attempted_at = CASE g.state WHEN 'made' THEN NULL ELSE g.attempted_at END
         WHERE g.state = 'failed' OR g.state = 'made' AND NOT g.made = ANY ($5)
        """,
        order.guild_id,
        [one.kind for one in order.wanted],
        [one.key for one in order.wanted],
        [one.name for one in order.wanted],
        order.there,
        order.by,
        order.at,
    )


async def claim(
    tx: Transaction, guild_id: GuildId, creation_id: CreationId, tries: int, now: datetime
) -> Creation | None:
    """Write down an attempt and return the creation as it was before; None if somebody else is at it."""
    return await tx.maybe(
        Creation,
        """
        WITH before AS (
            SELECT * FROM guild_creation WHERE guild_id = $1 AND id = $2 AND state = 'open' AND tries = $3 FOR UPDATE),
        claimed AS (
            UPDATE guild_creation SET tries = tries + 1, attempted_at = $4 WHERE id IN (SELECT id FROM before))
        SELECT id, kind, key, name, state, tries, attempted_at, made, error FROM before
        """,
        guild_id,
        creation_id,
        tries,
        now,
    )


class Made(msgspec.Struct, frozen=True):
    """A creation that came to an end, and in whose name."""

    wanted_by: UserId


async def settle(
    tx: Transaction,
    guild_id: GuildId,
    creation_id: CreationId,
    state: CreationState,
    made: Snowflake | None,
    error: str | None,
) -> Made | None:
    """Write down what came of a creation; None if that was known already."""
    return await tx.maybe(
        Made,
        """
        UPDATE guild_creation SET state = $3, made = $4, error = $5
         WHERE guild_id = $1 AND id = $2 AND state <> 'made'
        RETURNING wanted_by
        """,
        guild_id,
        creation_id,
        state,
        made,
        error,
    )


async def find(tx: Transaction, guild_id: GuildId, creation_id: CreationId) -> Creation | None:
    """Return a creation, or None."""
    return await tx.maybe(
        Creation,
        """
        SELECT id, kind, key, name, state, tries, attempted_at, made, error
          FROM guild_creation WHERE guild_id = $1 AND id = $2
        """,
        guild_id,
        creation_id,
    )
