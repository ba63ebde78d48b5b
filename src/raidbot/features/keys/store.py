"""Used keys in PostgreSQL. Whoever changes those of a run holds the run's row."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from raidbot.core.ids import GuildId, RunId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.keys.model import Holder, KeyState, KeyUse, KeyUseId, Unlogged


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """A run whose keys are asked about, and what the catalogue says of keys."""

    guild_id: GuildId
    run_id: RunId
    keys_at_once: Sequence[str]
    """What opens the dungeon all at once, without pops."""
    dungeons: Sequence[str]
    first_keys: Sequence[str]
    """What opens each of the dungeons, where nobody said."""


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A key that is asked about."""

    id: KeyUseId
    user_id: UserId | None
    """Null unless it is known already whose it was."""
    state: KeyState
    dungeon: str
    pop_id: int | None
    used_at: datetime


async def open_keys(tx: Transaction, new: Opening, at: datetime) -> list[Opened]:
    """Write down one key for each pop that has none yet, and for a run without pops one of each kind.

    What was said by hand of the keys of such a run before it was reopened holds again. The run's row must be held.
    """
    return await tx.many(
        Opened,
        """
        WITH first AS (SELECT * FROM unnest($4::text[], $5::text[]) AS f (dungeon, key)),
        whole AS (
            SELECT p.id, p.dungeon, p.popped_at FROM run_pop p
             WHERE p.run_id = $2 AND p.undone_at IS NULL AND p.number = 0
               AND NOT EXISTS (SELECT FROM key_use u WHERE u.pop_id = p.id)),
        former AS (
            SELECT id, popped_at FROM run_pop
             WHERE run_id = $2 AND undone_at IS NOT NULL AND number = 0 ORDER BY id DESC LIMIT 1),
        dropped AS (
            SELECT u.key, u.user_id, u.state_before, u.used_at, u.logged_at, u.logged_by,
                   coalesce(u.logged_by, 0) <> 0 AS by_hand
              FROM key_use u JOIN former ON former.id = u.pop_id WHERE u.state = 'dropped'),
        popped AS (
            SELECT o.key, o.user_id, o.settled_at FROM run_offer o
             WHERE o.run_id = $2 AND o.state = 'popped' AND o.key = ANY($3)
               AND (NOT EXISTS (SELECT FROM dropped)
                    OR o.settled_at > (SELECT popped_at FROM former)
                    OR EXISTS (SELECT FROM dropped d
                                WHERE NOT d.by_hand AND d.key = o.key AND d.user_id = o.user_id))),
        asked AS (
            SELECT key FROM unnest($3::text[]) AS k (key) WHERE NOT EXISTS (SELECT FROM dropped)
             UNION ALL
            SELECT key FROM dropped WHERE NOT by_hand),
        used AS (
            SELECT p.id AS pop_id, p.dungeon, coalesce(p.key, first.key) AS key, p.popper_id AS user_id,
                   CASE WHEN p.popper_id IS NULL THEN 'open' ELSE 'logged' END AS state, p.popped_at AS used_at,
                   CASE WHEN p.popper_id IS NOT NULL THEN $6::timestamptz END AS logged_at,
                   CASE WHEN p.popper_id IS NOT NULL THEN 0 END AS logged_by
              FROM run_pop p JOIN first ON first.dungeon = p.dungeon
             WHERE p.run_id = $2 AND p.undone_at IS NULL AND p.number > 0
               AND NOT EXISTS (SELECT FROM key_use u WHERE u.pop_id = p.id)
             UNION ALL
            SELECT w.id, w.dungeon, k.* FROM whole w CROSS JOIN (
                SELECT key, user_id, state_before, used_at, logged_at, logged_by FROM dropped WHERE by_hand
                 UNION ALL
                SELECT key, user_id, 'logged', settled_at, $6, 0 FROM popped) AS k
             UNION ALL
            SELECT w.id, w.dungeon, a.key, NULL, 'open', w.popped_at, NULL, NULL FROM whole w CROSS JOIN asked a
             WHERE NOT EXISTS (SELECT FROM popped WHERE popped.key = a.key)),
        added AS (
            INSERT INTO key_use (guild_id, run_id, pop_id, dungeon, key, user_id, state, used_at, logged_at, logged_by)
            SELECT $1, $2, pop_id, dungeon, key, user_id, state, used_at, logged_at, logged_by
              FROM used ORDER BY used_at, key
            RETURNING id, user_id, state, dungeon, pop_id, used_at)
        SELECT id, user_id, state, dungeon, pop_id, used_at FROM added ORDER BY id
        """,
        new.guild_id,
        new.run_id,
        new.keys_at_once,
        new.dungeons,
        new.first_keys,
        at,
    )


async def drop_pop(tx: Transaction, pop_id: int) -> int:
    """Let the keys of a pop that was taken back count as not used, and keep what was known of them.

    The run's row must be held.
    """
    return await tx.run(
        """
        UPDATE key_use SET state = 'dropped', state_before = state, revision = revision + 1
         WHERE pop_id = $1 AND state <> 'dropped'
        """,
        pop_id,
    )


class Steered(msgspec.Struct, frozen=True, kw_only=True):
    """A run as one who wants to log its keys meets it."""

    run_id: RunId
    dungeon: str
    over: bool
    leads: bool


async def hold_run(tx: Transaction, guild_id: GuildId, run_id: RunId, user_id: UserId) -> Steered | None:
    """Hold the row of a run and return it as a member meets it; None if the guild has no such run."""
    return await tx.maybe(
        Steered,
        """
        SELECT r.id AS run_id, r.dungeon, r.status IN ('ended', 'cancelled') AS over,
               $3 IN (r.organizer_id, r.leader_id)
                   OR EXISTS (SELECT FROM run_leader l WHERE l.run_id = r.id AND l.user_id = $3
                                 AND l.role = 'co_leader') AS leads
          FROM run r WHERE r.guild_id = $1 AND r.id = $2 FOR UPDATE OF r
        """,
        guild_id,
        run_id,
        user_id,
    )


async def run_of(tx: Transaction, guild_id: GuildId, use_id: KeyUseId) -> RunId | None:
    """Return the run that a used key belongs to, or None."""
    found = await tx.value(int, "SELECT run_id FROM key_use WHERE guild_id = $1 AND id = $2", guild_id, use_id)
    return None if found is None else RunId(found)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A used key as its table holds it."""

    id: KeyUseId
    pop_id: int | None
    dungeon: str
    key: str
    user_id: UserId | None
    state: KeyState
    used_at: datetime
    revision: int


async def find(tx: Transaction, guild_id: GuildId, use_id: KeyUseId) -> Row | None:
    """Return a used key whose pop stands, or None."""
    return await tx.maybe(
        Row,
        """
        SELECT u.id, u.pop_id, u.dungeon, u.key, u.user_id, u.state, u.used_at, u.revision
          FROM key_use u LEFT JOIN run_pop p ON p.id = u.pop_id
         WHERE u.guild_id = $1 AND u.id = $2 AND p.undone_at IS NULL
        """,
        guild_id,
        use_id,
    )


async def of_pop(tx: Transaction, pop_id: int) -> list[Row]:
    """Return the used keys of a pop."""
    return await tx.many(
        Row,
        """
        SELECT id, pop_id, dungeon, key, user_id, state, used_at, revision
          FROM key_use WHERE pop_id = $1 ORDER BY id
        """,
        pop_id,
    )


async def save(tx: Transaction, use: Row, by: int, at: datetime) -> None:
    """Write down what is known of a used key."""
    await tx.run(
        """
        UPDATE key_use SET dungeon = $2, key = $3, user_id = $4, state = $5, revision = $6,
                           logged_at = $7, logged_by = $8
         WHERE id = $1
        """,
        use.id,
        use.dungeon,
        use.key,
        use.user_id,
        use.state,
        use.revision,
        at,
        by,
    )


async def add(tx: Transaction, guild_id: GuildId, run: Steered, key: str, at: datetime) -> None:
    """Write down one more used key of a run."""
    await tx.run(
        """
        INSERT INTO key_use (guild_id, run_id, dungeon, key, state, used_at)
        SELECT $1, $2, $3, $4, 'open', coalesce(r.closed_at, $5) FROM run r WHERE r.id = $2
        """,
        guild_id,
        run.run_id,
        run.dungeon,
        key,
        at,
    )


async def open_uses(tx: Transaction, run_id: RunId) -> list[Row]:
    """Return the used keys of a run that have no name."""
    return await tx.many(
        Row,
        """
        SELECT id, pop_id, dungeon, key, user_id, state, used_at, revision
          FROM key_use WHERE run_id = $1 AND state = 'open' ORDER BY id
        """,
        run_id,
    )


async def uses(tx: Transaction, run_id: RunId) -> list[KeyUse]:
    """Return the used keys of a run whose pops stand, in order."""
    return await tx.many(
        KeyUse,
        """
        SELECT u.id, nullif(p.number, 0) AS number, u.dungeon, u.key, u.user_id, k.ign, u.state, u.used_at, u.revision
          FROM key_use u
          LEFT JOIN run_pop p ON p.id = u.pop_id
          LEFT JOIN raider k ON k.guild_id = u.guild_id AND k.user_id = u.user_id
         WHERE u.run_id = $1 AND p.undone_at IS NULL
         ORDER BY u.id
        """,
        run_id,
    )


async def holders(tx: Transaction, run_id: RunId) -> list[Holder]:
    """Return who offered keys in a run, the likeliest first, each key of each once."""
    return await tx.many(
        Holder,
        """
        SELECT o.user_id, k.ign, o.key
          FROM run_offer o LEFT JOIN raider k ON k.guild_id = o.guild_id AND k.user_id = o.user_id
         WHERE o.run_id = $1
         GROUP BY o.user_id, k.ign, o.key
         ORDER BY min(array_position(
                      array['popped', 'accepted', 'offered', 'no_pop', 'withdrawn', 'removed'], o.state)),
                  min(o.place)
        """,
        run_id,
    )


async def unlogged(tx: Transaction, guild_id: GuildId, user_id: UserId) -> list[Unlogged]:
    """Return the runs of a guild that have keys without a name, a member's own first."""
    return await tx.many(
        Unlogged,
        """
        SELECT r.id AS run_id, r.dungeon, coalesce(r.leader_id, r.organizer_id) AS leader_id, r.closed_at,
               count(*) AS keys
          FROM key_use u JOIN run r ON r.id = u.run_id
         WHERE u.guild_id = $1 AND u.state = 'open' AND r.closed_at IS NOT NULL
         GROUP BY r.id
         ORDER BY $2 IN (r.organizer_id, coalesce(r.leader_id, r.organizer_id)) DESC, r.closed_at
         LIMIT 25
        """,
        guild_id,
        user_id,
    )


class ToRemind(msgspec.Struct, frozen=True, kw_only=True):
    """A run whose leader is to be reminded."""

    guild_id: GuildId
    run_id: RunId
    leader_id: UserId
    dungeon: str
    closed_at: datetime
    keys: int
    calls_to_inbox: bool
    """Whether the guild has a channel that calls members to their inbox."""


async def to_remind(tx: Transaction, before: datetime, most: int) -> list[ToRemind]:
    """Return runs that were over before a moment, have keys without a name, and nobody was reminded of."""
    return await tx.many(
        ToRemind,
        """
        SELECT r.guild_id, r.id AS run_id, coalesce(r.leader_id, r.organizer_id) AS leader_id, r.dungeon,
               r.closed_at, count(*) AS keys,
               EXISTS (SELECT FROM guild_channel c WHERE c.guild_id = r.guild_id AND c.key = 'notices')
                   AS calls_to_inbox
          FROM key_use u JOIN run r ON r.id = u.run_id
         WHERE u.state = 'open' AND r.closed_at <= $1
           AND NOT EXISTS (SELECT FROM notice n WHERE n.guild_id = r.guild_id AND n.name = 'keys-unlogged-' || r.id)
         GROUP BY r.id ORDER BY r.id LIMIT $2
        """,
        before,
        most,
    )


async def next_reminder(tx: Transaction) -> datetime | None:
    """Return when the run was over whose leader is to be reminded next."""
    return await tx.value(
        datetime,
        """
        SELECT min(r.closed_at) FROM key_use u JOIN run r ON r.id = u.run_id
         WHERE u.state = 'open'
           AND NOT EXISTS (SELECT FROM notice n WHERE n.guild_id = r.guild_id AND n.name = 'keys-unlogged-' || r.id)
        """,
    )


class Stale(msgspec.Struct, frozen=True):
    """A run with keys that nobody named for too long."""

    guild_id: GuildId
    run_id: RunId


async def hold_stale(tx: Transaction, before: datetime, most: int) -> list[Stale]:
    """Return runs that were over before a moment and have keys without a name, and hold their rows."""
    return await tx.many(
        Stale,
        """
        SELECT r.guild_id, r.id AS run_id FROM run r
         WHERE r.closed_at <= $1 AND EXISTS (SELECT FROM key_use u WHERE u.run_id = r.id AND u.state = 'open')
         ORDER BY r.id LIMIT $2
           FOR UPDATE SKIP LOCKED
        """,
        before,
        most,
    )


async def next_stale(tx: Transaction) -> datetime | None:
    """Return when the run was over whose keys are given up next."""
    return await tx.value(
        datetime,
        """
        SELECT min(r.closed_at) FROM key_use u JOIN run r ON r.id = u.run_id WHERE u.state = 'open'
        """,
    )
