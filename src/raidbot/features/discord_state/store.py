"""The mirror of members in PostgreSQL."""

from raidbot.core.ids import GuildId
from raidbot.database.transaction import Transaction
from raidbot.features.discord_state.model import MirroredMember


async def save_member(tx: Transaction, guild_id: GuildId, member: MirroredMember) -> None:
    """Write down what a member holds now."""
    await tx.run(
        """
        INSERT INTO member (guild_id, user_id, role_ids, administrator, present) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (guild_id, user_id) DO UPDATE
           SET role_ids = excluded.role_ids, administrator = excluded.administrator, present = excluded.present
        """,
        guild_id,
        member.user_id,
        member.role_ids,
        member.administrator,
        member.present,
    )
