"""The decisions about runs that follow another."""

from datetime import datetime, timedelta

from raidbot.core.ids import UserId
from raidbot.features.runs.model.follows import NotFollowed
from raidbot.features.runs.model.life import Run, RunStatus

FIRST_FOR = timedelta(minutes=1)
"""How long the raiders of the run before come first."""

FOLLOWED_FOR = timedelta(minutes=30)
"""How long after its end a run can be followed: later its raiders are elsewhere."""


def check_follow(run: Run, now: datetime) -> None:
    """Check that a run can follow this one.

    Raises:
        NotFollowed: it has not started, was cancelled, or ended too long ago.
    """
    if run.status is RunStatus.OPEN:
        raise NotFollowed("This run has not started. Press Next run once it is live, or after its end.")
    if run.status is RunStatus.CANCELLED:
        raise NotFollowed("This run was cancelled, so none follows it. Open the next one with /run.")
    if run.closed_at is not None and now - run.closed_at > FOLLOWED_FOR:
        raise NotFollowed("This run ended too long ago to call its raiders again. Open the next one with /run.")


def helpers(run: Run, leader_id: UserId) -> list[UserId]:
    """Return who helps to lead the run that follows."""
    return [one for one in run.co_leader_ids if one != leader_id]
