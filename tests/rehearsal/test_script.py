"""The script and the pages of what is to confirm name the same rules."""

from pathlib import Path

import pytest

from raidbot.rehearsal.script.product import LOOKS
from raidbot.rehearsal.steps import LOOPBACK, REALMEYE, STEPS, UNTRIED

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def to_confirm(page: str) -> list[str]:
    """Return the rules of a page that its table marks as to confirm."""
    lines = (REFERENCE / page).read_text(encoding="utf-8").splitlines()
    marked = [line for line in lines if line.startswith("| ") and "to confirm" in line]
    return [line.removeprefix("| ").split(" | ")[0] for line in marked]


@pytest.mark.parametrize("page", [LOOPBACK, REALMEYE])
def test_every_rule_to_confirm_has_a_step_or_a_reason_why_it_has_none(page: str) -> None:
    tried = [one.rule for one in STEPS if one.page == page]

    assert sorted([*tried, *UNTRIED[page]]) == sorted(to_confirm(page))


def test_no_name_stands_twice() -> None:
    names = [one.name for one in (*STEPS, *LOOKS)]

    assert len(names) == len(set(names))


def test_steps_that_wait_begin_before_those_that_do_not() -> None:
    assert [one.name for one in STEPS[:5]] == ["old-edits", "token-life", "nonce", "heartbeats", "follow-ups"]
