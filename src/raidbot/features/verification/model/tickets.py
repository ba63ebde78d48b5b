"""What staff decide about screenshots."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

import msgspec

from raidbot.core.errors import NotAllowed, NotFound, Refusal
from raidbot.core.events import Event, event
from raidbot.core.ids import ChannelId, MessageId, RoleId, UserId
from raidbot.core.ranks import Rank
from raidbot.features.realmeye.model.facts import Standing
from raidbot.features.realmeye.model.requirements import Check
from raidbot.features.verification.model.config import Preset, Words
from raidbot.features.watch_list.model import Watch

TicketId = NewType("TicketId", int)

HELD = timedelta(minutes=5)
"""How long a ticket belongs to whoever opened it."""

STALE = timedelta(hours=6)
"""After so long staff are reminded of a ticket, once."""

DECIDED, LOGGED, STALE_TICKETS = "verification_decided", "verification_logged", "verification_stale"
"""The notices that staff have decided, to the member and to the log; and that tickets wait too long."""


class TicketState(StrEnum):
    """What became of a ticket. Its values are those of `verification_ticket.state` in the database."""

    OPEN = "open"
    APPROVED = "approved"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    """Its member was verified in another way."""


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """A screenshot that staff decide about."""

    id: TicketId
    user_id: UserId
    role_id: RoleId | None = None
    """The role that is asked for; null: being verified."""
    ign: str
    """What the member is called in the game; empty where that is not known and not needed."""
    state: TicketState
    opened_at: datetime
    claimed_by: UserId | None
    claimed_until: datetime | None
    decided_by: UserId | None
    decided_at: datetime | None
    reason: str | None
    how: str | None


@event
class RoleEarned(Event, frozen=True, kw_only=True):
    """Staff let a member have a role for what a screenshot shows."""

    user_id: UserId
    role_id: RoleId
    ticket_id: TicketId
    by: UserId
    at: datetime


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody stands in the line of staff."""

    ticket_id: TicketId
    number: int
    """1 is next."""
    opened_at: datetime
    usual_s: int | None
    """How long it took lately, in seconds; None: too little is known."""


class RoleAsked(msgspec.Struct, frozen=True):
    """A role that is given after a look at a screenshot, as whoever asks for it and whoever decides need it."""

    role_id: RoleId
    description: str
    words: Words
    """What the screenshot has to show."""
    decides: Rank
    """The lowest rank that decides."""


class Denial(msgspec.Struct, frozen=True, kw_only=True):
    """What staff said no to, and what to do better."""

    ign: str
    reason: str
    how: str
    at: datetime


class Requested(msgspec.Struct, frozen=True, kw_only=True):
    """How far somebody is who wants a role."""

    asked: RoleAsked
    place: Place | None = None
    """Where their screenshot stands in the line of staff."""
    denied: Denial | None = None
    """What staff said last, while nothing newer happened."""
    on_its_way: bool = False
    """Whether it is theirs, and the bot is about to give it."""


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Where a picture stands."""

    key: int = 0
    """The press or the message by which it was given."""
    channel_id: ChannelId
    message_id: MessageId


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """How far somebody is with what a guild asks, as RealmEye showed it lately."""

    checklist: list[Check]
    standing: Standing
    """Whether it showed the player at all."""
    read_at: datetime


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket with all that helps to decide about it."""

    ticket: Ticket
    evidence: list[Evidence]
    """The newest first."""
    asked: RoleAsked | None = None
    """The role that it is about; null: being verified."""
    wanted: list[str]
    """The guild's requirements in words; none where it is about a role."""
    measured: Measured | None = None
    """How far the applicant is with these; null: none are asked, or RealmEye was not looked at lately."""
    denials: list[Denial]
    """Earlier ones of the same member, the latest first."""
    watched: list[Watch]
    """What the watch list holds about the account or the name."""
    presets: list[Preset]
    left: int
    """How many others wait."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """The line of staff in a guild."""

    version: int
    """0: nobody ever waited."""
    queue: int
    """Which message shows it."""
    waiting: int
    oldest_at: datetime | None
    channel_id: ChannelId | None
    """Where the message belongs."""


@event
class QueueChanged(Event, frozen=True, kw_only=True):
    """Somebody joined the line of staff, or left it."""

    queue: int


@event
class TicketClosed(Event, frozen=True, kw_only=True):
    """Staff decided, or nothing is left to decide."""

    user_id: UserId
    ticket_id: TicketId
    state: TicketState
    by: UserId | None


class UnknownTicket(NotFound):
    """There is no such ticket in this guild."""


class NobodyWaits(NotFound):
    """No screenshot waits that the caller could decide about."""


class AlreadyReviewed(Refusal):
    """Somebody has decided about the ticket."""


class HeldByOther(Refusal):
    """Somebody else looks at the ticket right now."""


class OwnTicket(NotAllowed):
    """Nobody decides about their own screenshot."""


class NotGivenOut(NotFound):
    """No screenshot leads to that role."""


class OnItsWay(Refusal):
    """The role is theirs already, and the bot is about to give it."""


class OtherPicture(Refusal):
    """Another picture came while somebody looked at the one before."""


class NotForThisRank(NotAllowed):
    """Somebody of a higher rank decides about this role."""


class CannotOpenThread(Refusal):
    """The bot may not open a private thread there."""


class NoReason(Refusal):
    """A denial says why."""

    status = 400
