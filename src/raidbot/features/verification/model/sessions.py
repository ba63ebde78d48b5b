"""Where a member is on the way to being verified."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

import msgspec

from raidbot.core.errors import NotAllowed, Refusal
from raidbot.core.events import Event, event
from raidbot.core.ids import RoleId, UserId
from raidbot.features.realmeye.model.requirements import Check
from raidbot.features.verification.model.config import Config
from raidbot.features.verification.model.tickets import Denial, Place

SessionId = NewType("SessionId", int)

LASTS = timedelta(days=1)
"""How long a code is good for."""

ANSWERED = "verification_answered"
"""The notice that RealmEye has answered for somebody."""


class Outcome(StrEnum):
    """What came of a look at RealmEye. Its values are those of `verification_session.outcome` in the database."""

    VERIFIED = "verified"
    UNKNOWN = "unknown"
    """No such player, or one who hides everything: the site shows one page for both."""
    UNREADABLE = "unreadable"
    NO_CODE = "no_code"
    NOT_MET = "not_met"
    """The code is there, but the guild asks for more."""
    TAKEN = "taken"
    SUSPENDED = "suspended"
    BY_STAFF = "by_staff"
    """The watch list leaves it to staff. The member is not told of the list."""


class Stage(StrEnum):
    """Where a member is."""

    NEW = "new"
    CODE = "code"
    """They have a code, and maybe looked for it already."""
    REVIEW = "review"
    """Staff look at their screenshot."""
    VERIFIED = "verified"


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt of a member."""

    id: SessionId
    user_id: UserId
    ign: str
    code: str
    """The letters alone."""
    started_at: datetime
    expires_at: datetime
    checking_since: datetime | None
    checks: int
    outcome: Outcome | None
    checklist: list[Check]
    checked_at: datetime | None


class Wait(msgspec.Struct, frozen=True, kw_only=True):
    """How far the page is that a member waits for."""

    place: int
    seconds: int | None
    """None while RealmEye is away."""
    away_since: datetime | None = None
    next_try_at: datetime | None = None


class Mine(msgspec.Struct, frozen=True, kw_only=True):
    """Where the caller is, and all that their screen shows of it."""

    stage: Stage
    config: Config
    wanted: list[str]
    """The guild's requirements in words."""
    role_id: RoleId | None = None
    """The role that they ask for; null: being verified."""
    ign: str | None = None
    code: str | None = None
    """In groups: `K7QM-4XRD-9TWE`."""
    expires_at: datetime | None = None
    wait: Wait | None = None
    checks: int = 0
    outcome: Outcome | None = None
    checklist: list[Check] = []
    place: Place | None = None
    """Where their screenshot stands in the line of staff."""
    denied: Denial | None = None
    """What staff said last, while nothing newer happened."""


@event
class VerificationAnswered(Event, frozen=True, kw_only=True):
    """RealmEye was looked at for a member who waited."""

    user_id: UserId
    checks: int


class NothingStarted(Refusal):
    """The member has no attempt under way."""


class SuspendedMember(NotAllowed):
    """Whoever is suspended is not verified."""


class AlreadyVerified(Refusal):
    """The member is a verified raider already."""
