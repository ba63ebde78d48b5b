"""A run in words, as its panel says it."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from tests.features.runs.made import NOON, OWNER, a_run

from raidbot.features.runs.model.life import RunStatus
from raidbot.features.runs.model.oryx3 import Step, Taken
from raidbot.features.runs.model.pops import Outcome, Pop, PopId
from raidbot.features.runs.panels.words import (
    chain_line,
    closing_line,
    counts,
    ending,
    join_label,
    status_line,
    step_line,
)

POP = Pop(
    id=PopId(1),
    number=1,
    dungeon="shatters",
    key=None,
    popper_id=None,
    leader_id=OWNER,
    outcome=Outcome.COMPLETED,
    popped_at=NOON,
    window_ends_at=NOON + timedelta(seconds=25),
    closed_at=None,
)


@pytest.mark.parametrize(
    ("differs", "label"),
    [
        ({}, "Join"),
        ({"free": 3}, "Join"),
        ({"free": 0, "waiting": 0}, "Waiting list (0)"),
        ({"free": -1, "waiting": 12}, "Waiting list (12)"),
        ({"pop": POP}, "Join"),
        ({"pop": replace(POP, closed_at=NOON)}, "Join next"),
    ],
)
def test_join_says_what_it_means_now(differs: dict[str, Any], label: str) -> None:
    assert join_label(replace(a_run(RunStatus.LIVE), **differs)) == label


def test_the_end_says_how_long_it_lasted_how_many_were_in_and_when_it_was_raids_38() -> None:
    over = replace(
        a_run(RunStatus.ENDED), started_at=NOON, closed_at=NOON + timedelta(minutes=47), raiders=43, reason=None
    )

    assert ending(over) == "ended after 47 min, 43 raiders"
    assert f"<t:{int((NOON + timedelta(minutes=47)).timestamp())}:R>" in closing_line(over)


def test_a_panel_says_how_many_of_what_are_there_and_needed() -> None:
    usual = replace(a_run(), dungeon="oryx_3", brings={"curse": 1})
    other = replace(usual, needed={"helm_rune": 3, "sword_rune": 0, "curse": 2, "slow": 0})

    assert "Helm Rune 0/2" in "\n".join(counts(usual))
    assert "Curse 1/1" in "\n".join(counts(usual))
    assert "🪖 Helm Rune 0/3" in "\n".join(counts(other))
    assert "🗡️ Sword Rune 0 ·" in "\n".join(counts(other))
    assert "Curse 1/2" in "\n".join(counts(other))
    assert "Slow" in "\n".join(counts(usual))
    assert "Slow" not in "\n".join(counts(other))


@pytest.mark.parametrize(
    ("step", "value", "says"),
    [
        (Step.REALM_SCORE, "63", "Realm score **63 %**"),
        (Step.CLOSED, None, "Realm closed"),
        (Step.MINIBOSS, "leucoryx", "Archbishop Leucoryx"),
        (Step.THIRD_ROOM, None, "Third room"),
    ],
)
def test_the_last_step_of_oryx_3_is_said_in_words(step: Step, value: str | None, says: str) -> None:
    taken = Taken(number=1, step=step, value=value, taken_at=NOON)

    assert says in step_line(replace(a_run(RunStatus.LIVE), dungeon="oryx_3", steps=[taken]))
    assert step_line(a_run(RunStatus.LIVE)) == ""


DONE = "🏁 **The chain is done**: {} of 5 keys. Press End, or Chain for more."


@pytest.mark.parametrize(("chain", "pops", "told"), [(None, 5, ""), (5, 4, ""), (5, 5, DONE), (5, 6, DONE)])
def test_who_leads_reads_what_to_do_once_the_chain_is_done_raids_37(chain: int | None, pops: int, told: str) -> None:
    assert chain_line(replace(a_run(RunStatus.LIVE), chain=chain, pops=pops)) == told.format(pops)


@pytest.mark.parametrize("status", [RunStatus.OPEN, RunStatus.LIVE])
def test_a_run_that_was_over_says_that_it_was_reopened(status: RunStatus) -> None:
    run = replace(a_run(status), started_at=NOON)

    assert "Reopened" not in status_line(run)
    assert status_line(replace(run, endings=1)).endswith(" · Reopened")
