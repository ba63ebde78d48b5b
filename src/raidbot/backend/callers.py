"""Who calls, and with which rank.

The bot names a user, never that user's roles. Rank comes from the mirror of mapped roles that
the bot keeps in the database, so a forged list of roles has nowhere to go.
"""

from typing import LiteralString

import msgspec

from raidbot.core.ids import GuildId, UserId
from raidbot.core.ranks import Rank, RoleKey, rank_of
from raidbot.database.transaction import Transaction


class Standing(msgspec.Struct, frozen=True):
    """What the mirror holds about a member."""

    administrator: bool
    held: list[RoleKey]

    @property
    def rank(self) -> Rank:
        """The highest rank held."""
        return rank_of(self.held, administrator=self.administrator)


HELD: LiteralString = """
    (g.role_id = ANY (m.role_ids)
     OR g.key IN ('suspended', 'muted')
        AND EXISTS (SELECT FROM chore c
                     WHERE c.guild_id = m.guild_id AND c.user_id = m.user_id AND c.kind = 'give_role'
                       AND c.target = g.role_id AND c.value = 'stays' AND c.state <> 'done'))
"""
"""Whether a member `m` holds the mapped role `g`. A restriction that Discord is still to show again counts already."""

STANDING: LiteralString = (
    """
        SELECT m.administrator,
               array(SELECT g.key FROM guild_role g WHERE g.guild_id = m.guild_id AND """  # noqa: S608 - the type checker proves that SQL is made of literals alone
    + HELD
    + """) AS held
          FROM member m
         WHERE m.guild_id = $1 AND m.user_id = $2 AND m.present
    """
)

NOBODY = Standing(administrator=False, held=[])


async def standing_of(tx: Transaction, guild_id: GuildId, user_id: UserId) -> Standing:
    """Return what the mirror holds about a member; one who is not in it, or who left, holds nothing."""
    found = await tx.maybe(Standing, STANDING, guild_id, user_id)
    return found or NOBODY


async def rank(tx: Transaction, guild_id: GuildId, user_id: UserId) -> Rank:
    """Return the rank of a member of a guild. One statement."""
    return (await standing_of(tx, guild_id, user_id)).rank
