"""What both ways of being verified have to know."""

from raidbot.backend import callers
from raidbot.core.ids import GuildId, UserId
from raidbot.core.ranks import RoleKey
from raidbot.database.transaction import Transaction
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.verification.store import config as store


async def is_suspended(tx: Transaction, guild_id: GuildId, who: UserId) -> bool:
    """Tell whether a member holds the suspended role."""
    return RoleKey.SUSPENDED in (await callers.standing_of(tx, guild_id, who)).held


async def tells_in(tx: Transaction, guild_id: GuildId) -> ChannelKey | None:
    """Return where members are told that there is an answer: where notices are, else where they began."""
    for key in (ChannelKey.NOTICES, ChannelKey.GETVERIFIED):
        if await store.channel(tx, guild_id, key) is not None:
            return key
    return None
