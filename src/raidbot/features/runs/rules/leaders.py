"""The decisions about who leads a run."""

from raidbot.core.ids import UserId
from raidbot.core.ranks import Rank
from raidbot.features.runs.model.leaders import NotALeader
from raidbot.features.runs.model.life import NotYourRun, Run


def confirms(run: Run, caller: UserId, rank: Rank) -> bool:
    """Tell whether a member is asked before they steer at the desk: they neither lead nor are an officer."""
    return caller not in run.led_by and rank < Rank.OFFICER


def check_owner(run: Run, caller: UserId, rank: Rank) -> None:
    """Check that a member may say who leads: who leads or opened the run, and officers.

    Raises:
        NotYourRun: none of them.
    """
    if caller not in {run.leader_id, run.organizer_id} and rank < Rank.OFFICER:
        raise NotYourRun("Only who leads this run, or an officer, says who leads. Press Take over to lead it.")


def check_successor(run: Run, user_id: UserId, rank: Rank, *, fit: bool) -> None:
    """Check that a run can be handed over to a member.

    Raises:
        NotALeader: they lead already, are not in good standing, or are neither an organizer nor a co-leader.
    """
    if user_id == run.leader_id:
        raise NotALeader(f"<@{user_id}> leads this run already. Choose somebody else.")
    if not fit:
        raise NotALeader(f"<@{user_id}> is suspended, not verified or not here. Choose somebody else.")
    if rank < Rank.ORGANIZER and user_id not in run.led_by:
        raise NotALeader(f"<@{user_id}> is no organizer. Name them co-leader first, then hand over.")


def check_helpers(unfit: list[UserId]) -> None:
    """Check that members may help to lead.

    Raises:
        NotALeader: some are not in good standing; names them.
    """
    if unfit:
        named = ", ".join(f"<@{one}>" for one in unfit)
        raise NotALeader(f"{named} cannot help to lead: suspended, not verified or not here. Choose others.")
