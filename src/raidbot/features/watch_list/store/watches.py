"""The entries of the watch list, and whom they are about, in PostgreSQL."""

from collections.abc import Mapping
from datetime import datetime
from typing import LiteralString

from raidbot.core.ids import GuildId, RoleId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.watch_list.model import Suspect, Watch, WatchId

COLUMNS: LiteralString = "id, user_id, ign, reason, evidence, effect, until, added_by, added_at"


async def add(tx: Transaction, guild_id: GuildId, suspect: Suspect, by: UserId, at: datetime) -> Watch | None:
    """Write down whom to look out for; None if they are on the list. What has ended makes room."""
    await tx.run(
        """
        UPDATE watch SET removed_by = $4, removed_at = $5
         WHERE guild_id = $1 AND removed_at IS NULL AND until <= $5 AND (user_id = $2 OR lower(ign) = lower($3))
        """,
        guild_id,
        suspect.user_id,
        suspect.ign,
        by,
        at,
    )
    return await tx.maybe(
        Watch,
        "INSERT INTO watch (guild_id, user_id, ign, reason, evidence, effect, until, added_by, added_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING " + COLUMNS,
        guild_id,
        suspect.user_id,
        suspect.ign,
        suspect.reason,
        suspect.evidence,
        suspect.effect,
        suspect.until,
        by,
        at,
    )


async def remove(tx: Transaction, guild_id: GuildId, watch_id: WatchId, by: UserId, at: datetime) -> Watch | None:
    """Write down that an entry is over; None if there is none."""
    return await tx.maybe(
        Watch,
        "UPDATE watch SET removed_by = $3, removed_at = $4 WHERE guild_id = $1 AND id = $2 AND removed_at IS NULL"
        " RETURNING " + COLUMNS,
        guild_id,
        watch_id,
        by,
        at,
    )


async def watches(tx: Transaction, guild_id: GuildId, now: datetime) -> list[Watch]:
    """Return the entries that have not ended, the latest first."""
    return await tx.many(
        Watch,
        "SELECT " + COLUMNS + " FROM watch"
        " WHERE guild_id = $1 AND removed_at IS NULL AND (until IS NULL OR until > $2) ORDER BY id DESC",
        guild_id,
        now,
    )


async def hits(tx: Transaction, guild_id: GuildId, user_id: UserId, names: list[str], now: datetime) -> list[Watch]:
    """Return which entries are about an account.

    They are about it, about a name that it claims, has or had, or about an account that once had such a name.
    """
    return await tx.many(
        Watch,
        "WITH names AS ("
        "    SELECT lower(unnest($3::text[])) AS name"
        "     UNION SELECT lower(ign) FROM raider_name WHERE guild_id = $1 AND user_id = $2"
        "     UNION SELECT lower(old_ign) FROM raider_entry WHERE guild_id = $1 AND user_id = $2"
        "     UNION SELECT lower(new_ign) FROM raider_entry WHERE guild_id = $1 AND user_id = $2)"
        " SELECT " + COLUMNS + " FROM watch"
        " WHERE guild_id = $1 AND removed_at IS NULL AND (until IS NULL OR until > $4)"
        "   AND (user_id = $2 OR lower(ign) IN (SELECT name FROM names)"
        "        OR user_id IN (SELECT e.user_id FROM raider_entry e, names"
        "                        WHERE e.guild_id = $1 AND lower(e.new_ign) = names.name"
        "                        UNION SELECT e.user_id FROM raider_entry e, names"
        "                        WHERE e.guild_id = $1 AND lower(e.old_ign) = names.name))"
        " ORDER BY id",
        guild_id,
        user_id,
        names,
        now,
    )


async def suspects(tx: Transaction, guild_id: GuildId, claims: Mapping[UserId, str], now: datetime) -> set[UserId]:
    """Return about whom of many an entry is, as `hits` tells it of one."""
    found = await tx.value(
        list[UserId],
        """
        WITH claim AS (SELECT * FROM unnest($2::bigint[], $3::text[]) AS c (user_id, ign)),
        names AS (
            SELECT user_id, lower(ign) AS name FROM claim
             UNION SELECT n.user_id, lower(n.ign) FROM raider_name n JOIN claim USING (user_id) WHERE n.guild_id = $1
             UNION SELECT e.user_id, lower(e.old_ign) FROM raider_entry e JOIN claim USING (user_id)
                    WHERE e.guild_id = $1
             UNION SELECT e.user_id, lower(e.new_ign) FROM raider_entry e JOIN claim USING (user_id)
                    WHERE e.guild_id = $1),
        entry AS (
            SELECT user_id, lower(ign) AS name FROM watch
             WHERE guild_id = $1 AND removed_at IS NULL AND (until IS NULL OR until > $4))
        SELECT array_agg(DISTINCT found.user_id::text)
          FROM (SELECT c.user_id FROM claim c JOIN entry w ON w.user_id = c.user_id
                 UNION SELECT n.user_id FROM names n JOIN entry w ON w.name = n.name
                 UNION SELECT n.user_id FROM entry w
                         JOIN raider_entry e ON e.guild_id = $1 AND e.user_id = w.user_id
                         JOIN names n ON n.name IN (lower(e.new_ign), lower(e.old_ign))) found
        """,
        guild_id,
        list(claims),
        list(claims.values()),
        now,
    )
    return set(found or ())


async def any_about(tx: Transaction, guild_id: GuildId) -> bool:
    """Tell whether a guild looks out for anybody."""
    found = await tx.value(bool, "SELECT true FROM watch WHERE guild_id = $1 AND removed_at IS NULL LIMIT 1", guild_id)
    return found is True


async def log_channel(tx: Transaction, guild_id: GuildId) -> ChannelKey | None:
    """Return where security reads of hits: the log of verifications, else that of the bot."""
    return await tx.value(
        ChannelKey,
        "SELECT key FROM guild_channel WHERE guild_id = $1 AND key IN ('veri_log', 'bot_log')"
        " ORDER BY key = 'veri_log' DESC LIMIT 1",
        guild_id,
    )


async def security_role(tx: Transaction, guild_id: GuildId) -> RoleId | None:
    """Return the role that a guild has mapped for security, or None."""
    return await tx.value(RoleId, "SELECT role_id FROM guild_role WHERE guild_id = $1 AND key = 'security'", guild_id)
