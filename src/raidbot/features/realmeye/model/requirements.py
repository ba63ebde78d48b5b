"""What a guild may ask of a player, and how far somebody meets it."""

from enum import StrEnum
from typing import Annotated, TypeAlias

import msgspec

from raidbot.features.realmeye.model.facts import GuildRank

Fame: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=100_000_000)]
Count: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=1000)]


class MaxedCharacters(msgspec.Struct, frozen=True):
    """So many living characters with so many of their eight stats at the limit."""

    characters: Annotated[int, msgspec.Meta(ge=1, le=100)]
    stats: Annotated[int, msgspec.Meta(ge=1, le=8)] = 8


class Requirements(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a guild asks. What is None or false is not asked."""

    stars: Annotated[int, msgspec.Meta(ge=1, le=100)] | None = None
    alive_fame: Fame | None = None
    account_months: Count | None = None
    maxed: MaxedCharacters | None = None
    deaths_at_least: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None = None
    deaths_at_most: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] | None = None
    last_seen_hidden: bool = False
    guild: Annotated[str, msgspec.Meta(min_length=1, max_length=50)] | None = None
    guild_rank: GuildRank | None = None
    """This rank or higher."""


class Requirement(StrEnum):
    """One thing that can be asked, by the name of its field."""

    STARS = "stars"
    ALIVE_FAME = "alive_fame"
    ACCOUNT_MONTHS = "account_months"
    MAXED = "maxed"
    DEATHS_AT_LEAST = "deaths_at_least"
    DEATHS_AT_MOST = "deaths_at_most"
    LAST_SEEN_HIDDEN = "last_seen_hidden"
    GUILD = "guild"
    GUILD_RANK = "guild_rank"


class Outcome(StrEnum):
    """Whether a requirement is met."""

    MET = "met"
    NOT_MET = "not_met"
    CANNOT_TELL = "cannot_tell"


class Check(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the checklist."""

    requirement: Requirement
    outcome: Outcome
    wanted: str
    """What is asked, in words: `60 stars`."""
    found: str = ""
    """What the page says, in words: `41 stars`, or `hidden`. Empty where it says nothing."""
    how: str = ""
    """What the player can do about it. Empty where it is met."""
