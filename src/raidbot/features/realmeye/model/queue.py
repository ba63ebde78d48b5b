"""Who waits for a page, how far they are, and how the site does."""

from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

import msgspec

from raidbot.core.errors import Refusal
from raidbot.core.events import Event, event
from raidbot.core.ids import GuildId, UserId
from raidbot.features.realmeye.model.facts import Facts, Kind, Standing


class NotAName(Refusal):
    """No player of the game can be called that, so RealmEye is not asked."""

    status = 400


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody wants to know what pages say of a player."""

    guild_id: GuildId
    user_id: UserId
    """For whom it is asked. A member waits for one page of each kind: a newer wish replaces the older one."""
    ign: str
    kinds: tuple[Kind, ...] = (Kind.PROFILE,)
    not_older_than: datetime | None = None
    """Only pages asked for since then will do. None: any that is fresh enough for its kind."""


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """What the pages say, all of them."""

    standing: Standing
    """The worst of the pages'."""
    facts: Facts
    read_at: datetime
    """When the oldest of them was asked for."""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """The pages are being read, in their turn."""

    place: int
    """How many pages are read until then, theirs included."""
    seconds: int
    """About how long that takes."""


class Away(msgspec.Struct, frozen=True, kw_only=True):
    """RealmEye does not answer, or does not want to. The place in line is kept."""

    since: datetime
    next_try_at: datetime
    place: int


Lookup: TypeAlias = Read | Waiting | Away
"""What is known at once about what somebody wants to know."""


class Reason(StrEnum):
    """Why a page could not be read. The values are those of `away_reason` in the database."""

    SLOW = "slow"
    """No whole answer in time."""
    UNREACHABLE = "unreachable"
    BROKEN = "broken"
    """It answered with a fault of its own."""
    TOO_MANY = "too_many"
    """It asked us to come less often: status 429."""
    FORBIDDEN = "forbidden"
    """It does not let us in: status 403."""
    ELSEWHERE = "elsewhere"
    """It sent us to another place."""
    TOO_LARGE = "too_large"


class SiteState(msgspec.Struct, frozen=True, kw_only=True):
    """How RealmEye does, as the record has it."""

    next_at: datetime
    """No page is asked for before."""
    failures: int = 0
    """In a row."""
    away_since: datetime | None = None
    away_reason: Reason | None = None
    pace_s: float = 3.0
    """How many seconds a page took lately, pause included."""


@event
class PageRead(Event, frozen=True, kw_only=True):
    """A page that a member waited for was read, whatever it says. `service.ask` tells what."""

    user_id: UserId
    ign: str
    """As it was asked for."""
    kind: Kind
    standing: Standing
    at: datetime


@event
class PageFailed(Event, frozen=True, kw_only=True):
    """RealmEye went away while a member waits; their place is kept."""

    user_id: UserId
    ign: str
    kind: Kind
    reason: Reason
    since: datetime
    next_try_at: datetime
    at: datetime


@event
class SiteReturned(Event, frozen=True, kw_only=True):
    """RealmEye answers again; members of this guild wait for pages."""

    at: datetime
