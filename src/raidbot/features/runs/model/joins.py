"""The nouns of raiders in a run: in, waiting, called; what they play and bring, and the card that tells them."""

from datetime import datetime
from enum import StrEnum

import msgspec

from raidbot.core.errors import Refusal
from raidbot.core.events import Event, event
from raidbot.core.ids import RoleId, RunId, UserId
from raidbot.features.runs.model.claims import ClaimState
from raidbot.features.runs.model.life import RunStatus
from raidbot.features.runs.model.offers import OwnOffer
from raidbot.features.runs.model.places import Grounds, Stage


class JoinState(StrEnum):
    """Where a member is in a run. Values of `run_join.state`."""

    JOIN = "join"
    WAITING = "waiting"
    CALLED = "called"
    """A place is free for them until they say that they are here, or time is up."""
    LEFT = "left"
    REMOVED = "removed"
    """Whoever leads took them out."""


class Brought(msgspec.Struct, frozen=True):
    """Something that a member brings."""

    want: str
    """The want's key in the catalogue."""
    place: int
    """How many of those who are in bring it, up to this one: 1 came first."""


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """A run as one member meets it, with the run's row held."""

    dungeon: str
    status: RunStatus
    join_locked: bool
    stage: Stage
    leader_id: UserId
    max_raiders: int | None
    needed: dict[str, int]
    needs_verified: bool
    """Whether the guild has mapped the verified role."""
    join_role_id: RoleId | None
    """The role that this run's dungeon asks for instead of the guild's verified role."""
    verified: bool
    suspended: bool
    state: JoinState | None
    leads: bool
    """Whether they lead the run, opened it, or help to lead it."""
    key_holder: bool
    """Whether a key of theirs was accepted or popped."""
    brings: list[Brought]
    pops: int
    window_ends_at: datetime | None
    """Until when joining counts for the newest pop; None: its window is closed, or there is none."""
    settings: dict[str, str]

    @property
    def joined(self) -> bool:
        """Whether they are in."""
        return self.state is JoinState.JOIN

    @property
    def welcome(self) -> bool:
        """Whether they are in good standing."""
        return not self.suspended and (self.verified or not self.needs_verified)


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What a raider is told of their own part in a run."""

    run_id: RunId
    dungeon: str
    status: RunStatus
    state: JoinState | None
    changed: bool
    """False: it was so already."""
    raiders: int
    waiting: int
    version: int
    place: int | None = None
    """Their place in the waiting list; 1 is next."""
    first_until: datetime | None = None
    """Until when those of the run before come first, where that is why they wait."""
    called_until: datetime | None = None
    plays: str | None = None
    """Their class, by its key."""
    brings: list[str] = []
    """What they bring, by the wants' keys."""
    offers: list[OwnOffer] = []
    counts_from: int | None = None
    """The pop that they count from, where the newest one goes on without them."""
    claim: ClaimState | None = None
    """What became of their word that they were there; null where they gave none."""
    party: str | None = None
    """Null unless they may see it."""
    location: str | None = None
    """Null unless they may see it."""
    grounds: Grounds | None = None
    """By which right they see them."""
    reason: str | None = None
    """Why they are out, where they did not leave by themselves."""

    @property
    def joined(self) -> bool:
        """Whether they are in."""
        return self.state is JoinState.JOIN


class RunRaider(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is in a run, or waits for it."""

    user_id: UserId
    ign: str | None
    """Null where staff never set one."""
    alts: list[str] = []
    """The other names that they play."""
    state: JoinState = JoinState.JOIN
    plays: str | None = None
    brings: list[str] = []
    keys: list[str] = []
    """The keys that they hold in line."""


@event
class RaidersMovedUp(Event, frozen=True, kw_only=True):
    """Places became free for some who waited."""

    run_id: int
    user_ids: list[UserId]
    until: datetime | None
    """Until when they have to say that they are here; None: they are in."""
    at: datetime


class JoinRefused(Refusal):
    """This member cannot join now."""


class NotInRun(Refusal):
    """Only those who are in the run can do that."""


class TooManyOfAKind(Refusal):
    """Enough raiders bring that already."""
