"""A guild's mappings in PostgreSQL. Changes keep old and new value in the same statement."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from raidbot.core.authors import Author
from raidbot.core.ids import ChannelId, GuildId, RoleId, Snowflake, UserId
from raidbot.core.ranks import RoleKey
from raidbot.database.transaction import Transaction
from raidbot.features.guild_config.model import ChannelKey, DungeonRole, Mappings, Scoped, ScopedKey


class Pairs(msgspec.Struct, frozen=True):
    """Mappings as two objects of JSON; ids as numbers."""

    roles: dict[RoleKey, RoleId]
    channels: dict[ChannelKey, ChannelId]
    scoped: list[Scoped]


async def mappings(tx: Transaction, guild_id: GuildId) -> Mappings:
    """Return what the guild has mapped."""
    found = await tx.one(
        Pairs,
        """
        SELECT (SELECT coalesce(jsonb_object_agg(key, role_id::text), '{}') FROM guild_role
                 WHERE guild_id = $1) AS roles,
               (SELECT coalesce(jsonb_object_agg(key, channel_id::text), '{}') FROM guild_channel
                 WHERE guild_id = $1) AS channels,
               (SELECT coalesce(jsonb_agg(jsonb_build_object('scope', scope, 'key', key, 'target', target_id::text)
                                          ORDER BY key, scope), '[]')
                  FROM guild_scoped WHERE guild_id = $1) AS scoped
        """,
        guild_id,
    )
    return Mappings(found.roles, found.channels, found.scoped)


async def save_roles(
    tx: Transaction, guild_id: GuildId, roles: Mapping[RoleKey, RoleId | None], by: UserId, at: datetime
) -> None:
    """Map and clear roles, and note each change."""
    await tx.run(
        """
        WITH wanted AS (SELECT * FROM unnest($2::text[], $3::bigint[]) AS w (key, id)),
        noted AS (
            INSERT INTO guild_change (guild_id, changed_by, changed_at, what, old, new)
            SELECT $1, $4, $5, 'role ' || w.key, r.role_id::text, w.id::text
              FROM wanted w LEFT JOIN guild_role r ON r.guild_id = $1 AND r.key = w.key
             WHERE r.role_id IS DISTINCT FROM w.id),
        cleared AS (
            DELETE FROM guild_role r USING wanted w
             WHERE r.guild_id = $1 AND r.key = w.key AND w.id IS NULL)
        INSERT INTO guild_role (guild_id, key, role_id)
        SELECT $1, key, id FROM wanted WHERE id IS NOT NULL
            ON CONFLICT (guild_id, key) DO UPDATE SET role_id = excluded.role_id
        """,
        guild_id,
        list(roles.keys()),
        list(roles.values()),
        by,
        at,
    )


async def save_channels(
    tx: Transaction, guild_id: GuildId, channels: Mapping[ChannelKey, ChannelId | None], by: UserId, at: datetime
) -> None:
    """Map and clear channels, and note each change."""
    await tx.run(
        """
        WITH wanted AS (SELECT * FROM unnest($2::text[], $3::bigint[]) AS w (key, id)),
        noted AS (
            INSERT INTO guild_change (guild_id, changed_by, changed_at, what, old, new)
            SELECT $1, $4, $5, 'channel ' || w.key, c.channel_id::text, w.id::text
              FROM wanted w LEFT JOIN guild_channel c ON c.guild_id = $1 AND c.key = w.key
             WHERE c.channel_id IS DISTINCT FROM w.id),
        cleared AS (
            DELETE FROM guild_channel c USING wanted w
             WHERE c.guild_id = $1 AND c.key = w.key AND w.id IS NULL)
        INSERT INTO guild_channel (guild_id, key, channel_id)
        SELECT $1, key, id FROM wanted WHERE id IS NOT NULL
            ON CONFLICT (guild_id, key) DO UPDATE SET channel_id = excluded.channel_id
        """,
        guild_id,
        list(channels.keys()),
        list(channels.values()),
        by,
        at,
    )


async def hold_settings(tx: Transaction, guild_id: GuildId) -> None:
    """Let one transaction at a time change a guild's settings, so that each change knows the value before."""
    await tx.run("SELECT pg_advisory_xact_lock(hashtextextended('settings ' || $1::bigint, 0))", guild_id)


class Texts(msgspec.Struct, frozen=True):
    """Settings as one object of JSON."""

    texts: dict[str, str]


async def settings(tx: Transaction, guild_id: GuildId) -> dict[str, str]:
    """Return what a guild has set, by key."""
    found = await tx.one(
        Texts,
        "SELECT coalesce(jsonb_object_agg(key, value), '{}') AS texts FROM guild_setting WHERE guild_id = $1",
        guild_id,
    )
    return found.texts


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A value that somebody sets; None takes it away."""

    guild_id: GuildId
    key: str
    new: str | None
    by: UserId
    at: datetime


def change(author: Author, key: str, new: Snowflake | str | None) -> Change:
    """Return what somebody sets under a key; an id is stored as its digits."""
    text = str(int(new)) if isinstance(new, Snowflake) else new
    return Change(guild_id=author.guild_id, key=key, new=text, by=author.by, at=author.at)


async def save_setting(tx: Transaction, change: Change) -> bool:
    """Write down or take away a setting, with old and new; tell whether anything changed."""
    noted = await tx.value(
        int,
        """
        WITH noted AS (
            INSERT INTO guild_change (guild_id, changed_by, changed_at, what, old, new)
            SELECT $1::bigint, $4::bigint, $5::timestamptz, 'setting ' || w.key, s.value, w.value
              FROM (VALUES ($2::text, $3::text)) w (key, value)
              LEFT JOIN guild_setting s ON s.guild_id = $1 AND s.key = w.key
             WHERE s.value IS DISTINCT FROM w.value
            RETURNING 1),
        cleared AS (
            DELETE FROM guild_setting WHERE guild_id = $1 AND key = $2 AND $3 IS NULL),
        saved AS (
            INSERT INTO guild_setting (guild_id, key, value) SELECT $1, $2, $3 WHERE $3 IS NOT NULL
                ON CONFLICT (guild_id, key) DO UPDATE SET value = excluded.value)
        SELECT 1 FROM noted
        """,
        change.guild_id,
        change.key,
        change.new,
        change.by,
        change.at,
    )
    return noted is not None


async def dungeon_roles(tx: Transaction, guild_id: GuildId) -> list[DungeonRole]:
    """Return which dungeons call which roles."""
    return await tx.many(
        DungeonRole,
        "SELECT dungeon, role_id FROM guild_dungeon_role WHERE guild_id = $1 ORDER BY dungeon",
        guild_id,
    )


async def dungeon_role(tx: Transaction, guild_id: GuildId, scopes: list[str]) -> RoleId | None:
    """Return the role that the first of these dungeons or categories calls that calls one, or None."""
    return await tx.value(
        RoleId,
        """
        SELECT role_id FROM guild_dungeon_role
         WHERE guild_id = $1 AND dungeon = ANY ($2::text[]) ORDER BY array_position($2::text[], dungeon) LIMIT 1
        """,
        guild_id,
        scopes,
    )


async def save_scoped(tx: Transaction, key: ScopedKey, change: Change) -> bool:
    """Write down or take away what a dungeon or category has for itself, with old and new; tell whether it changed."""
    noted = await tx.value(
        int,
        """
        WITH noted AS (
            INSERT INTO guild_change (guild_id, changed_by, changed_at, what, old, new)
            SELECT $1::bigint, $4::bigint, $5::timestamptz, $6::text || ' of ' || w.scope, s.target_id::text, w.target
              FROM (VALUES ($2::text, $3::text)) w (scope, target)
              LEFT JOIN guild_scoped s ON s.guild_id = $1 AND s.scope = w.scope AND s.key = $6
             WHERE s.target_id::text IS DISTINCT FROM w.target
            RETURNING 1),
        cleared AS (
            DELETE FROM guild_scoped WHERE guild_id = $1 AND scope = $2 AND key = $6 AND $3 IS NULL),
        saved AS (
            INSERT INTO guild_scoped (guild_id, scope, key, target_id)
            SELECT $1, $2, $6, $3::bigint WHERE $3 IS NOT NULL
                ON CONFLICT (guild_id, scope, key) DO UPDATE SET target_id = excluded.target_id)
        SELECT 1 FROM noted
        """,
        change.guild_id,
        change.key,
        change.new,
        change.by,
        change.at,
        key,
    )
    return noted is not None


async def save_dungeon_role(tx: Transaction, change: Change) -> bool:
    """Write down or take away the role of a dungeon, with old and new; tell whether anything changed."""
    noted = await tx.value(
        int,
        """
        WITH noted AS (
            INSERT INTO guild_change (guild_id, changed_by, changed_at, what, old, new)
            SELECT $1::bigint, $4::bigint, $5::timestamptz, 'dungeon role ' || w.dungeon, r.role_id::text, w.role_id
              FROM (VALUES ($2::text, $3::text)) w (dungeon, role_id)
              LEFT JOIN guild_dungeon_role r ON r.guild_id = $1 AND r.dungeon = w.dungeon
             WHERE r.role_id::text IS DISTINCT FROM w.role_id
            RETURNING 1),
        cleared AS (
            DELETE FROM guild_dungeon_role WHERE guild_id = $1 AND dungeon = $2 AND $3 IS NULL),
        saved AS (
            INSERT INTO guild_dungeon_role (guild_id, dungeon, role_id)
            SELECT $1, $2, $3::bigint WHERE $3 IS NOT NULL
                ON CONFLICT (guild_id, dungeon) DO UPDATE SET role_id = excluded.role_id)
        SELECT 1 FROM noted
        """,
        change.guild_id,
        change.key,
        change.new,
        change.by,
        change.at,
    )
    return noted is not None
