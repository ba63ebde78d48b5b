"""Who changes something, and when: what stands beside every old and new value on record."""

from datetime import datetime

import msgspec

from raidbot.core.ids import GuildId, UserId


class Author(msgspec.Struct, frozen=True):
    """Who changes a guild's configuration, and when."""

    guild_id: GuildId
    by: UserId
    at: datetime
