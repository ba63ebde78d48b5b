"""When a reconciliation waits. Pure."""

from datetime import timedelta

from raidbot.features.discord_state.model import A_CROWD
from raidbot.features.reconciliation.model import WITHOUT_ADOPTING, AlreadyDecided, NothingToAdopt, Plan, PlanState

HOUR = timedelta(hours=1)

AFTER_RESTORE = timedelta(days=1)
"""For so long after a restore everything is asked about."""

DECIDED = {
    PlanState.DONE: "was done at once",
    PlanState.ENFORCED: "was decided: Discord follows the record",
    PlanState.ADOPTED: "was decided: the record follows Discord",
    PlanState.LEFT: "was decided: all stays as it is",
}


def waits(members: int, done_this_hour: int) -> bool:
    """Tell whether a change of so many members is asked about first: no more than a crowd is changed in an hour."""
    return members + done_this_hour > A_CROWD


def check_adoptable(plan: Plan) -> None:
    """Check that the record can take over what a plan found in Discord.

    Raises:
        NothingToAdopt: it cannot.
    """
    if plan.cause in WITHOUT_ADOPTING:
        raise NothingToAdopt(
            "The Team role follows ranks, so there is nothing to adopt. Change the ranks, or choose `Leave it`."
        )


def check_open(plan: Plan) -> None:
    """Check that nobody has decided about a plan.

    Raises:
        AlreadyDecided: somebody has.
    """
    if plan.state is not PlanState.OPEN:
        by = f" by <@{plan.decided_by}>" if plan.decided_by else ""
        raise AlreadyDecided(f"This {DECIDED[plan.state]}{by}. Nothing more is to be done.")
