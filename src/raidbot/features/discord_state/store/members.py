"""The mirror of members, in PostgreSQL."""

from collections.abc import Iterable

import msgspec

from raidbot.core.ids import GuildId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.discord_state.store.arrays import numbers


class Changed(msgspec.Struct, frozen=True):
    """Members who hold something else than before."""

    user_ids: list[UserId]


async def save_members(tx: Transaction, guild_id: GuildId, members: Iterable[MirroredMember]) -> list[UserId]:
    """Write down what members hold now; what was so already stays untouched. One statement.

    Returns those who were known and hold something else now. In order of their ids, so that two requests
    never wait for each other.
    """
    listed = sorted(members, key=lambda member: member.user_id)
    found = await tx.one(
        Changed,
        """
        WITH saved AS (
        INSERT INTO member AS m (guild_id, user_id, role_ids, administrator, present)
        SELECT $1, told.user_id, told.role_ids::bigint[], told.administrator, told.present
          FROM unnest($2::bigint[], $3::text[], $4::boolean[], $5::boolean[])
               WITH ORDINALITY AS told (user_id, role_ids, administrator, present, place)
         ORDER BY told.place
            ON CONFLICT (guild_id, user_id) DO UPDATE
           SET role_ids = excluded.role_ids, administrator = excluded.administrator, present = excluded.present
         WHERE (m.role_ids, m.administrator, m.present)
               IS DISTINCT FROM (excluded.role_ids, excluded.administrator, excluded.present)
        RETURNING user_id, xmax::text::bigint > 0 AS known)
        SELECT array(SELECT user_id FROM saved WHERE known ORDER BY user_id) AS user_ids
        """,
        guild_id,
        [member.user_id for member in listed],
        [numbers(sorted(member.role_ids)) for member in listed],
        [member.administrator for member in listed],
        [member.present for member in listed],
    )
    return found.user_ids
