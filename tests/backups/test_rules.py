"""When backups are due, which may go, and when somebody is told."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.backups import rules
from raidbot.backups.model import Backup, Kind, Sheet, age, amount, file_name, read_name

NOW = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def a_sheet(*, verified: bool = True, copied: bool = True, tried: datetime | None = None) -> Sheet:
    return Sheet(
        database="raidbot",
        server_major=18,
        schema_name="0033_x",
        size=10,
        sha256="",
        database_size=10,
        took_s=0,
        counts={},
        verified_at=NOW if verified else None,
        verify_fault=None if verified else "run: 3 instead of 4",
        copied_at=NOW if copied else None,
        copy_tried_at=tried,
    )


def taken(ago: timedelta, kind: Kind = Kind.HOURLY, sheet: Sheet | None = None) -> Backup:
    at = NOW - ago
    name = file_name(at, kind, 33, sealed=False)
    backup = read_name(Path(name), 10, sheet or a_sheet())
    assert backup is not None
    return backup


def test_the_first_of_a_day_is_the_daily_one() -> None:
    assert rules.due([], NOW) is Kind.DAILY
    assert rules.due([taken(16 * HOUR, Kind.DAILY), taken(HOUR / 2)], NOW) is Kind.DAILY


def test_the_newest_good_one_and_the_newest_elsewhere_are_told_apart() -> None:
    found = [
        taken(HOUR, sheet=a_sheet(verified=False, copied=False)),
        taken(2 * HOUR, sheet=a_sheet(copied=False)),
        taken(3 * HOUR),
    ]

    assert (rules.newest_verified(found), rules.newest_copied(found)) == (NOW - 2 * HOUR, NOW - 3 * HOUR)
    assert (rules.newest_verified(found[:1]), rules.newest_copied(found[:2])) == (None, None)


def test_after_an_hour_the_next_one_is_due() -> None:
    daily = taken(15 * HOUR, Kind.DAILY)

    assert rules.due([daily, taken(HOUR / 2)], NOW) is None
    assert rules.due([daily, taken(HOUR)], NOW) is Kind.HOURLY
    assert rules.next_due([daily, taken(HOUR / 2)], NOW) == NOW + HOUR / 2


def test_what_a_person_or_an_update_took_puts_nothing_off() -> None:
    daily = taken(15 * HOUR, Kind.DAILY)

    by_people = [taken(HOUR / 60, Kind.BY_HAND), taken(HOUR / 60, Kind.BEFORE_UPDATE)]
    assert rules.due([daily, taken(2 * HOUR), *by_people], NOW) is Kind.HOURLY


def test_24_of_an_hour_and_7_of_a_day_stay_and_all_that_people_asked_for() -> None:
    hourly = [taken(one * HOUR) for one in range(30)]
    daily = [taken(one * 24 * HOUR, Kind.DAILY) for one in range(10)]
    by_hand = [taken(one * 24 * HOUR, Kind.BY_HAND) for one in range(40)]

    gone = rules.expendable([*hourly, *daily, *by_hand])

    assert sorted(gone, key=lambda one: one.taken_at) == sorted(
        [*hourly[24:], *daily[7:]], key=lambda one: one.taken_at
    )


@given(st.lists(st.tuples(st.integers(0, 2000), st.sampled_from(Kind), st.booleans()), max_size=60))
def test_the_newest_good_one_never_goes(ages: list[tuple[int, Kind, bool]]) -> None:
    found = [taken(hours * HOUR, kind, a_sheet(verified=good)) for hours, kind, good in ages]
    good = [one for one in found if one.is_verified]

    gone = rules.expendable(found)
    kept = [one for one in found if not any(one is other for other in gone)]

    newest = max((one.taken_at for one in good), default=None)
    assert newest is None or newest in {one.taken_at for one in kept if one.is_verified}


def test_a_backup_that_is_two_hours_old_or_was_not_verified_is_told_with_its_page() -> None:
    unverified = taken(HOUR, sheet=a_sheet(verified=False))

    assert rules.late([taken(2 * HOUR)], NOW) is None
    late = rules.late([taken(3 * HOUR), unverified], NOW)
    none = rules.late([], NOW)

    assert late is not None
    assert none is not None
    assert late.sentence == (
        "The newest good backup is 3 h 0 min old. The newest could not be verified: run: 3 instead of 4"
    )
    assert (late.page, none.sentence) == ("backup-late", "There is no good backup.")


def test_a_copy_that_failed_rests_for_five_minutes_and_is_tried_again() -> None:
    failed = a_sheet(copied=False, tried=NOW - timedelta(minutes=4))
    rested = a_sheet(copied=False, tried=NOW - timedelta(minutes=5))

    waiting = rules.uncopied(
        [
            taken(HOUR),
            taken(2 * HOUR, sheet=failed),
            taken(3 * HOUR, sheet=rested),
            taken(HOUR, sheet=a_sheet(copied=False)),
        ],
        NOW,
    )

    assert [one.taken_at for one in waiting] == [NOW - HOUR, NOW - 3 * HOUR]


def test_a_backup_is_not_begun_on_a_disk_that_it_would_fill() -> None:
    assert rules.fits(None, rules.SPARE)
    assert rules.fits(taken(HOUR), rules.SPARE + 20)
    assert not rules.fits(taken(HOUR), rules.SPARE + 19)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("sealed", [True, False])
def test_a_name_tells_time_kind_schema_and_whether_a_key_is_needed(kind: Kind, *, sealed: bool) -> None:
    name = file_name(NOW, kind, 33, sealed=sealed)

    found = read_name(Path(name), 10, None)

    assert name.startswith("raidbot-20261124T153000Z-")
    assert found is not None
    assert (found.taken_at, found.kind, found.schema, found.sealed) == (NOW, kind, 33, sealed)
    assert not found.is_verified


@pytest.mark.parametrize("name", ["raidbot-x.dump", "raidbot-20261124T153000Z-hourly-s0033.dump.part", "notes.txt"])
def test_other_files_are_no_backups(name: str) -> None:
    assert read_name(Path(name), 10, None) is None


@pytest.mark.parametrize(
    ("since", "told"),
    [
        (timedelta(seconds=59), "0 min"),
        (timedelta(hours=3, minutes=12), "3 h 12 min"),
        (timedelta(days=2, hours=5, minutes=9), "2 d 5 h"),
        (timedelta(seconds=-5), "0 min"),
    ],
)
def test_an_age_is_told_in_two_units(since: timedelta, told: str) -> None:
    assert age(since) == told


@pytest.mark.parametrize(("size", "told"), [(12, "12 B"), (1000, "1.0 kB"), (256_000_000, "256.0 MB")])
def test_an_amount_is_told_as_people_read_it(size: int, told: str) -> None:
    assert amount(size) == told
