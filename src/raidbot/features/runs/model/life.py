"""The nouns of runs: what a run is, what happens to it, and why it may be refused."""

from datetime import datetime
from enum import StrEnum

import msgspec

from raidbot.core.errors import NotAllowed, NotFound, Refusal
from raidbot.core.events import Event, event
from raidbot.core.ids import GuildId, RunId, UserId
from raidbot.features.runs.model.offers import Offer
from raidbot.features.runs.model.oryx3 import Screenshot, Taken
from raidbot.features.runs.model.places import Stage
from raidbot.features.runs.model.pops import Pop

AUTO_END = "auto_end"
"""Why a run is over that time ended. A value of `run.reason`."""


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
    """One raid through a dungeon, with all that its panels need."""

    id: RunId
    guild_id: GuildId
    organizer_id: UserId
    """Who opened it."""
    leader_id: UserId
    """Who leads it now."""
    co_leader_ids: list[UserId]
    dungeon: str
    """The dungeon's key in the catalogue."""
    status: RunStatus
    party: str | None
    location: str | None
    placed: int
    """Counts the changes of party or location."""
    stage: Stage
    note: str | None
    join_locked: bool
    max_raiders: int | None
    """How many places there are besides the leader's; None: as many as come."""
    chain: int | None
    """How many pops it means to have."""
    needed: dict[str, int] = {}
    """How many of a key or want it needs, by its key, where that differs from the catalogue."""
    reason: str | None
    """Why it was cancelled, or `auto_end`."""
    opened_at: datetime
    started_at: datetime | None
    closed_at: datetime | None
    auto_end_at: datetime
    endings: int
    """How often it was over: an end or a cancellation that was taken back keeps its number."""
    version: int
    """Counted up by each change; a panel never goes back to a smaller one."""
    urgent_version: int
    """The version at which its status or location last changed."""
    raiders: int
    """How many are in."""
    free: int | None
    """How many places are free; None: as many as come."""
    waiting: int
    """How many wait for a place, or were called for one."""
    classes: dict[str, int]
    """How many of those who are in play which class."""
    brings: dict[str, int]
    """How many of those who are in bring which want."""
    offers: list[Offer]
    """The keys in line, the first of each kind first."""
    pops: int
    """How many keys were popped."""
    pop: Pop | None
    """The newest pop, with its window while that is open."""
    steps: list[Taken]
    """The steps of Oryx 3 that were taken, in order."""
    screenshot: Screenshot | None
    claims: int
    """How many say that they were there, undecided."""
    unnamed_keys: int
    """How many popped keys have no name yet."""
    follows_id: RunId | None = None
    """The run whose raiders come first in this one."""
    first_until: datetime | None = None
    """Until when only they get places; None: everybody does."""
    next_dungeon: str | None = None
    """The dungeon of the run that opens as soon as this one ends."""
    claims_until: datetime | None = None
    """Until when members may say that they were there; None: they may not."""

    @property
    def left_unopened(self) -> str | None:
        """The dungeon of the run that was to follow and did not open, because time ended this one."""
        ended_itself = self.status is RunStatus.ENDED and self.reason == AUTO_END
        return self.next_dungeon if ended_itself else None

    @property
    def led_by(self) -> frozenset[UserId]:
        """Who may steer it without being asked: who opened it, who leads it, and who helps."""
        return frozenset({self.organizer_id, self.leader_id, *self.co_leader_ids})


@event
class RunChanged(Event, frozen=True, kw_only=True):
    """A run's panel no longer shows the truth."""

    run_id: int
    urgent: bool
    """Status or location changed, not only a count."""


class UnknownRun(NotFound):
    """There is no such run in this guild."""


class NoRun(NotFound):
    """The caller leads no run now."""


class UnknownDungeon(Refusal):
    """The catalogue has no such dungeon."""

    status = 400


class BadNeeds(Refusal):
    """What was typed names no key, class or item of the dungeon, or no number."""

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


class NotYourRun(NotAllowed):
    """Neither the organizer of the run nor of a rank that may step in."""
