"""The decisions about who leads a run."""

from collections.abc import Sequence

from raidbot.core.ids import UserId
from raidbot.core.ranks import Rank
from raidbot.features.runs.model.leaders import NotALeader
from raidbot.features.runs.model.life import NotYourRun, Run

MOST_HELP = 5
"""How many co-leaders a run may have."""


def confirms(run: Run, caller: UserId, rank: Rank) -> bool:
    """Tell whether a member is asked before they steer at the desk: they neither lead nor are an officer."""
    return caller not in run.led_by and rank < Rank.OFFICER


def check_fit(unfit: Sequence[UserId]) -> None:
    """Check that members may lead or help to lead.

    Raises:
        NotALeader: some are not here, or suspended; names them.
    """
    if unfit:
        listed = ", ".join(f"<@{one}>" for one in unfit)
        raise NotALeader(f"{listed} cannot lead: suspended, or no longer here. Choose somebody else.")


def check_owner(run: Run, caller: UserId, rank: Rank) -> None:
    """Check that a member may say who leads: who opened or leads the run, and officers.

    Raises:
        NotYourRun: neither.
    """
    if caller not in {run.organizer_id, run.leader_id} and rank < Rank.OFFICER:
        raise NotYourRun("Only who leads this run, or an officer, can do that. Ask one of them.")


def check_take_over(run: Run, caller: UserId, rank: Rank) -> None:
    """Check that a member may take a run over: its co-leaders, who opened it, and organizers and above.

    Raises:
        NotALeader: they lead it already.
        NotYourRun: none of these.
    """
    if caller == run.leader_id:
        raise NotALeader("You lead this run already. Press Refresh to see how it stands.")
    if caller not in run.led_by and rank < Rank.ORGANIZER:
        raise NotYourRun("Only co-leaders and organizers can take a run over. Ask one of them.")


def check_hand_over(run: Run, to: UserId, their_rank: Rank) -> None:
    """Check that a run may be handed to a member: an organizer or above, or one of its co-leaders.

    Raises:
        NotALeader: they lead it already, or may not lead.
    """
    if to == run.leader_id:
        raise NotALeader(f"<@{to}> leads this run already. Choose somebody else.")
    if their_rank < Rank.ORGANIZER and to not in run.led_by:
        raise NotALeader(f"<@{to}> is no organizer. Choose an organizer, or name them co-leader first.")


def co_leaders(run: Run, chosen: Sequence[UserId]) -> list[UserId]:
    """Return who helps to lead from now on, each once and never the leader.

    Raises:
        NotALeader: too many were chosen.
    """
    wanted = [one for one in dict.fromkeys(chosen) if one != run.leader_id]
    if len(wanted) > MOST_HELP:
        raise NotALeader(f"A run has {MOST_HELP} co-leaders at the most. Choose fewer.", most=MOST_HELP)
    return wanted
