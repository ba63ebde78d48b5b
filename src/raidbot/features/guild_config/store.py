"""A guild's mappings in PostgreSQL. Changes keep old and new value in the same statement."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from raidbot.core.ids import ChannelId, GuildId, RoleId, UserId
from raidbot.core.ranks import RoleKey
from raidbot.database.transaction import Transaction
from raidbot.features.guild_config.model import ChannelKey, Mappings


class Pairs(msgspec.Struct, frozen=True):
    """Mappings as two objects of JSON; ids as numbers."""

    roles: dict[RoleKey, RoleId]
    channels: dict[ChannelKey, ChannelId]


async def mappings(tx: Transaction, guild_id: GuildId) -> Mappings:
    """Return what the guild has mapped."""
    found = await tx.one(
        Pairs,
        """
        SELECT (SELECT coalesce(jsonb_object_agg(key, role_id::text), '{}') FROM guild_role
                 WHERE guild_id = $1) AS roles,
               (SELECT coalesce(jsonb_object_agg(key, channel_id::text), '{}') FROM guild_channel
                 WHERE guild_id = $1) AS channels
        """,
        guild_id,
    )
    return Mappings(found.roles, found.channels)


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
