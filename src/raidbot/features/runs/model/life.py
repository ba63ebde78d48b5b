"""The nouns of runs: what a run is, what happens to it, and why it may be refused."""

from datetime import datetime
from enum import StrEnum

import msgspec

from raidbot.core.errors import NotAllowed, NotFound, Refusal
from raidbot.core.events import Event, event
from raidbot.core.ids import GuildId, RoleId, RunId, UserId


class RunStatus(StrEnum):
    """Where a run is in its life. Its values are those of `run.status` in the database."""

    OPEN = "open"
    LIVE = "live"
    ENDED = "ended"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether nothing more can happen to it."""
        return self in {RunStatus.ENDED, RunStatus.CANCELLED}


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One raid, led by its organizer through one dungeon, with all that its panels need."""

    id: RunId
    guild_id: GuildId
    organizer_id: UserId
    dungeon: str
    """The dungeon's key in the catalogue."""
    status: RunStatus
    party: str | None
    location: str | None
    note: str | None
    join_locked: bool
    reason: str | None
    """Why it was cancelled, or `auto_end`."""
    opened_at: datetime
    started_at: datetime | None
    closed_at: datetime | None
    auto_end_at: datetime
    version: int
    """Counted up by each change; a panel never goes back to a smaller one."""
    raiders: int
    """How many are in."""


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """A run as one member meets it, with the run's row held."""

    status: RunStatus
    join_locked: bool
    needs_verified: bool
    """Whether the guild has mapped the verified role."""
    verified: bool
    suspended: bool
    joined: bool


class Card(msgspec.Struct, frozen=True):
    """What a raider is told of their own part in a run."""

    run_id: RunId
    joined: bool
    changed: bool
    """False: it was so already."""
    raiders: int
    version: int
    party: str | None = None
    """Null unless they may see it."""
    location: str | None = None
    """Null unless they may see it."""


class RunRaider(msgspec.Struct, frozen=True):
    """Somebody who is in a run."""

    user_id: UserId
    ign: str | None
    """Null where staff never set one."""


class PingMoment(StrEnum):
    """When a run calls. Its values are those of `run_ping.moment` in the database."""

    OPEN = "open"
    START = "start"


class Ping(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a run calls at one moment."""

    here: bool
    role_id: RoleId | None
    here_left_out: bool
    """The guild wants @here, and had one too short a time ago. The organizer is told."""


@event
class RunChanged(Event, frozen=True, kw_only=True):
    """A run's panel no longer shows the truth."""

    run_id: int
    urgent: bool
    """Status or location changed, not only a count."""


@event
class RunEndingSoon(Event, frozen=True, kw_only=True):
    """A run ends by itself in a few minutes, unless somebody extends it. Once for each such moment."""

    run_id: int
    organizer_id: UserId
    ends_at: datetime


class UnknownRun(NotFound):
    """There is no such run in this guild."""


class NoRun(NotFound):
    """The caller leads no run now."""


class UnknownDungeon(Refusal):
    """The catalogue has no such dungeon."""

    status = 400


class AlreadyLeading(Refusal):
    """An organizer has one run at a time."""


class RunOver(Refusal):
    """The run has ended or was cancelled."""


class NotStartable(Refusal):
    """The run cannot go live (yet)."""


class NotLive(Refusal):
    """Only a live run can be ended."""


class NotReopened(Refusal):
    """What is over stays over."""


class JoinRefused(Refusal):
    """This member cannot join now."""


class NotYourRun(NotAllowed):
    """Neither the organizer of the run nor of a rank that may step in."""
