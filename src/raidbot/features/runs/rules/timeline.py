"""Why somebody was or was not paid. Pure."""

from raidbot.features.runs.model.pops import Outcome
from raidbot.features.runs.model.timeline import OwnPop, Why

OUTCOMES = {Outcome.COMPLETED: Why.PAID, Outcome.FAILED: Why.FAILED, Outcome.NOBODY: Why.NOBODY}

MOVES = {"left": Why.LEFT, "removed": Why.REMOVED, "let_go": Why.LET_GO, "waiting": Why.WAITING, "called": Why.WAITING}
MOVES["passed_over"] = Why.WAITING


def why(pop: OwnPop) -> Why:
    """Return why a member was or was not paid for a pop."""
    if pop.closed_at is None:
        return Why.OPEN
    if pop.inside is not None:
        return OUTCOMES[pop.outcome] if pop.inside else Why.STRUCK
    if pop.moved in MOVES:
        return MOVES[pop.moved]
    return Why.LATE if pop.came_later else Why.ABSENT
