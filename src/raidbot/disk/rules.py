"""What a full disk means, from a reading of it. Pure."""

from collections.abc import Sequence
from enum import IntEnum

import msgspec

from raidbot.core.alerts import Condition, RunbookPage

GB = 1_000_000_000
MB = 1_000_000

RESUMES_BELOW = 93
"""Percent under which all is written again, so that it does not go to and fro."""


class Level(IntEnum):
    """How full a disk is, in percent from which on."""

    FINE = 0
    FILLING = 80
    NEARLY_FULL = 90
    SHORT = 95
    """Only what raids and punishments need is written."""

    @property
    def alert(self) -> str:
        """The name under which an operator is told of it."""
        return f"disk_{self.name.lower()}"


class Reading(msgspec.Struct, frozen=True):
    """What a disk told about itself, in bytes."""

    used: int
    free: int
    """For us; a part may be kept for root."""

    @property
    def percent(self) -> float:
        """How full it is, as `df` counts."""
        return 100 * self.used / max(1, self.used + self.free)


class Share(msgspec.Struct, frozen=True):
    """One thing that takes room."""

    what: str
    size: int


class Room:
    """What one process knows about the room that there is."""

    def __init__(self) -> None:
        self.level = Level.FINE
        self.used_share = 0.0
        """How much of the disk is used, from 0 to 1; 0 before it was read."""
        self.condition: Condition | None = None
        """What an operator has to know about it."""

    @property
    def is_short(self) -> bool:
        """Whether only what raids and punishments need is written."""
        return self.level is Level.SHORT

    def take(self, reading: Reading) -> Level:
        """Take a new reading into account, and return how full the disk counts as."""
        found = max(one for one in Level if reading.percent >= one)
        if self.is_short and found is Level.NEARLY_FULL and reading.percent >= RESUMES_BELOW:
            found = Level.SHORT
        self.level = found
        self.used_share = reading.percent / 100
        return found


def condition(reading: Reading, level: Level, shares: Sequence[Share]) -> Condition | None:
    """Return what an operator has to know about a disk."""
    if level is Level.FINE:
        return None
    largest = sorted(shares, key=lambda one: one.size, reverse=True)[:4]
    most = ", ".join(f"{one.what} {shown(one.size)}" for one in largest)
    paused = " Only what raids and punishments need is written." if level is Level.SHORT else ""
    told = f"The disk is {reading.percent:.0f} % full, {shown(reading.free)} are free.{paused}"
    told += f" What takes most: {most or 'unknown'}."
    return Condition(level.alert, told, RunbookPage.DATABASE_FULL)


def shown(size: int) -> str:
    """Return bytes as a person reads them."""
    return f"{size / GB:.1f} GB" if size >= GB else f"{size / MB:.1f} MB"
