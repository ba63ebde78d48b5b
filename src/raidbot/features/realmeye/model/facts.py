"""What a page of RealmEye says about a player: each fact is known, hidden, or not on the page."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar

import msgspec

Value = TypeVar("Value")


class Kind(StrEnum):
    """The pages that are read. The values are those of `kind` in the database."""

    PROFILE = "profile"
    NAMES = "names"
    GRAVEYARD = "graveyard"
    EXALTATIONS = "exaltations"


class Presence(StrEnum):
    """Whether a page tells something."""

    KNOWN = "known"
    HIDDEN = "hidden"
    """The page says that its owner hides it."""
    ABSENT = "absent"
    """The page does not tell, or not in a way that can be relied on."""


class Fact(msgspec.Struct, Generic[Value], frozen=True, omit_defaults=True):
    """One thing that a page may tell."""

    presence: Presence
    value: Value | None = None
    """None unless it is known."""


def known(value: Value) -> Fact[Value]:
    """Return a fact that the page tells."""
    return Fact(Presence.KNOWN, value)


HIDDEN: Final[Fact[Any]] = Fact(Presence.HIDDEN)
ABSENT: Final[Fact[Any]] = Fact(Presence.ABSENT)


class GuildRank(StrEnum):
    """Ranks of a guild of the game, from the lowest to the highest."""

    INITIATE = "Initiate"
    MEMBER = "Member"
    OFFICER = "Officer"
    LEADER = "Leader"
    FOUNDER = "Founder"


class FormerName(msgspec.Struct, frozen=True):
    """A name that a player had before."""

    name: str
    until: datetime | None = None
    """When it was given up, where the page says so."""


class ClassExaltations(msgspec.Struct, frozen=True):
    """How often a player has exalted the stats of one class, from 0 to 5 each."""

    name: str
    hp: int
    mp: int
    att: int
    defence: int
    spd: int
    dex: int
    vit: int
    wis: int


class Facts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that the pages of one player tell. What no page was asked about is absent."""

    ign: str
    """As the page spells it."""
    stars: Fact[int] = ABSENT
    alive_fame: Fact[int] = ABSENT
    account_fame: Fact[int] = ABSENT
    age_days: Fact[int] = ABSENT
    """How long the account has been known at the least."""
    last_seen: Fact[datetime] = ABSENT
    guild: Fact[str] = ABSENT
    guild_rank: Fact[GuildRank] = ABSENT
    maxed: Fact[list[int]] = ABSENT
    """Of each living character, how many of its eight stats are at their limit."""
    description: Fact[list[str]] = ABSENT
    """The lines that the player writes themselves. They may hold anything."""
    former_names: Fact[list[FormerName]] = ABSENT
    deaths: Fact[int] = ABSENT
    exaltations: Fact[list[ClassExaltations]] = ABSENT


class Standing(StrEnum):
    """What came of reading a page. The values are those of `standing` in the database."""

    SHOWN = "shown"
    NOT_SHOWN = "not_shown"
    """RealmEye never saw such a player, or the player hides the whole profile: it shows one page for both."""
    UNREADABLE = "unreadable"
    """What came is no page that we know how to read. Nothing follows from it."""


class Reading(msgspec.Struct, frozen=True):
    """What one page says."""

    standing: Standing
    facts: Facts
    """Everything absent unless the page is shown."""
