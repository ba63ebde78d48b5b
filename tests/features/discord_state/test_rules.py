"""When what failed in Discord is tried again."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from raidbot.features.discord_state.rules import LONGEST_PAUSE, next_try

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def test_the_pause_doubles() -> None:
    pauses = [(next_try(tries, NOW) - NOW).total_seconds() for tries in range(4)]

    assert pauses == [5, 10, 20, 40]


@given(st.integers(min_value=0, max_value=10_000))
def test_nothing_waits_longer_than_a_quarter_of_an_hour(tries: int) -> None:
    assert timedelta(0) < next_try(tries, NOW) - NOW <= LONGEST_PAUSE
