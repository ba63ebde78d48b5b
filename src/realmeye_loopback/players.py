"""The players that the site knows, and what of them is private."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import msgspec

Ign = Annotated[str, msgspec.Meta(pattern="^[A-Za-z]{1,16}$")]
Line = Annotated[str, msgspec.Meta(max_length=200)]


class Section(StrEnum):
    """What a player can hide by itself."""

    PROFILE = "profile"
    """Everything: the site then says what it says of players whom it never saw."""
    CHARACTERS = "characters"
    FAME = "fame"
    FIRST_SEEN = "first_seen"
    LAST_SEEN = "last_seen"
    NAMES = "names"
    GRAVEYARD = "graveyard"
    EXALTATIONS = "exaltations"


class Character(msgspec.Struct, frozen=True):
    """A living character."""

    name: str
    """Its class."""
    maxed: Annotated[int, msgspec.Meta(ge=0, le=8)] = 8
    fame: int = 500
    level: int = 20


class FormerName(msgspec.Struct, frozen=True):
    """A name of the past, with the days on which it was taken and given up."""

    name: Ign
    since: str
    until: str


class Deaths(msgspec.Struct, frozen=True):
    """How often characters of a class died with so many stats at the limit: from 0/8 to 8/8."""

    name: str
    by_maxed: Annotated[list[int], msgspec.Meta(min_length=9, max_length=9)]


class Exalted(msgspec.Struct, frozen=True):
    """How often the stats of a class are exalted, 0 to 5: hp, mp, att, def, spd, dex, vit, wis."""

    name: str
    levels: Annotated[list[int], msgspec.Meta(min_length=8, max_length=8)]


class Player(msgspec.Struct, frozen=True, kw_only=True):
    """All that the site knows of somebody."""

    ign: Ign
    stars: Annotated[int, msgspec.Meta(ge=0)] = 45
    account_fame: int = 20_000
    first_seen_days: int = 1200
    is_created: bool = False
    """Whether the site knows when the account was made, and so calls the row otherwise."""
    last_seen: datetime = datetime(2026, 11, 20, 18, 15, 9, tzinfo=UTC)
    guild: str = ""
    guild_rank: str = "Member"
    characters: list[Character] = []
    description: Annotated[list[Line], msgspec.Meta(max_length=3)] = []
    names: list[FormerName] = []
    deaths: list[Deaths] = []
    is_graveyard_loaded: bool = True
    """Its owner has to open it once before the site has counted it."""
    exaltations: list[Exalted] = []
    private: frozenset[Section] = frozenset()

    def hides(self, section: Section) -> bool:
        """Tell whether a section is private."""
        return section in self.private

    @property
    def alive_fame(self) -> int:
        """The fame of all living characters."""
        return sum(each.fame for each in self.characters)
