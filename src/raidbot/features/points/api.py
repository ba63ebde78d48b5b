"""The endpoints of points."""

from datetime import date
from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import GuildId, UserId
from raidbot.core.ranks import Rank
from raidbot.features.points.model import Credit, CreditId, Logged

Amount = Annotated[int, msgspec.Meta(ge=-99, le=99)]
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class LogByHand(msgspec.Struct, frozen=True, kw_only=True):
    """Write an entry by hand. The idempotency key makes a repetition write it once."""

    guild_id: GuildId
    user_id: UserId
    dungeon: Word
    amount: Amount = 1
    """Below 0 it corrects what was too much."""
    reason: Reason
    when: date | None = None
    """The day in UTC on which it happened; None: today."""


class LogRun(LogByHand, frozen=True, kw_only=True):
    """Write down runs that somebody led."""


class LogKey(LogByHand, frozen=True, kw_only=True):
    """Write down keys that somebody popped."""

    key: Word | None = None
    """Which one; None: the dungeon's first."""


class DecideCredit(msgspec.Struct, frozen=True):
    """Say whether a member gets what they want credited above what a day allows."""

    guild_id: GuildId
    credit_id: CreditId


class ConfirmCredit(DecideCredit, frozen=True):
    """Write it into the ledger, once."""


class RefuseCredit(DecideCredit, frozen=True):
    """Leave it out."""


log_run = Endpoint("POST", "/guilds/{guild_id}/logged-runs", Rank.ORGANIZER, LogRun, Logged)
log_key = Endpoint("POST", "/guilds/{guild_id}/logged-keys", Rank.ORGANIZER, LogKey, Logged)

CREDIT = "/guilds/{guild_id}/credits/{credit_id}"
confirm_credit = Endpoint("POST", CREDIT + "/confirm", Rank.OFFICER, ConfirmCredit, Credit)
refuse_credit = Endpoint("POST", CREDIT + "/refuse", Rank.OFFICER, RefuseCredit, Credit)
