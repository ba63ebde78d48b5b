"""What staff may decide, and when. Pure."""

from collections.abc import Sequence
from datetime import datetime
from statistics import median

from raidbot.core.ids import UserId
from raidbot.core.ranks import Rank
from raidbot.core.text import shown
from raidbot.features.verification.model.config import Config, Preset
from raidbot.features.verification.model.tickets import (
    AlreadyReviewed,
    Evidence,
    HeldByOther,
    NoReason,
    NotForThisRank,
    OtherPicture,
    OwnTicket,
    RoleAsked,
    Ticket,
    TicketState,
)
from raidbot.features.verification.rules.config import presets_of

ENOUGH = 3
"""From so many decisions on it is told how long they usually take."""

SAID = {TicketState.APPROVED: "approved", TicketState.DENIED: "denied", TicketState.WITHDRAWN: "withdrawn"}


def check_open(ticket: Ticket) -> None:
    """Check that nobody has decided.

    Raises:
        AlreadyReviewed: somebody has; the sentence says who.
    """
    if ticket.state is TicketState.OPEN:
        return
    if ticket.state is TicketState.WITHDRAWN:
        gone = f"<@&{ticket.role_id}> is not given out any more." if ticket.role_id else "They are verified already."
        raise AlreadyReviewed(f"{gone} Nothing is left to decide; press Next.")
    at = int(ticket.decided_at.timestamp()) if ticket.decided_at else 0
    raise AlreadyReviewed(f"<@{ticket.decided_by}> {SAID[ticket.state]} this <t:{at}:R>. Press Next to go on.")


def check_decides(ticket: Ticket, caller: UserId, now: datetime) -> None:
    """Check that this member of staff may decide about a ticket now.

    Raises:
        OwnTicket: it is their own.
        AlreadyReviewed: somebody has.
        HeldByOther: somebody else looks at it.
    """
    if ticket.user_id == caller:
        raise OwnTicket("This is your own screenshot. Somebody else decides about it.")
    check_open(ticket)
    held = ticket.claimed_until is not None and ticket.claimed_until > now
    if held and ticket.claimed_by != caller and ticket.claimed_until is not None:
        until = int(ticket.claimed_until.timestamp())
        raise HeldByOther(f"<@{ticket.claimed_by}> looks at this one until <t:{until}:t>. Press Next for another.")


def check_rank(rank: Rank, asked: RoleAsked | None) -> None:
    """Check that somebody of this rank may decide whether a role is given.

    Raises:
        NotForThisRank: they may not.
    """
    if asked is not None and rank < asked.decides:
        raise NotForThisRank(
            f"{asked.decides.label} and above decide about <@&{asked.role_id}>. Press Next for another one."
        )


def check_picture(looked_at: int | None, evidence: Sequence[Evidence]) -> int | None:
    """Return the picture that is decided about, the newest; it has to be the one that was looked at.

    Raises:
        OtherPicture: a newer one has come.
    """
    newest = evidence[0].key if evidence else None
    if looked_at != newest and (looked_at is not None or len(evidence) > 1):
        raise OtherPicture("They have sent another picture meanwhile. Press Next to look at that one.")
    return newest


def reason_of(config: Config, preset: str | None, reason: str, how: str) -> Preset:
    """Return why a screenshot is denied and what to do better: a preset, or own words.

    Raises:
        NoReason: neither was given.
    """
    if preset is not None:
        found = next((one for one in presets_of(config) if one.name == preset), None)
        if found is not None:
            return found
    if not reason.strip():
        raise NoReason("Say why, so that they can do better: choose a reason, or write one.")
    return Preset(reason.strip(), how.strip())


def usual_seconds(lately: Sequence[float]) -> int | None:
    """Return how long decisions took lately; None: too few are known."""
    return round(median(lately)) if len(lately) >= ENOUGH else None


def letter(ticket: Ticket) -> tuple[str, str]:
    """Return the title and the body of the letter that tells a member what was decided, and how to do better."""
    role = f"<@&{ticket.role_id}>" if ticket.role_id else None
    if ticket.state is TicketState.APPROVED:
        yours = f"{role} is yours." if role else f"You are verified as **{shown(ticket.ign)}**. Welcome!"
        return "✅ Your screenshot is good", yours
    if ticket.state is TicketState.WITHDRAWN:
        return "Your screenshot is not needed any more", f"{role} is not given out any more, so nobody decides."
    lines = [
        f"For {role or f'**{shown(ticket.ign)}**'}: {shown(ticket.reason or '')}",
        *([f"➡️ {shown(ticket.how)}"] if ticket.how else []),
        f"To send another one, press {'Request role' if role else 'Get verified'} where you began.",
    ]
    return "❌ Your screenshot was not accepted", "\n".join(lines)
