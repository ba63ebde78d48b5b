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
    ids, so that two requests never wait for each other. Whoever is here since a later time than before was not here
    in between, and left with what they held then.
    """
    listed = sorted(members, key=lambda member: member.user_id)
    return await tx.one(
        Changed,
        """
        WITH before AS (
            SELECT user_id, role_ids, administrator, present, left_with, joined_at
              FROM member WHERE guild_id = $1 AND user_id = ANY ($2::bigint[])),
        saved AS (
        INSERT INTO member AS m (guild_id, user_id, role_ids, administrator, present, joined_at)
        SELECT $1, told.user_id, told.role_ids::bigint[], told.administrator, told.present, told.joined_at
          FROM unnest($2::bigint[], $3::text[], $4::boolean[], $5::boolean[], $6::timestamptz[])
               WITH ORDINALITY AS told (user_id, role_ids, administrator, present, joined_at, place)
         ORDER BY told.place
            ON CONFLICT (guild_id, user_id) DO UPDATE
           SET role_ids = excluded.role_ids, administrator = excluded.administrator, present = excluded.present,
               left_with = CASE WHEN excluded.present THEN NULL WHEN m.present THEN m.role_ids ELSE m.left_with END,
               joined_at = coalesce(excluded.joined_at, m.joined_at)
         WHERE (m.role_ids, m.administrator, m.present, m.joined_at)
               IS DISTINCT FROM (excluded.role_ids, excluded.administrator, excluded.present,
                                 coalesce(excluded.joined_at, m.joined_at))
        RETURNING user_id, role_ids, administrator, present, joined_at, xmax::text::bigint > 0 AS known),
        compared AS (
            SELECT s.user_id, s.known, s.present, b.present AS was_present,
                   s.joined_at > b.joined_at + interval '1 second' AS came_back,
                   CASE WHEN b.present THEN b.role_ids ELSE b.left_with END AS left_with,
                   (s.role_ids, s.administrator, s.present)
                   IS DISTINCT FROM (b.role_ids, b.administrator, b.present) AS differs
              FROM saved s LEFT JOIN before b USING (user_id))
        SELECT array(SELECT user_id FROM compared WHERE known AND differs ORDER BY user_id) AS user_ids,
               array(SELECT jsonb_build_object(
                                'user_id', user_id::text, 'new', NOT known,
                                'left_with', array(SELECT role_id::text FROM unnest(left_with) role_id))
                       FROM compared
                      WHERE present AND (was_present IS NOT TRUE OR came_back) ORDER BY user_id) AS arrivals
        """,
        guild_id,
        [member.user_id for member in listed],
        [numbers(sorted(member.role_ids)) for member in listed],
        [member.administrator for member in listed],
        [member.present for member in listed],
        [member.joined_at for member in listed],
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
