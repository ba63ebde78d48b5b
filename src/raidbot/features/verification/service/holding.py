"""What both ways of being verified have to know."""

from datetime import datetime

from raidbot.backend import callers
from raidbot.core.ids import GuildId, UserId
from raidbot.core.ranks import RoleKey
from raidbot.database.transaction import Transaction
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.inbox import service as inbox
from raidbot.features.verification.model.tickets import TicketState
from raidbot.features.verification.store import config as store
from raidbot.features.verification.store import tickets


async def is_suspended(tx: Transaction, guild_id: GuildId, who: UserId) -> bool:
    """Tell whether a member holds the suspended role."""
    return RoleKey.SUSPENDED in (await callers.standing_of(tx, guild_id, who)).held


async def tells_in(tx: Transaction, guild_id: GuildId) -> ChannelKey | None:
    """Return where members are told that there is an answer: where notices are, else where they began."""
    for key in (ChannelKey.NOTICES, ChannelKey.GETVERIFIED):
        if await store.channel(tx, guild_id, key) is not None:
            return key
    return None


async def has_read(tx: Transaction, one: tickets.Applicant, decided: TicketState, now: datetime) -> bool:
    """Let the letter about a decision be read by a member who is shown the same; tell whether it was not before."""
    letter_id = await tickets.unread_letter(tx, one, decided)
    if letter_id is not None:
        await inbox.read(tx, one.guild_id, one.user_id, letter_id, now)
    return letter_id is not None
