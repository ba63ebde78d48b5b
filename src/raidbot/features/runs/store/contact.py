"""Whether guilds can be reached, in PostgreSQL."""

from raidbot.core.ids import GuildId
from raidbot.database.transaction import Transaction
from raidbot.features.runs.model.contact import Contact


async def hold(tx: Transaction, guild_id: GuildId) -> Contact | None:
    """Return the last sign that a guild was reached and hold it; None before the first."""
    return await tx.maybe(
        Contact, "SELECT process, beat_at FROM guild_contact WHERE guild_id = $1 FOR UPDATE", guild_id
    )


async def save(tx: Transaction, guild_id: GuildId, contact: Contact) -> None:
    """Write down that a guild is reached."""
    await tx.run(
        """
        INSERT INTO guild_contact (guild_id, process, beat_at) VALUES ($1, $2, $3)
            ON CONFLICT (guild_id) DO UPDATE SET process = excluded.process, beat_at = excluded.beat_at
        """,
        guild_id,
        contact.process,
        contact.beat_at,
    )
