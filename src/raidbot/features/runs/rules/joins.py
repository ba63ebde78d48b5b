"""The decisions about who is in a run. Pure: what is and who asks in, a refusal or nothing out."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from raidbot.dungeons.classes import BY_KEY
from raidbot.dungeons.model import Dungeon
from raidbot.features.guild_config.model import CALLED_SECONDS, Settings
from raidbot.features.runs.model.joins import (
    JoinRefused,
    JoinState,
    NotInRun,
    Situation,
    TooManyOfAKind,
)
from raidbot.features.runs.model.life import RunOver, RunStatus

IN_LINE = {JoinState.JOIN, JoinState.WAITING, JoinState.CALLED}

SPARE = 2
"""So many more than needed may say that they bring a class or item."""


def check_join(met: Situation) -> None:
    """Check that a member may join.

    Raises:
        RunOver: it is over.
        JoinRefused: locked, taken out, not verified or suspended.
    """
    if met.status.over:
        raise RunOver(f"This run is over ({met.status}). Look for the next one in the raid channel.")
    check_standing(met)
    if met.state is JoinState.REMOVED:
        raise JoinRefused("Whoever leads this run took you out of it. Ask them; they can add you again.", why="removed")
    if met.join_locked and met.state not in IN_LINE:
        raise JoinRefused("The organizer has locked this run. Ask them, or wait until it opens again.", why="locked")


def check_standing(met: Situation) -> None:
    """Check that a member is in good standing.

    Raises:
        JoinRefused: not verified or suspended.
    """
    if met.suspended:
        raise JoinRefused("You are suspended and cannot join runs. Staff can tell you until when.", why="suspended")
    if met.join_role_id is not None and not met.verified:
        raise JoinRefused(
            f"This dungeon is for those with <@&{met.join_role_id}>. Staff can tell you how to get it.", why="role"
        )
    if met.needs_verified and not met.verified:
        raise JoinRefused("Only verified raiders can join. Get verified, then press Join again.", why="unverified")


def check_leave(met: Situation) -> None:
    """Check that a member may leave.

    Raises:
        RunOver: it is over; who was in stays on its list.
    """
    if met.status.over:
        raise RunOver(
            f"This run is over ({met.status}), so its list of raiders stands. Ask the organizer if that is wrong."
        )


def called_until(status: RunStatus, settings: Settings, now: datetime) -> datetime | None:
    """Return until when those who move up must say that they are here; None while the run is not live."""
    if status is not RunStatus.LIVE:
        return None
    return now + timedelta(seconds=settings.get(CALLED_SECONDS))


def check_outfit(met: Situation) -> None:
    """Check that a member may say what they play and bring.

    Raises:
        RunOver: it is over.
        NotInRun: they are neither in nor waiting.
    """
    if met.status.over:
        raise RunOver(f"This run is over ({met.status}). What you brought stands.")
    if met.state not in IN_LINE:
        raise NotInRun("Join first, then say what you bring.")


def checked_class(plays: str | None) -> str | None:
    """Return a class by its key.

    Raises:
        NotInRun: the game has no such class.
    """
    if plays is not None and plays not in BY_KEY:
        raise NotInRun("There is no such class. Choose one from the menu.")
    return plays


def checked_brings(brings: Sequence[str], dungeon: Dungeon, others: Mapping[str, int]) -> list[str]:
    """Return what a member brings, each once, in the catalogue's order.

    Raises:
        NotInRun: the dungeon does not want it.
        TooManyOfAKind: enough others bring it; names what is full.
    """
    unknown = [one for one in brings if dungeon.find_want(one) is None]
    if unknown:
        raise NotInRun(f"{dungeon.name} does not ask for that. Choose from the menu.", unknown=unknown)
    chosen = [want for want in dungeon.wants if want.key in brings and want.key not in BY_KEY]
    full = [want.name for want in chosen if others.get(want.key, 0) >= want.needed + SPARE]
    if full:
        raise TooManyOfAKind(f"Enough raiders bring {', '.join(full)} already. Choose something else.", full=full)
    return [want.key for want in chosen]


def with_class(plays: str | None, brings: Sequence[str], dungeon: Dungeon) -> list[str]:
    """Return what a member brings, with the class they play where the dungeon wants that class."""
    besides = [one for one in brings if one not in BY_KEY]
    return [plays, *besides] if plays and dungeon.find_want(plays) else besides
