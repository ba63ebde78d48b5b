"""Who owns which name, in PostgreSQL."""

from collections.abc import Sequence
from typing import LiteralString

from raidbot.core.ids import GuildId, RoleId, UserId
from raidbot.core.ranks import RoleKey
from raidbot.database.transaction import Transaction
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.raiders.model import Entry, Naming, Owner, Raider

RAIDER: LiteralString = """
    SELECT r.guild_id, r.user_id, r.ign, r.status,
           array(SELECT a.ign FROM raider_name a
                  WHERE a.guild_id = r.guild_id AND a.user_id = r.user_id AND NOT a.is_main
                  ORDER BY lower(a.ign) COLLATE "C") AS alts
      FROM raider r
"""
"""A raider with all names."""


async def hold_names(tx: Transaction, guild_id: GuildId) -> None:
    """Let one transaction at a time decide whose the names of a guild are."""
    await tx.run("SELECT pg_advisory_xact_lock(hashtextextended('names ' || $1::bigint, 0))", guild_id)


async def owner_of(tx: Transaction, guild_id: GuildId, ign: str) -> Owner | None:
    """Return who owns a name in any spelling of capitals, or None."""
    return await tx.maybe(
        Owner,
        """
        SELECT n.user_id, n.is_main, r.status = 'verified' AS verified, coalesce(m.present, false) AS present
          FROM raider_name n
          JOIN raider r USING (guild_id, user_id)
          LEFT JOIN member m USING (guild_id, user_id)
         WHERE n.guild_id = $1 AND lower(n.ign) = lower($2)
        """,
        guild_id,
        ign,
    )


async def alike(tx: Transaction, guild_id: GuildId, ign: str) -> list[Raider]:
    """Return who has a name in any spelling of capitals, and a few whose names contain it, the best match first."""
    return await tx.many(
        Raider,
        RAIDER
        + """
          JOIN (SELECT user_id, min(lower(ign) COLLATE "C") AS ign, bool_or(lower(ign) = lower($2)) AS same,
                       min(strpos(lower(ign), lower($2))) AS at
                  FROM raider_name WHERE guild_id = $1 AND strpos(lower(ign), lower($2)) > 0
                 GROUP BY user_id ORDER BY same DESC, at, ign LIMIT 6) near ON near.user_id = r.user_id
         WHERE r.guild_id = $1
         ORDER BY near.same DESC, near.at, near.ign
        """,
        guild_id,
        ign,
    )


async def find_raider(tx: Transaction, guild_id: GuildId, user_id: UserId) -> Raider | None:
    """Return a raider, or None."""
    return await tx.maybe(Raider, RAIDER + "WHERE r.guild_id = $1 AND r.user_id = $2", guild_id, user_id)


async def raiders(tx: Transaction, guild_id: GuildId, user_ids: list[UserId]) -> list[Raider]:
    """Return those of these members who are raiders."""
    return await tx.many(
        Raider, RAIDER + "WHERE r.guild_id = $1 AND r.user_id = ANY ($2::bigint[])", guild_id, user_ids
    )


async def save_raider(tx: Transaction, raider: Raider) -> None:
    """Write down a raider under a main name; the database claims it, and lets go the main name before."""
    await tx.run(
        """
        INSERT INTO raider (guild_id, user_id, ign, status) VALUES ($1, $2, $3, $4)
            ON CONFLICT (guild_id, user_id) DO UPDATE SET ign = excluded.ign, status = excluded.status
        """,
        raider.guild_id,
        raider.user_id,
        raider.ign,
        raider.status,
    )


async def unclaimed(tx: Transaction, guild_id: GuildId, namings: Sequence[Naming]) -> set[UserId]:
    """Return who of these has no name yet and claims one that nobody has, nor another one of them."""
    found = await tx.value(
        list[UserId],
        """
        WITH claim AS (
            SELECT user_id, lower(ign) AS name, count(*) OVER (PARTITION BY lower(ign)) AS claims
              FROM unnest($2::bigint[], $3::text[]) AS c (user_id, ign))
        SELECT array_agg(user_id::text) FROM claim c
         WHERE claims = 1
           AND NOT EXISTS (SELECT FROM raider r WHERE r.guild_id = $1 AND r.user_id = c.user_id)
           AND NOT EXISTS (SELECT FROM raider_name n WHERE n.guild_id = $1 AND lower(n.ign) = c.name)
        """,
        guild_id,
        [one.user_id for one in namings],
        [one.ign for one in namings],
    )
    return set(found or ())


async def add_raiders(tx: Transaction, guild_id: GuildId, namings: Sequence[Naming]) -> None:
    """Write down members who are verified under these names; the database claims them."""
    await tx.run(
        """
        INSERT INTO raider (guild_id, user_id, ign, status)
        SELECT $1, user_id, ign, 'verified' FROM unnest($2::bigint[], $3::text[]) AS n (user_id, ign) ORDER BY user_id
        """,
        guild_id,
        [one.user_id for one in namings],
        [one.ign for one in namings],
    )


async def add_entries(tx: Transaction, guild_id: GuildId, added: Sequence[Entry]) -> None:
    """Write down changes of many members."""
    await tx.run(
        """
        INSERT INTO raider_entry (guild_id, user_id, changed_by, changed_at, kind, old_ign, new_ign, how, why)
        SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::timestamptz[], $5::text[], $6::text[], $7::text[],
                                 $8::text[], $9::text[])
        """,
        guild_id,
        [one.user_id for one in added],
        [one.changed_by for one in added],
        [one.changed_at for one in added],
        [one.kind for one in added],
        [one.old_ign for one in added],
        [one.new_ign for one in added],
        [one.how for one in added],
        [one.why for one in added],
    )


async def holders(tx: Transaction, guild_id: GuildId, key: RoleKey, user_ids: Sequence[UserId]) -> set[UserId]:
    """Return who of these members holds the role that is mapped for something."""
    found = await tx.value(
        list[UserId],
        """
        SELECT array_agg(m.user_id::text)
          FROM guild_role g JOIN member m ON m.guild_id = g.guild_id AND g.role_id = ANY (m.role_ids)
         WHERE g.guild_id = $1 AND g.key = $2 AND m.user_id = ANY ($3::bigint[])
        """,
        guild_id,
        key,
        list(user_ids),
    )
    return set(found or ())


async def add_alt(tx: Transaction, guild_id: GuildId, user_id: UserId, ign: str) -> None:
    """Write down an alt."""
    await tx.run("INSERT INTO raider_name VALUES ($1, $2, $3, false)", guild_id, user_id, ign)


async def delete_alt(tx: Transaction, guild_id: GuildId, user_id: UserId, ign: str) -> None:
    """Let an alt go."""
    await tx.run(
        "DELETE FROM raider_name WHERE guild_id = $1 AND user_id = $2 AND lower(ign) = lower($3) AND NOT is_main",
        guild_id,
        user_id,
        ign,
    )


async def delete_raider(tx: Transaction, guild_id: GuildId, user_id: UserId) -> None:
    """Let all names of a raider go; what happened to them stays."""
    await tx.run("DELETE FROM raider WHERE guild_id = $1 AND user_id = $2", guild_id, user_id)


async def add_entry(tx: Transaction, guild_id: GuildId, entry: Entry) -> int:
    """Write down a change with old and new; return its number."""
    number = await tx.value(
        int,
        """
        INSERT INTO raider_entry (guild_id, user_id, changed_by, changed_at, kind, old_ign, new_ign, how, why)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id
        """,
        guild_id,
        entry.user_id,
        entry.changed_by,
        entry.changed_at,
        entry.kind,
        entry.old_ign,
        entry.new_ign,
        entry.how,
        entry.why,
    )
    return number or 0


async def entries(tx: Transaction, of: tuple[GuildId, UserId], before: int | None, most: int) -> list[Entry]:
    """Return what happened to a member's names before that entry, the latest first."""
    return await tx.many(
        Entry,
        """
        SELECT id, user_id, kind, changed_by, changed_at, old_ign, new_ign, how, why FROM raider_entry
         WHERE guild_id = $1 AND user_id = $2 AND id < coalesce($3::bigint, 9223372036854775807)
         ORDER BY id DESC LIMIT $4
        """,
        *of,
        before,
        most,
    )


async def entries_about(tx: Transaction, of: tuple[GuildId, str], before: int | None, most: int) -> list[Entry]:
    """Return what happened to a name before that entry, whoever had it, the latest first."""
    return await tx.many(
        Entry,
        """
        SELECT id, user_id, kind, changed_by, changed_at, old_ign, new_ign, how, why FROM raider_entry
         WHERE guild_id = $1 AND (lower(old_ign) = lower($2) OR lower(new_ign) = lower($2))
           AND id < coalesce($3::bigint, 9223372036854775807)
         ORDER BY id DESC LIMIT $4
        """,
        *of,
        before,
        most,
    )


async def role(tx: Transaction, guild_id: GuildId, key: RoleKey) -> RoleId | None:
    """Return the role that a guild has mapped for something, or None."""
    return await tx.value(RoleId, "SELECT role_id FROM guild_role WHERE guild_id = $1 AND key = $2", guild_id, key)


async def holds(tx: Transaction, guild_id: GuildId, user_id: UserId, key: RoleKey) -> bool:
    """Tell whether a member holds the role that is mapped for something."""
    found = await tx.value(
        bool,
        """
        SELECT true FROM guild_role g JOIN member m ON m.guild_id = g.guild_id AND g.role_id = ANY (m.role_ids)
         WHERE g.guild_id = $1 AND g.key = $3 AND m.user_id = $2
        """,
        guild_id,
        user_id,
        key,
    )
    return found is True


async def is_mapped(tx: Transaction, guild_id: GuildId, key: ChannelKey) -> bool:
    """Tell whether a guild has mapped a channel for something."""
    found = await tx.value(bool, "SELECT true FROM guild_channel WHERE guild_id = $1 AND key = $2", guild_id, key)
    return found is True
