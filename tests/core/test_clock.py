"""The clock that all processes of a test share through a file."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from discord_loopback.clock import Clock as LoopbackClock
from raidbot.core.clock import Clock

HOUR_S = 3600


def ahead_s(clock: Clock | LoopbackClock) -> float:
    """So many seconds a clock runs ahead of the machine's, to the minute."""
    now = clock.now()
    told = now if isinstance(now, datetime) else datetime.fromtimestamp(now, UTC)
    return round((told - datetime.now(UTC)) / timedelta(minutes=1)) * 60


@pytest.fixture(params=[Clock, LoopbackClock])
def kind(request: pytest.FixtureRequest) -> type[Clock | LoopbackClock]:
    """Ours, and the one of the loopback: they read the same file."""
    return request.param


def test_a_clock_whose_file_is_being_written_goes_on_as_it_was(
    tmp_path: Path, kind: type[Clock | LoopbackClock]
) -> None:
    file = tmp_path / "clock"
    clock = kind(file)
    before = ahead_s(clock)
    file.write_text(str(HOUR_S))
    written = ahead_s(clock)
    file.write_text("")  # as another process leaves it before it writes the next value

    assert (before, written, ahead_s(clock)) == (0, HOUR_S, HOUR_S)


def test_a_second_write_in_the_same_tick_of_the_file_systems_clock_is_noticed(
    tmp_path: Path, kind: type[Clock | LoopbackClock]
) -> None:
    file = tmp_path / "clock"
    clock = kind(file)
    told = list[float]()
    for shift in (HOUR_S, 2 * HOUR_S):
        file.write_text(str(shift))
        os.utime(file, ns=(0, 0))
        told.append(ahead_s(clock))

    assert told == [HOUR_S, 2 * HOUR_S]
