"""What a reading of a disk means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.disk.rules import GB, Level, Reading, Room, Share, condition, shown


def full(percent: float) -> Reading:
    return Reading(round(percent * GB), round((100 - percent) * GB))


@pytest.mark.parametrize(
    ("percent", "level"),
    [
        (0, Level.FINE),
        (79.9, Level.FINE),
        (80, Level.FILLING),
        (90, Level.NEARLY_FULL),
        (94.9, Level.NEARLY_FULL),
        (95, Level.SHORT),
        (100, Level.SHORT),
    ],
)
def test_a_disk_fills_in_steps(percent: float, level: Level) -> None:
    assert Room().take(full(percent)) is level


def test_what_paused_goes_on_only_when_there_is_room_to_spare() -> None:
    room = Room()
    seen = list[bool]()
    for percent in (94, 95, 94, 93, 92.9, 94):
        room.take(full(percent))
        seen.append(room.is_short)

    assert seen == [False, True, True, True, False, False]


@given(st.integers(0, 10**15), st.integers(0, 10**15))
def test_any_reading_has_a_level(used: int, free: int) -> None:
    assert Room().take(Reading(used, free)) in Level


def test_an_operator_reads_what_takes_most_and_where_to_look() -> None:
    shares = [Share("server.log", 5_000_000), Share("table outbox", 3 * GB), Share("backups", GB)]

    told = condition(full(95), Level.SHORT, shares)

    assert told is not None
    assert (told.name, told.page) == ("disk_short", "database-full")
    assert told.sentence == (
        "The disk is 95 % full, 5.0 GB are free. Only what raids and punishments need is written. "
        "What takes most: table outbox 3.0 GB, backups 1.0 GB, server.log 5.0 MB."
    )
    assert condition(full(10), Level.FINE, shares) is None


def test_bytes_are_told_in_a_unit_that_fits() -> None:
    assert [shown(one) for one in (5_000, 256_000_000, 3 * GB)] == ["0.0 MB", "256.0 MB", "3.0 GB"]
