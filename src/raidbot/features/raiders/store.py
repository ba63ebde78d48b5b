"""Raiders in PostgreSQL."""

from datetime import datetime

from raidbot.core.ids import GuildId, RoleId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.raiders.model import Raider


async def hold_ign(tx: Transaction, guild_id: GuildId, ign: str) -> None:
    """Let one transaction at a time decide whose an IGN is."""
    await tx.run(
        "SELECT pg_advisory_xact_lock(hashtextextended('ign ' || $1::bigint || ' ' || lower($2), 0))", guild_id, ign
    )


async def owner_of(tx: Transaction, guild_id: GuildId, ign: str) -> UserId | None:
    """Return who owns an IGN in any spelling of capitals, or None."""
    return await tx.value(
        UserId, "SELECT user_id FROM raider WHERE guild_id = $1 AND lower(ign) = lower($2)", guild_id, ign
    )


async def alike(tx: Transaction, guild_id: GuildId, ign: str) -> list[Raider]:
    """Return who has an IGN in any spelling of capitals, and a few whose IGNs contain it, the best match first."""
    return await tx.many(
        Raider,
        """
        SELECT guild_id, user_id, ign, status FROM raider
         WHERE guild_id = $1 AND strpos(lower(ign), lower($2)) > 0
         ORDER BY lower(ign) <> lower($2), strpos(lower(ign), lower($2)), lower(ign) COLLATE "C" LIMIT 6
        """,
        guild_id,
        ign,
    )


async def find_raider(tx: Transaction, guild_id: GuildId, user_id: UserId) -> Raider | None:
    """Return a raider, or None."""
    return await tx.maybe(
        Raider,
        "SELECT guild_id, user_id, ign, status FROM raider WHERE guild_id = $1 AND user_id = $2",
        guild_id,
        user_id,
    )


async def save_raider(tx: Transaction, raider: Raider, by: UserId, at: datetime) -> bool:
    """Write down a raider, with an entry of old and new; tell whether anything changed."""
    changed = await tx.value(
        int,
        """
        WITH before AS (
            SELECT ign FROM raider WHERE guild_id = $1 AND user_id = $2),
        saved AS (
            INSERT INTO raider AS r (guild_id, user_id, ign, status) VALUES ($1, $2, $3, $4)
                ON CONFLICT (guild_id, user_id) DO UPDATE SET ign = excluded.ign, status = excluded.status
             WHERE (r.ign, r.status) IS DISTINCT FROM (excluded.ign, excluded.status)
            RETURNING 1),
        noted AS (
            INSERT INTO raider_entry (guild_id, user_id, changed_by, changed_at, kind, old_ign, new_ign)
            SELECT $1, $2, $5, $6, $4, (SELECT ign FROM before), $3 FROM saved)
        SELECT 1 FROM saved
        """,
        raider.guild_id,
        raider.user_id,
        raider.ign,
        raider.status,
        by,
        at,
    )
    return changed is not None


async def verified_role(tx: Transaction, guild_id: GuildId) -> RoleId | None:
    """Return the role that a guild has mapped for verified raiders, or None."""
    return await tx.value(
        RoleId, "SELECT role_id FROM guild_role WHERE guild_id = $1 AND key = 'verified_raider'", guild_id
    )
