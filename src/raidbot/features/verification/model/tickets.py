"""What staff decide about screenshots."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

import msgspec

from raidbot.core.errors import NotAllowed, NotFound, Refusal
from raidbot.core.events import Event, event
from raidbot.core.ids import ChannelId, MessageId, UserId
from raidbot.features.verification.model.config import Preset
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
    ign: str
    state: TicketState
    opened_at: datetime
    claimed_by: UserId | None
    claimed_until: datetime | None
    decided_by: UserId | None
    decided_at: datetime | None
    reason: str | None
    how: str | None


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody stands in the line of staff."""

    ticket_id: TicketId
    number: int
    """1 is next."""
    opened_at: datetime
    usual_s: int | None
    """How long it took lately, in seconds; None: too little is known."""


class Denial(msgspec.Struct, frozen=True, kw_only=True):
    """What staff said no to, and what to do better."""

    ign: str
    reason: str
    how: str
    at: datetime


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Where a picture stands."""

    channel_id: ChannelId
    message_id: MessageId


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket with all that helps to decide about it."""

    ticket: Ticket
    evidence: list[Evidence]
    """The newest first."""
    wanted: list[str]
    """The guild's requirements in words."""
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


class CannotOpenThread(Refusal):
    """The bot may not open a private thread there."""


class NoReason(Refusal):
    """A denial says why."""

    status = 400
