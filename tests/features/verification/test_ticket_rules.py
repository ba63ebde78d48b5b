"""What staff may decide, and when: pure."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from raidbot.core.ids import RoleId, UserId
from raidbot.features.verification.model.config import Config, Preset
from raidbot.features.verification.model.tickets import (
    AlreadyReviewed,
    HeldByOther,
    NoReason,
    OwnTicket,
    Ticket,
    TicketId,
    TicketState,
)
from raidbot.features.verification.rules import tickets as rules
from raidbot.features.verification.rules.config import PRESETS

NOW = datetime(2026, 11, 24, tzinfo=UTC)
NEWT, STEN, ODA = UserId(1), UserId(2), UserId(3)


def ticket(**changed: Any) -> Ticket:
    told: dict[str, Any] = {
        "id": TicketId(7),
        "user_id": NEWT,
        "ign": "Newton",
        "state": TicketState.OPEN,
        "opened_at": NOW,
        "claimed_by": None,
        "claimed_until": None,
        "decided_by": None,
        "decided_at": None,
        "reason": None,
        "how": None,
    }
    return Ticket(**{**told, **changed})


def test_a_ticket_is_decided_by_whoever_holds_it_or_by_anybody_once_that_has_lapsed() -> None:
    held = ticket(claimed_by=STEN, claimed_until=NOW + timedelta(minutes=5))

    rules.check_decides(ticket(), STEN, NOW)
    rules.check_decides(held, STEN, NOW)
    rules.check_decides(held, ODA, NOW + timedelta(minutes=5))
    with pytest.raises(HeldByOther):
        rules.check_decides(held, ODA, NOW)
    with pytest.raises(OwnTicket):
        rules.check_decides(ticket(), NEWT, NOW)


@pytest.mark.parametrize("state", [TicketState.APPROVED, TicketState.DENIED, TicketState.WITHDRAWN])
def test_what_is_decided_stays_decided_community_w9(state: TicketState) -> None:
    with pytest.raises(AlreadyReviewed):
        rules.check_decides(ticket(state=state, decided_by=ODA, decided_at=NOW), STEN, NOW)


def test_what_was_withdrawn_says_why_nothing_is_left_to_decide() -> None:
    for role, why in ((None, "verified already"), (RoleId(5), "<@&5> is not given out any more")):
        with pytest.raises(AlreadyReviewed, match=why):
            rules.check_open(ticket(state=TicketState.WITHDRAWN, role_id=role))


def test_a_denial_says_why() -> None:
    assert rules.reason_of(Config(), PRESETS[0].name, "", "") == PRESETS[0]
    assert rules.reason_of(Config(), None, " Blurry ", " Send it sharp. ") == Preset("Blurry", "Send it sharp.")
    for preset in (None, "No such preset"):
        with pytest.raises(NoReason):
            rules.reason_of(Config(), preset, "  ", "")


def test_how_long_it_takes_is_told_once_enough_is_known() -> None:
    assert rules.usual_seconds([60, 120]) is None
    assert rules.usual_seconds([60, 120, 9000]) == 120
