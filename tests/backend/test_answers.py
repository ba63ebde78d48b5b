"""What a caller is told when the database fails them."""

import pytest

from raidbot.backend import answers
from raidbot.database.faults import DatabaseAway, DatabaseBusy, OutcomeUnknown


@pytest.mark.parametrize("fault", [DatabaseAway("gone"), DatabaseBusy("busy")])
def test_what_was_surely_not_stored_is_said_to_be_unchanged(fault: Exception) -> None:
    response = answers.failed(fault, "k3f9")

    assert (response.status_code, b"Nothing was changed" in response.body) == (503, True)


def test_a_commit_that_broke_off_promises_nothing() -> None:
    response = answers.failed(OutcomeUnknown("gone while storing"), "k3f9")

    assert (response.status_code, b"Nothing was changed" in response.body) == (503, False)
    assert b"Look at the panel" in response.body
