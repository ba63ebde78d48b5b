"""The decisions of runs. Pure: what is and who asks in, a refusal or nothing out."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from raidbot.core.ids import UserId
from raidbot.core.ranks import Rank
from raidbot.dungeons.model import Dungeon
from raidbot.features.runs.model import (
    JoinRefused,
    NotLive,
    NotReopened,
    NotStartable,
    NotYourRun,
    Run,
    RunOver,
    RunStatus,
    Situation,
)

AUTO_END = timedelta(minutes=120)
"""A live run ends by itself after this long without an act of its leader."""

OPEN_FOR = timedelta(minutes=60)
"""A run that never went live is cancelled after this long."""


REOPEN_FOR = timedelta(minutes=10)
"""How long an end or a cancellation can be taken back."""

EXTENSION = timedelta(hours=1)
"""How much longer Extend lets a run go on."""


def check_join(met: Situation) -> None:
    """Check that a member may join.

    Raises:
        RunOver: it is over.
        JoinRefused: locked, not verified or suspended.
    """
    if met.status.over:
        raise RunOver(f"This run is over ({met.status}). Look for the next one in the raid channel.")
    if met.suspended:
        raise JoinRefused("You are suspended and cannot join runs. Staff can tell you until when.", why="suspended")
    if met.needs_verified and not met.verified:
        raise JoinRefused("Only verified raiders can join. Get verified, then press Join again.", why="unverified")
    if met.join_locked and not met.joined:
        raise JoinRefused("The organizer has locked this run. Ask them, or wait until it opens again.", why="locked")


def check_leave(met: Situation) -> None:
    """Check that a member may leave.

    Raises:
        RunOver: it is over; who was in stays on its list.
    """
    if met.status.over:
        raise RunOver(f"This run is over ({met.status}), so its list of raiders stands.")


def check_leader(run: Run, caller: UserId, rank: Rank) -> None:
    """Check that a member may steer a run: its organizer always, organizers and above too.

    Raises:
        NotYourRun: neither.
    """
    if caller != run.organizer_id and rank < Rank.ORGANIZER:
        raise NotYourRun("Only the organizer of this run, or an organizer of this server, can do that.")


def check_unfinished(run: Run) -> None:
    """Check that something can still happen to a run.

    Raises:
        RunOver: it ended or was cancelled.
    """
    if run.status.over:
        raise RunOver(f"This run is over already ({run.status}).", status=run.status)


def check_start(run: Run, dungeon: Dungeon) -> None:
    """Check that a run can go live.

    Raises:
        RunOver: it is over.
        NotStartable: it is live already, or party or location are missing.
    """
    check_unfinished(run)
    if run.status is RunStatus.LIVE:
        raise NotStartable("This run is live already.")
    missing = [
        word
        for word, needed, value in (
            ("party", dungeon.needs_party, run.party),
            ("location", dungeon.needs_location, run.location),
        )
        if needed and not value
    ]
    if missing:
        raise NotStartable(f"Set {' and '.join(missing)} first, with the button Party & loc.", missing=missing)


def check_reopen(run: Run, caller: UserId, rank: Rank, now: datetime) -> None:
    """Check that an end or a cancellation can be taken back.

    Raises:
        NotYourRun: neither the organizer nor an officer.
        NotReopened: it is not over, nobody could see it, or 10 minutes have passed.
    """
    if caller != run.organizer_id and rank < Rank.OFFICER:
        raise NotYourRun("Only the organizer of this run, or an officer, can reopen it.")
    if run.closed_at is None:
        raise NotReopened("This run is not over. Press Refresh to see how it stands.")
    if run.reason == "not_posted":
        raise NotReopened("The panel of this run could not be posted. Open a new one with /run.")
    if now - run.closed_at > REOPEN_FOR:
        raise NotReopened("The 10 minutes to reopen this run are over. Open a new one with /run.")


def reopened(run: Run, now: datetime) -> Run:
    """Return a run as it was before it ended; the automatic end counts anew."""
    status = RunStatus.LIVE if run.started_at else RunStatus.OPEN
    return acted(replace(run, status=status, closed_at=None, reason=None), now)


def acted(run: Run, now: datetime) -> Run:
    """Return a run after an act of its leader, from which the automatic end counts anew."""
    to_go = AUTO_END if run.status is RunStatus.LIVE else OPEN_FOR
    return replace(run, auto_end_at=max(run.auto_end_at, now + to_go))


def check_end(run: Run) -> None:
    """Check that a run can be ended.

    Raises:
        RunOver: it is over.
        NotLive: it never started: cancel it instead.
    """
    check_unfinished(run)
    if run.status is not RunStatus.LIVE:
        raise NotLive("This run has not started, so there is nothing to end. Cancel it instead.")
