"""The decisions about who was there."""

from datetime import datetime, timedelta

from raidbot.features.runs.model.claims import ClaimRefused
from raidbot.features.runs.model.joins import JoinState, Situation
from raidbot.features.runs.model.life import Run, RunStatus
from raidbot.features.runs.rules.joins import check_standing

DECIDED_WITHIN = timedelta(hours=24)
"""How long a claim waits for whoever leads."""

REMEMBERED_FOR = timedelta(hours=48)
"""How long a member is told what became of a claim."""


def check_claim(run: Run, met: Situation, uncounted: int, now: datetime) -> None:
    """Check that a member may say that they were there.

    Raises:
        ClaimRefused: the run has not ended, ended too long ago, they were taken out, or they are counted.
        JoinRefused: not verified or suspended.
    """
    if run.status is RunStatus.CANCELLED:
        raise ClaimRefused("This run was cancelled, so nobody is counted. Look for the next one in the raid channel.")
    if run.status is not RunStatus.ENDED:
        raise ClaimRefused("This run goes on. Press Join to be in.")
    check_standing(met)
    if run.claims_until is None or now > run.claims_until:
        raise ClaimRefused("The 15 minutes are over. Ask whoever led the run; staff can still correct it.")
    if met.state is JoinState.REMOVED:
        raise ClaimRefused("Whoever led this run took you out of it. Ask them; they can still count you.")
    if not uncounted:
        raise ClaimRefused("You are counted already: there is nothing to say. /myrun shows your next runs.")


def check_decide(run: Run) -> None:
    """Check that it can be decided who was there.

    Raises:
        ClaimRefused: the run has not ended.
    """
    if run.status is not RunStatus.ENDED:
        raise ClaimRefused("Who was there is decided once the run has ended. Press End first.")
