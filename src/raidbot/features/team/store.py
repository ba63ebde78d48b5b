"""Who holds the Team role and who should, in PostgreSQL."""

import msgspec

from raidbot.core.ids import GuildId, RoleId, UserId
from raidbot.core.ranks import RANK_OF, Rank
from raidbot.database.transaction import Transaction

STAFF = [key.value for key, rank in RANK_OF.items() if rank >= Rank.ORGANIZER]
"""The roles that make somebody part of the team."""


class Difference(msgspec.Struct, frozen=True):
    """A member whose Team role is not as their rank says."""

    user_id: UserId
    role_id: RoleId
    belongs: bool
    """Whether they have a staff rank, and miss the role; else they hold it without one."""


async def differences(tx: Transaction, guild_id: GuildId, user_ids: list[UserId] | None = None) -> list[Difference]:
    """Return whose Team role differs, of all members who are here or of these; nobody where it is not mapped.

    Staff ranks that nobody has mapped make no difference: then nobody loses the role.
    """
    return await tx.many(
        Difference,
        """
        WITH team AS (SELECT role_id FROM guild_role WHERE guild_id = $1 AND key = 'team'),
        staff AS (SELECT array_agg(role_id) AS role_ids FROM guild_role WHERE guild_id = $1 AND key = ANY ($2)),
        judged AS (
            SELECT m.user_id, team.role_id, m.administrator OR m.role_ids && staff.role_ids AS belongs,
                   team.role_id = ANY (m.role_ids) AS holds
              FROM member m, team, staff
             WHERE m.guild_id = $1 AND m.present AND staff.role_ids IS NOT NULL
               AND ($3::bigint[] IS NULL OR m.user_id = ANY ($3)))
        SELECT user_id, role_id, belongs FROM judged WHERE belongs <> holds ORDER BY user_id
        """,
        guild_id,
        STAFF,
        user_ids,
    )


async def guilds(tx: Transaction) -> list[GuildId]:
    """Return the guilds that have mapped the Team role."""
    found = await tx.value(
        list[GuildId], "SELECT array_agg(guild_id::text ORDER BY guild_id) FROM guild_role WHERE key = 'team'"
    )
    return found or []
