"""Codes, and what follows from a page: pure."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.features.realmeye.model.facts import HIDDEN, Facts, Standing, known
from raidbot.features.realmeye.model.queue import Read
from raidbot.features.realmeye.model.requirements import Check, Requirement
from raidbot.features.realmeye.model.requirements import Outcome as Met
from raidbot.features.verification.model.sessions import Outcome
from raidbot.features.verification.rules.sessions import ALPHABET, grouped, holds_code, judged, new_code

CODE = "K7QM4XRD9TWE"


def read(*lines: str, ign: str = "Rook", standing: Standing = Standing.SHOWN) -> Read:
    facts = Facts(ign=ign, description=known(list(lines)))
    return Read(standing=standing, facts=facts, read_at=datetime(2026, 11, 24, tzinfo=UTC))


def check(outcome: Met) -> Check:
    return Check(requirement=Requirement.STARS, outcome=outcome, wanted="at least 60 stars")


def test_a_code_is_shown_in_groups_of_letters_that_nobody_mistakes() -> None:
    code = new_code()

    assert grouped(CODE) == "K7QM-4XRD-9TWE"
    assert len(code) == 12
    assert not set(ALPHABET) & set("IL1O0S5Z2")
    assert len({new_code() for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "lines",
    [
        ["K7QM-4XRD-9TWE"],
        ["hello", "my code: k7qm 4xrd 9twe!"],
        ["K7QM4XRD9TWE and more"],
        ["k7qm-4xrd-", "9twe"],
    ],
)
def test_a_code_is_found_however_it_was_typed(lines: list[str]) -> None:
    assert holds_code(lines, CODE)


@given(st.lists(st.text(max_size=40), max_size=3))
def test_a_code_is_not_found_where_it_is_not(lines: list[str]) -> None:
    assert not holds_code(lines, CODE)


@pytest.mark.parametrize("missing", range(12))
def test_a_code_with_a_letter_missing_is_none(missing: int) -> None:
    assert not holds_code([CODE[:missing] + CODE[missing + 1 :]], CODE)


@pytest.mark.parametrize(
    ("page", "checks", "outcome"),
    [
        (read(CODE), [], Outcome.VERIFIED),
        (read(CODE), [check(Met.MET)], Outcome.VERIFIED),
        (read(CODE), [check(Met.NOT_MET)], Outcome.NOT_MET),
        (read(CODE), [check(Met.MET), check(Met.CANNOT_TELL)], Outcome.NOT_MET),
        (read("hello"), [check(Met.MET)], Outcome.NO_CODE),
        (read(CODE, ign="Crook"), [], Outcome.UNREADABLE),
        (read(CODE, standing=Standing.NOT_SHOWN), [], Outcome.UNKNOWN),
        (read(CODE, standing=Standing.UNREADABLE), [], Outcome.UNREADABLE),
    ],
)
def test_only_a_page_of_that_player_with_code_and_all_that_is_asked_verifies(
    page: Read, checks: list[Check], outcome: Outcome
) -> None:
    assert judged(page, "rook", CODE, checks) is outcome


def test_a_hidden_description_holds_no_code() -> None:
    page = Read(
        standing=Standing.SHOWN,
        facts=Facts(ign="Rook", description=HIDDEN),
        read_at=datetime(2026, 11, 24, tzinfo=UTC),
    )

    assert judged(page, "Rook", CODE, []) is Outcome.NO_CODE
