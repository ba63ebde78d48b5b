"""When a reader of the trail has to know that something may be missing."""

from datetime import UTC, datetime, timedelta

import pytest

from raidbot.core.ids import InteractionId, UserId
from raidbot.features.audit.model import CommandUse, Pause
from raidbot.features.audit.rules import concerns

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def used(at: datetime) -> CommandUse:
    return CommandUse(
        interaction_id=InteractionId(1), user_id=UserId(2), command="run", options={}, outcome="done", used_at=at
    )


LISTED = [used(NOON + HOUR), used(NOON)]


@pytest.mark.parametrize(
    ("pause", "does"),
    [
        (None, False),
        (Pause(NOON - HOUR, None), True),
        (Pause(NOON - 2 * HOUR, NOON - HOUR), False),
        (Pause(NOON - HOUR, NOON + HOUR / 2), True),
        (Pause(NOON + 2 * HOUR, NOON + 3 * HOUR), True),
    ],
)
def test_a_pause_concerns_whoever_reads_of_its_time_or_of_before_it(pause: Pause | None, *, does: bool) -> None:
    assert concerns(pause, LISTED) is does


def test_an_empty_list_may_be_empty_for_the_pause() -> None:
    assert concerns(Pause(NOON - HOUR, NOON), [])
