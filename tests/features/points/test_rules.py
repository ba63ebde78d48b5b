"""Decisions about the ledger, one by one."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.core.ids import UserId
from raidbot.features.points.model import Award, AwardKind, BadDay, Difference, Pay
from raidbot.features.points.rules import difference, moment_of

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def owed(who: int, points: str = "1", dungeon: str = "nest") -> Pay:
    return Pay(
        user_id=UserId(who),
        kind=AwardKind.COMPLETION,
        dungeon=dungeon,
        points=Decimal(points),
        subject=f"pop:1:{who}",
        happened_at=NOON,
    )


def written(ledger: list[Award], found: Difference) -> list[Award]:
    """Return the ledger after a difference was written into it."""
    entries = [*ledger]
    for one in found.back:
        entries.append(entry(len(entries) + 1, one, -one.quantity, -one.points, f"back:{one.id}", one.id))
    for pay in found.pays:
        entries.append(entry(len(entries) + 1, pay, pay.quantity, pay.points, pay.subject, None))
    return entries


def entry(number: int, of: Award | Pay, quantity: int, points: Decimal, subject: str, corrects: int | None) -> Award:
    return Award(
        id=number,
        user_id=of.user_id,
        kind=of.kind,
        dungeon=of.dungeon,
        quantity=quantity,
        points=points,
        run_id=None,
        pop_id=None,
        subject=subject,
        happened_at=NOON,
        written_at=NOON,
        written_by=0,
        reason=None,
        corrects=corrects,
    )


def test_what_is_right_already_stays() -> None:
    ledger = written([], difference([], [owed(1), owed(2)]))

    assert difference(ledger, [owed(1), owed(2)]) == Difference([], [])


def test_what_was_paid_wrongly_is_taken_back_and_paid_again_under_a_new_subject() -> None:
    ledger = written([], difference([], [owed(1)]))

    found = difference(ledger, [owed(1, "0.25")])

    assert [one.subject for one in found.back] == ["pop:1:1"]
    assert [(one.subject, one.points) for one in found.pays] == [("pop:1:1#2", Decimal("0.25"))]


stand = st.dictionaries(st.integers(1, 4), st.sampled_from(["0.25", "0.50", "1"]), max_size=4)


@given(st.lists(stand, max_size=6))
def test_whatever_is_owed_one_after_the_other_the_sums_are_what_is_owed_last(steps: list[dict[int, str]]) -> None:
    ledger: list[Award] = []
    for step in steps:
        ledger = written(ledger, difference(ledger, [owed(who, points) for who, points in step.items()]))

        sums = {who: sum(one.points for one in ledger if one.user_id == who) for who in range(1, 5)}
        assert sums == {who: Decimal(step.get(who, 0)) for who in range(1, 5)}

    assert len({one.subject for one in ledger}) == len(ledger)
    assert len({one.corrects for one in ledger if one.corrects}) == len([one for one in ledger if one.corrects])


def test_a_day_is_today_or_at_most_14_days_back_in_utc() -> None:
    assert moment_of(None, NOON) == moment_of(NOON.date(), NOON) == NOON
    assert moment_of(date(2025, 12, 18), NOON) == NOON - timedelta(days=14)
    for wrong in (date(2025, 12, 17), date(2026, 1, 2)):
        with pytest.raises(BadDay, match="from 2025-12-18 to 2026-01-01"):
            moment_of(wrong, NOON)
