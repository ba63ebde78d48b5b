"""Who holds the verified role and who should, in PostgreSQL."""

from datetime import datetime

import msgspec

from raidbot.core.ids import GuildId, RoleId, UserId
from raidbot.database.transaction import Transaction


class Difference(msgspec.Struct, frozen=True):
    """A member whose verified role is not as the record says."""

    user_id: UserId
    role_id: RoleId
    belongs: bool
    """Whether they are verified, and miss the role; else they hold it and are not."""


async def differences(tx: Transaction, guild_id: GuildId, decided_since: datetime) -> list[Difference]:
    """Return whose verified role differs, of all members who are here; nobody where it is not mapped.

    Left out is what somebody decides about or has decided since then, and what Discord is still to be told. A guild
    that has no raider yet keeps its record elsewhere: there everybody would differ.
    """
    return await tx.many(
        Difference,
        """
        WITH wanted AS (
            SELECT m.user_id, g.role_id, coalesce(r.status = 'verified', false) AS belongs,
                   g.role_id = ANY (m.role_ids) AS holds
              FROM guild_role g
              JOIN member m ON m.guild_id = g.guild_id AND m.present
              LEFT JOIN raider r ON r.guild_id = m.guild_id AND r.user_id = m.user_id
             WHERE g.guild_id = $1 AND g.key = 'verified_raider'
               AND EXISTS (SELECT FROM raider known WHERE known.guild_id = $1))
        SELECT user_id, role_id, belongs
          FROM wanted w
         WHERE belongs <> holds
           AND NOT EXISTS (SELECT FROM chore c
                            WHERE c.guild_id = $1 AND c.user_id = w.user_id AND c.target = w.role_id
                              AND c.state <> 'done')
           AND NOT EXISTS (SELECT FROM hand_change h
                            WHERE h.guild_id = $1 AND h.user_id = w.user_id AND h.role_id = w.role_id
                              AND h.state = 'open')
           AND NOT EXISTS (SELECT FROM reconciliation p JOIN reconciliation_change c ON c.reconciliation_id = p.id
                            WHERE p.guild_id = $1 AND c.user_id = w.user_id AND c.target = w.role_id
                              AND c.kind = CASE WHEN w.belongs THEN 'give_role' ELSE 'take_role' END
                              AND (p.state = 'open' AND p.cause NOT IN ('verified', 'unrecorded')
                                   OR p.state IN ('left', 'adopted') AND p.decided_at > $2))
         ORDER BY user_id
        """,
        guild_id,
        decided_since,
    )
