"""The nouns of party and location: how far they are known, and why somebody may read them."""

from datetime import datetime
from enum import StrEnum

import msgspec

from raidbot.core.ids import UserId


class Stage(StrEnum):
    """How far party and location are known; each stage includes the ones before. Values of `run.stage`."""

    KEYS = "keys"
    """Whoever leads, and holders of accepted keys."""
    WANTS = "wants"
    """And those who bring what the dungeon wants."""
    RAIDERS = "raiders"
    """And everybody who is in."""
    ALL = "all"
    """And everybody who reads the panel."""

    def reaches(self, other: "Stage") -> bool:
        """Tell whether what holds at `other` holds here too."""
        order = list(Stage)
        return order.index(self) >= order.index(other)


class Grounds(StrEnum):
    """By which right somebody reads party and location. Values of `run_reveal.grounds`."""

    LEADER = "leader"
    KEY = "key"
    WANT = "want"
    RAIDER = "raider"
    ALL = "all"


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody was shown party and location."""

    user_id: UserId
    grounds: Grounds
    placed: int
    party: str | None
    location: str | None
    first_at: datetime
    last_at: datetime
    times: int
