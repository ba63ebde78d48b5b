"""The nouns of party and location: how far they are known, and why somebody may read them."""

from enum import StrEnum


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
