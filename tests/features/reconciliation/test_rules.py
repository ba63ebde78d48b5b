"""When a reconciliation waits for an administrator."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.core.ids import UserId
from raidbot.features.reconciliation import rules
from raidbot.features.reconciliation.model import AlreadyDecided, Cause, NothingToAdopt, Plan, PlanId, PlanState
from raidbot.features.reconciliation.panels import ADOPTS, CAUSES


@given(st.integers(0, 40_000), st.integers(0, 20))
def test_never_more_than_twenty_members_are_changed_in_an_hour(members: int, done: int) -> None:
    assert rules.waits(members, done) == (members + done > 20)


def a_plan(state: PlanState, cause: Cause = Cause.TEAM) -> Plan:
    decided_by = None if state in (PlanState.OPEN, PlanState.DONE) else UserId(5)
    made_at = datetime(2026, 11, 24, tzinfo=UTC)
    return Plan(id=PlanId(1), cause=cause, members=30, state=state, made_at=made_at, decided_by=decided_by)


@pytest.mark.parametrize("state", [state for state in PlanState if state is not PlanState.OPEN])
def test_what_is_decided_stays_decided(state: PlanState) -> None:
    with pytest.raises(AlreadyDecided, match="Nothing more"):
        rules.check_open(a_plan(state))

    rules.check_open(a_plan(PlanState.OPEN))


@pytest.mark.parametrize("cause", list(Cause))
def test_all_but_the_team_role_can_be_adopted_and_says_how(cause: Cause) -> None:
    if cause is Cause.TEAM:
        with pytest.raises(NothingToAdopt, match="Leave it"):
            rules.check_adoptable(a_plan(PlanState.OPEN, cause))
        return
    rules.check_adoptable(a_plan(PlanState.OPEN, cause))
    assert ADOPTS[cause]
    assert CAUSES[cause]
