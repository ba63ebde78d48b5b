"""The endpoints of screenshots."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.guilds import RoleInPlace
from raidbot.core.ids import ChannelId, MessageId, RoleId, UserId
from raidbot.core.ranks import Rank
from raidbot.features.verification.api.config import ROOT, OfGuild
from raidbot.features.verification.model.config import Words
from raidbot.features.verification.model.sessions import Mine
from raidbot.features.verification.model.tickets import Case, Line, Requested, Ticket, TicketId

Said = Annotated[str, msgspec.Meta(max_length=300)]


class AskManual(OfGuild, frozen=True):
    """Ask whether the caller may send a screenshot, before it is sent."""

    role_id: RoleId | None = None
    """For that role; null: to be verified."""


class ShowRequest(OfGuild, frozen=True):
    """Show how far the caller is who wants a role."""

    role_id: RoleId


class SeeRole(ShowRequest, frozen=True):
    """Tell that the caller was shown that they have a role."""


class Seen(msgspec.Struct, frozen=True):
    """Whether a letter that says the same was unread until now."""

    was_new: bool


class Manual(msgspec.Struct, frozen=True, kw_only=True):
    """What a screenshot has to show, and where it is kept."""

    role_id: RoleId | None = None
    ign: str
    words: Words
    channel_id: ChannelId
    thread_id: ChannelId | None
    """The private thread of the caller, where one was opened."""


class GiveEvidence(OfGuild, frozen=True, kw_only=True):
    """Write down the caller's picture, which was posted. Told twice, it stands once."""

    channel_id: ChannelId
    message_id: MessageId
    role_id: RoleId | None = None
    """For that role; null: to be verified."""


class OpenedThread(OfGuild, frozen=True, kw_only=True):
    """Write down the private thread of the caller. The first one counts."""

    thread_id: ChannelId
    role_id: RoleId | None = None


class FindThread(OfGuild, frozen=True):
    """Find whose private thread it is."""

    thread_id: ChannelId


class PrivateThread(msgspec.Struct, frozen=True):
    """A private thread, whose it is, and what its pictures are for."""

    thread_id: ChannelId
    user_id: UserId
    role_id: RoleId | None = None


class Threads(msgspec.Struct, frozen=True):
    """Private threads."""

    threads: list[PrivateThread]


class OpenThreads(OfGuild, frozen=True):
    """Read the threads in which a picture is still to be pasted."""


class OverThreads(OfGuild, frozen=True):
    """Read the threads that are to be deleted."""


class ForgetThread(OfGuild, frozen=True):
    """Tell that a thread is gone."""

    thread_id: ChannelId


class ReadLine(OfGuild, frozen=True):
    """Read how many screenshots wait."""


class TakeNext(OfGuild, frozen=True, kw_only=True):
    """Take the ticket that has waited longest; it is the caller's for five minutes."""

    passed: TicketId | None = None
    """Leave this one to others."""


class OfTicket(OfGuild, frozen=True):
    """Name a ticket of a guild."""

    ticket_id: TicketId


class TakeTicket(OfTicket, frozen=True):
    """Take one ticket."""


class TakeShown(OfGuild, frozen=True):
    """Take the ticket that a picture belongs to."""

    picture: int
    """The press or the message by which it was given."""


class Decide(OfTicket, frozen=True, kw_only=True):
    """Decide about a ticket."""

    picture: int | None = None
    """The one that was looked at. Null: from a card that does not say so, where there was never another."""


class Approve(Decide, frozen=True):
    """Say that the screenshot shows whose IGN it is, or that they have earned the role."""

    ign: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    """Another one than they typed."""
    role: RoleInPlace | None = None
    """How the role stands right now that they are to get."""


class Deny(Decide, frozen=True, kw_only=True):
    """Say that the screenshot does not show it, why, and how to do better."""

    preset: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    reason: Said = ""
    how: Said = ""


MANUAL = ROOT + "/mine/manual"
TICKETS = ROOT + "/tickets"
TICKET = TICKETS + "/{ticket_id}"
THREADS = ROOT + "/threads"
REQUEST = ROOT + "/requests/{role_id}"
show_request = Endpoint("POST", REQUEST, Rank.MEMBER, ShowRequest, Requested)
see_role = Endpoint("POST", REQUEST + "/seen", Rank.MEMBER, SeeRole, Seen)
ask_manual = Endpoint("GET", MANUAL, Rank.MEMBER, AskManual, Manual)
give_evidence = Endpoint("POST", MANUAL, Rank.MEMBER, GiveEvidence, Mine, can_wait=True)
opened_thread = Endpoint("PUT", MANUAL + "/thread", Rank.MEMBER, OpenedThread, Manual, can_wait=True)
find_thread = Endpoint("GET", THREADS + "/{thread_id}", None, FindThread, Threads)
open_threads = Endpoint("GET", ROOT + "/open-threads", None, OpenThreads, Threads)
over_threads = Endpoint("GET", THREADS, None, OverThreads, Threads)
forget_thread = Endpoint("DELETE", THREADS + "/{thread_id}", None, ForgetThread, Threads)
read_line = Endpoint("GET", TICKETS, None, ReadLine, Line)
take_next = Endpoint("POST", TICKETS + "/next", Rank.SECURITY, TakeNext, Case)
take_ticket = Endpoint("POST", TICKET + "/take", Rank.SECURITY, TakeTicket, Case)
take_shown = Endpoint("POST", ROOT + "/pictures/{picture}/take", Rank.SECURITY, TakeShown, Case)
approve = Endpoint("POST", TICKET + "/approve", Rank.SECURITY, Approve, Ticket)
deny = Endpoint("POST", TICKET + "/deny", Rank.SECURITY, Deny, Ticket)
