"""The decisions about whom a run calls."""

import math
from datetime import datetime, timedelta

from raidbot.core.ids import RoleId
from raidbot.features.guild_config.model import PING_AT_OPEN, PING_AT_START, PingPolicy, Settings
from raidbot.features.runs.model.life import NotLive, Run, RunStatus
from raidbot.features.runs.model.pings import CalledJustNow, Ping, PingMoment
from raidbot.features.runs.rules.life import check_unfinished

CALL_PAUSE = timedelta(seconds=20)
"""Between two calls on demand: two presses at once are one call."""


def check_ping(run: Run, moment: PingMoment) -> None:
    """Check that a run may call at a moment.

    Raises:
        RunOver: there is nothing to call for any more.
        NotLive: it has not started.
    """
    check_unfinished(run)
    if moment is PingMoment.START and run.status is not RunStatus.LIVE:
        raise NotLive("This run has not started, so its start calls nobody. Start it first.")


def check_call(run: Run, last: datetime | None, now: datetime) -> None:
    """Check that whoever leads may call the raiders.

    Raises:
        RunOver: there is nothing to call for any more.
        CalledJustNow: they were called a moment ago; says when again.
    """
    check_unfinished(run)
    if last is not None and now - last < CALL_PAUSE:
        seconds = max(1, math.ceil((last + CALL_PAUSE - now).total_seconds()))
        raise CalledJustNow(f"They were called a moment ago. Call again in {seconds} s.", retry_after=seconds)


def policy(run: Run, moment: PingMoment, settings: Settings) -> PingPolicy:
    """Return whom the guild wants called. A run that follows another opens without: its raiders are called by name."""
    if moment is PingMoment.START:
        return settings.get(PING_AT_START, run.dungeon)
    return PingPolicy.NONE if run.follows_id else settings.get(PING_AT_OPEN, run.dungeon)


def calls_here(policy: PingPolicy) -> bool:
    """Tell whether a policy wants @here."""
    return policy in {PingPolicy.HERE, PingPolicy.BOTH}


def ping(policy: PingPolicy, role_id: RoleId | None, free_at: datetime | None, now: datetime) -> Ping:
    """Decide whom a run calls.

    Args:
        policy: What the guild wants at this moment.
        role_id: The dungeon's role, if one is mapped.
        free_at: When the guild's next @here is allowed; None: it had none yet.
        now: The time.
    """
    wants_here = calls_here(policy)
    wants_role = policy in {PingPolicy.DUNGEON_ROLE, PingPolicy.BOTH}
    too_soon = free_at is not None and now < free_at
    return Ping(
        here=wants_here and not too_soon,
        role_id=role_id if wants_role else None,
        here_left_out=wants_here and too_soon,
    )
