"""Who is owed what for a pop, one decision at a time."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.features.runs.made import NOON, OWNER

from raidbot.core.ids import UserId
from raidbot.dungeons import catalogue
from raidbot.features.guild_config.model import Settings
from raidbot.features.runs.model.pops import Outcome, PopId, PopPaid
from raidbot.features.runs.model.timeline import OwnPop, Why
from raidbot.features.runs.rules.pops import pays, share
from raidbot.features.runs.rules.timeline import why

RAIDERS = [UserId(11), UserId(10)]


def a_pop(outcome: Outcome = Outcome.COMPLETED, before: int = 0, helpers: Sequence[UserId] = ()) -> PopPaid:
    return PopPaid(
        id=PopId(7),
        number=1,
        dungeon="nest",
        outcome=outcome,
        leader_id=OWNER,
        popped_at=NOON,
        before=before,
        helper_ids=list(helpers),
        user_ids=RAIDERS,
    )


def owed(pop: PopPaid, **settings: str) -> list[tuple[str, int, str]]:
    nest = catalogue.find("nest")
    assert nest is not None
    return [(one.subject, one.quantity, f"{one.points:f}") for one in pays(pop, 1, nest, Settings(settings))]


def test_a_completed_pop_pays_each_raider_once_and_who_led() -> None:
    assert owed(a_pop()) == [("pop:7:10", 1, "1"), ("pop:7:11", 1, "1"), ("lead:7", 1, "1")]


def test_co_leaders_are_paid_the_servers_share_of_the_leaders_points_and_the_leader_not_twice() -> None:
    helped = a_pop(helpers=[UserId(21), OWNER, UserId(20)])

    assert owed(helped)[2:] == [("lead:7", 1, "1"), ("assist:7:20", 1, "0.50"), ("assist:7:21", 1, "0.50")]
    assert owed(helped, assist_percent="0")[2:] == [
        ("lead:7", 1, "1"),
        ("assist:7:20", 1, "0.00"),
        ("assist:7:21", 1, "0.00"),
    ]
    assert owed(a_pop(Outcome.FAILED, helpers=[UserId(20)])) == [("lead:7", 1, "0.50"), ("assist:7:20", 1, "0.25")]
    assert owed(a_pop(Outcome.NOBODY, helpers=[UserId(20)])) == []


def test_what_was_paid_before_is_paid_under_another_subject() -> None:
    assert [subject for subject, _, _ in owed(a_pop(before=2))] == ["pop:7:10#3", "pop:7:11#3", "lead:7#3"]


def test_a_failed_pop_pays_shares_and_counts_as_led_but_not_as_completed() -> None:
    assert owed(a_pop(Outcome.FAILED)) == [("lead:7", 1, "0.50")]
    assert owed(a_pop(Outcome.FAILED), failed_raiders_percent="25")[0] == ("pop:7:10", 0, "0.25")
    assert owed(a_pop(Outcome.NOBODY)) == []


@pytest.mark.parametrize(
    ("points", "percent", "paid"),
    [("1.1", 50, "0.55"), ("1.25", 50, "0.63"), ("0.01", 50, "0.01"), ("1.1", 100, "1.1")],
)
def test_a_share_is_exact_to_the_cent_and_half_a_cent_counts_as_one(points: str, percent: int, paid: str) -> None:
    assert share(Decimal(points), percent) == Decimal(paid)


@given(st.decimals(Decimal(0), Decimal(100), places=2), st.integers(0, 100))
def test_a_share_is_never_more_than_the_whole_and_fits_the_ledger(points: Decimal, percent: int) -> None:
    part = share(points, percent)

    assert 0 <= part <= points
    assert part == part.quantize(Decimal("0.01"))


def own(closed_at: datetime | None = NOON, *, inside: bool | None = None, moved: str | None = None) -> OwnPop:
    return OwnPop(
        number=1,
        outcome=Outcome.COMPLETED,
        popped_at=NOON,
        closed_at=closed_at,
        inside=inside,
        moved=moved,
        came_later=False,
        points=Decimal(0),
        led=None,
        helped=None,
        reason=None,
    )


@pytest.mark.parametrize(
    ("pop", "reason"),
    [
        (own(None, moved="joined"), Why.OPEN),
        (own(inside=True, moved="left"), Why.PAID),
        (own(inside=False, moved="joined"), Why.STRUCK),
        (own(moved="left"), Why.LEFT),
        (own(moved="removed"), Why.REMOVED),
        (own(moved="let_go"), Why.LET_GO),
        (own(moved="passed_over"), Why.WAITING),
        (own(), Why.ABSENT),
    ],
)
def test_each_reason_has_its_word(pop: OwnPop, reason: Why) -> None:
    assert why(pop) is reason
