"""The nouns of claims: members who say, after the end, that they were there."""

from datetime import datetime
from enum import StrEnum

import msgspec

from raidbot.core.errors import Refusal
from raidbot.core.ids import UserId


class ClaimState(StrEnum):
    """How far a claim is. Values of `run_claim.state`."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    LAPSED = "lapsed"
    """Nobody decided it within a day."""


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody says they were there."""

    user_id: UserId
    ign: str | None
    state: ClaimState
    claimed_at: datetime


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who counts as having been there."""

    user_id: UserId
    ign: str | None
    pops: int
    """How many pops of the run they are counted for."""


class WhoWasThere(msgspec.Struct, frozen=True, kw_only=True):
    """Who says that they were there, and who counts, from A to Z."""

    claims: list[Claim]
    counted: list[Counted]


class ClaimRefused(Refusal):
    """This member cannot say that they were there."""
