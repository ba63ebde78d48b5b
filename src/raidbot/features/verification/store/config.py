"""What guilds have set, in PostgreSQL."""

from datetime import datetime

import msgspec

from raidbot.core.ids import ChannelId, GuildId, MessageId
from raidbot.database.transaction import Transaction
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.verification.model.config import Change, Config


class StoredConfig(msgspec.Struct, frozen=True):
    """What a guild has set, as it is stored."""

    body: Config = Config()
    version: int = 0
    panel: int = 0


class Standing(msgspec.Struct, frozen=True):
    """Where a message was posted."""

    channel_id: ChannelId
    message_id: MessageId | None
    deletions: int


async def find_config(tx: Transaction, guild_id: GuildId) -> StoredConfig:
    """Return what a guild has set; one that never set anything has what comes by itself."""
    found = await tx.maybe(
        StoredConfig, "SELECT body, version, panel FROM verification_config WHERE guild_id = $1", guild_id
    )
    return found or StoredConfig()


async def hold_config(tx: Transaction, guild_id: GuildId) -> StoredConfig:
    """Return what a guild has set, and let nobody else change it meanwhile."""
    await tx.run("INSERT INTO verification_config (guild_id) VALUES ($1) ON CONFLICT DO NOTHING", guild_id)
    return await tx.one(
        StoredConfig, "SELECT body, version, panel FROM verification_config WHERE guild_id = $1 FOR UPDATE", guild_id
    )


async def save_config(tx: Transaction, guild_id: GuildId, config: Config) -> None:
    """Write down what a guild has set."""
    await tx.run(
        "UPDATE verification_config SET body = $2, version = version + 1 WHERE guild_id = $1",
        guild_id,
        msgspec.to_builtins(config),
    )


async def add_change(tx: Transaction, guild_id: GuildId, change: Change, at: datetime) -> None:
    """Write down who changed what, with old and new."""
    await tx.run(
        """
        INSERT INTO verification_change (guild_id, what, old, new, changed_by, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        guild_id,
        change.what,
        change.old,
        change.new,
        change.changed_by,
        at,
    )


async def next_panel(tx: Transaction, guild_id: GuildId) -> int:
    """Let another panel be the one that counts; return its number."""
    number = await tx.value(
        int,
        """
        UPDATE verification_config SET panel = panel + 1, version = version + 1 WHERE guild_id = $1 RETURNING panel
        """,
        guild_id,
    )
    return number or 0


async def posting_of(tx: Transaction, guild_id: GuildId, kind: str, number: int) -> Standing | None:
    """Return where a message of ours was posted, or None."""
    return await tx.maybe(
        Standing,
        """
        SELECT channel_id, message_id, deletions FROM posting
         WHERE guild_id = $1 AND kind = $2 AND subject_id = $3
        """,
        guild_id,
        kind,
        number,
    )


async def channel(tx: Transaction, guild_id: GuildId, key: ChannelKey) -> ChannelId | None:
    """Return the channel that a guild has mapped for something, or None."""
    return await tx.value(
        ChannelId, "SELECT channel_id FROM guild_channel WHERE guild_id = $1 AND key = $2", guild_id, key
    )
