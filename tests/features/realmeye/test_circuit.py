"""How a site in trouble is left alone, and for how long."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.features.realmeye.model.queue import Reason, SiteState
from raidbot.features.realmeye.rules import circuit

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
WELL = SiteState(next_at=NOW)


def failed(*reasons: Reason, retry_after: timedelta | None = None, jitter: float = 0) -> SiteState:
    """The state after failures, each seen when it was tried again."""
    site = WELL
    for reason in reasons:
        site = circuit.after_failure(site, site.next_at, reason, retry_after, jitter)
    return site


def test_pauses_double_up_to_a_quarter_of_an_hour() -> None:
    pauses = [
        int((failed(*[Reason.SLOW] * count).next_at - failed(*[Reason.SLOW] * (count - 1)).next_at).total_seconds())
        for count in range(1, 12)
    ]

    assert pauses == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900]


def test_chance_makes_a_pause_up_to_a_fifth_longer() -> None:
    assert failed(Reason.SLOW, jitter=1).next_at - NOW == timedelta(seconds=6)


@pytest.mark.parametrize("reason", [Reason.SLOW, Reason.BROKEN, Reason.UNREACHABLE])
def test_the_third_failure_in_a_row_counts_as_away(reason: Reason) -> None:
    assert failed(reason, reason).away_since is None
    third = failed(reason, reason, reason)
    assert (third.away_since, third.away_reason) == (NOW + timedelta(seconds=15), reason)


@pytest.mark.parametrize("reason", [Reason.TOO_MANY, Reason.FORBIDDEN])
def test_a_no_counts_at_once_and_for_a_minute_at_the_least(reason: Reason) -> None:
    away = failed(reason)

    assert (away.away_since, away.next_at - NOW) == (NOW, timedelta(minutes=1))


def test_the_time_that_it_asks_for_is_kept_but_not_for_days() -> None:
    hour, week = timedelta(hours=1), timedelta(days=7)

    assert failed(Reason.TOO_MANY, retry_after=hour).next_at - NOW == hour
    assert failed(Reason.TOO_MANY, retry_after=week).next_at - NOW == timedelta(hours=6)
    assert failed(Reason.TOO_MANY, retry_after=timedelta(0)).next_at - NOW == timedelta(minutes=1)


def test_it_is_away_since_it_went_away_and_for_the_latest_reason() -> None:
    site = failed(Reason.FORBIDDEN, Reason.SLOW)

    assert (site.away_since, site.away_reason) == (NOW, Reason.SLOW)


def test_one_answer_ends_it_and_the_pace_follows_slowly() -> None:
    site = circuit.after_page(failed(Reason.FORBIDDEN), NOW, timedelta(seconds=2), took_s=6)

    assert (site.away_since, site.failures, site.next_at) == (None, 0, NOW + timedelta(seconds=2))
    assert site.pace_s == pytest.approx(0.8 * 3 + 0.2 * 8)


@given(
    st.lists(st.sampled_from(Reason), min_size=1, max_size=40),
    st.none() | st.timedeltas(timedelta(0), timedelta(days=99)),
    st.floats(0, 1),
)
def test_it_is_always_tried_again_later_and_within_hours(
    reasons: list[Reason], retry_after: timedelta | None, jitter: float
) -> None:
    site = WELL
    for reason in reasons:
        after = circuit.after_failure(site, site.next_at, reason, retry_after, jitter)
        assert timedelta(seconds=5) <= after.next_at - site.next_at <= timedelta(hours=6)
        site = after
