"""The mirror of members, in PostgreSQL."""

from collections.abc import Iterable

import msgspec

from raidbot.core.ids import GuildId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.discord_state.api import Ids
from raidbot.features.discord_state.model import Arrival, MirroredMember
from raidbot.features.discord_state.store.arrays import numbers


class Changed(msgspec.Struct, frozen=True):
    """Members who hold something else than before, and those who came."""

    user_ids: list[UserId]
    arrivals: list[Arrival] = []


async def save_members(tx: Transaction, guild_id: GuildId, members: Iterable[MirroredMember]) -> Changed:
    """Write down what members hold now; what was so already stays untouched. One statement.

    Returns those who were known and hold something else now, and those who were not here. In order of their
    ids, so that two requests never wait for each other.
    """
    listed = sorted(members, key=lambda member: member.user_id)
    return await tx.one(
        Changed,
        """
        WITH before AS (
            SELECT user_id, present, left_with FROM member WHERE guild_id = $1 AND user_id = ANY ($2::bigint[])),
        saved AS (
        INSERT INTO member AS m (guild_id, user_id, role_ids, administrator, present)
        SELECT $1, told.user_id, told.role_ids::bigint[], told.administrator, told.present
          FROM unnest($2::bigint[], $3::text[], $4::boolean[], $5::boolean[])
               WITH ORDINALITY AS told (user_id, role_ids, administrator, present, place)
         ORDER BY told.place
            ON CONFLICT (guild_id, user_id) DO UPDATE
           SET role_ids = excluded.role_ids, administrator = excluded.administrator, present = excluded.present,
               left_with = CASE WHEN excluded.present THEN NULL WHEN m.present THEN m.role_ids ELSE m.left_with END
         WHERE (m.role_ids, m.administrator, m.present)
               IS DISTINCT FROM (excluded.role_ids, excluded.administrator, excluded.present)
        RETURNING user_id, present, xmax::text::bigint > 0 AS known)
        SELECT array(SELECT user_id FROM saved WHERE known ORDER BY user_id) AS user_ids,
               array(SELECT jsonb_build_object(
                                'user_id', s.user_id::text, 'new', NOT s.known,
                                'left_with', array(SELECT role_id::text FROM unnest(b.left_with) role_id))
                       FROM saved s LEFT JOIN before b USING (user_id)
                      WHERE s.present AND b.present IS NOT TRUE ORDER BY s.user_id) AS arrivals
        """,
        guild_id,
        [member.user_id for member in listed],
        [numbers(sorted(member.role_ids)) for member in listed],
        [member.administrator for member in listed],
        [member.present for member in listed],
    )


async def leave_unless(tx: Transaction, guild_id: GuildId, ids: Ids, here: list[UserId]) -> list[UserId]:
    """Write down that all members in a range of ids have left but these; return those who had not before."""
    found = await tx.one(
        Changed,
        """
        WITH gone AS (
            UPDATE member SET role_ids = '{}', administrator = false, present = false, left_with = role_ids
             WHERE guild_id = $1 AND user_id BETWEEN $2 AND $3 AND user_id <> ALL ($4::bigint[]) AND present
            RETURNING user_id)
        SELECT array(SELECT user_id FROM gone ORDER BY user_id) AS user_ids
        """,
        guild_id,
        ids.first,
        ids.last,
        here,
    )
    return found.user_ids
