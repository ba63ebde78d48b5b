"""The decisions about Oryx 3: which step comes next, and what a screenshot is for."""

from raidbot.core.ids import UserId
from raidbot.core.ranks import Rank
from raidbot.dungeons.model import Dungeon
from raidbot.features.guild_config.model import O3_SCREENSHOT, Asked, Settings, Whole
from raidbot.features.runs.model.life import Run, RunStatus
from raidbot.features.runs.model.oryx3 import (
    NotOryx3,
    ScreenshotRefused,
    Step,
    StepRefused,
    Taken,
    steps_after,
)
from raidbot.features.runs.rules.life import check_unfinished

SCORE = Whole("percent", 1, 99)

DONE = {
    Step.REALM_SCORE: "The realm score was told already",
    Step.CLOSED: "The realm is closed already",
    Step.MINIBOSS: "The miniboss was named already",
    Step.THIRD_ROOM: "The third room was called already",
}
"""What somebody is told who presses a second time."""


def next_number(run: Run) -> int:
    """Return the number of the step that comes next."""
    return len(run.steps) + 1


def check_step(run: Run, dungeon: Dungeon, number: int, step: Step) -> None:
    """Check that a step can be taken.

    Raises:
        RunOver: it is over.
        NotOryx3: the dungeon has no such steps.
        StepRefused: not live yet, taken before, or out of order.
    """
    _check_going_on(run, dungeon)
    if number < next_number(run):
        raise StepRefused(f"{DONE[run.steps[number - 1].step]}. Press Refresh to see what comes next.", done=True)
    if number > next_number(run) or step not in steps_after(run.steps):
        raise StepRefused("That is not the next step any more. Press Refresh to see what comes next.", done=False)


def check_untake(run: Run, dungeon: Dungeon, number: int) -> Taken:
    """Return the step that is taken back: the last one, and no other.

    Raises:
        RunOver: it is over.
        NotOryx3: the dungeon has no such steps.
        StepRefused: it was taken back before, or another one followed.
    """
    _check_going_on(run, dungeon)
    if not 1 <= number <= len(run.steps):
        raise StepRefused("That step was taken back already. Press Refresh to see where the run is.", done=True)
    if number < len(run.steps):
        raise StepRefused("Another step has followed. Press Refresh, then Undo takes back the last one.", done=False)
    return run.steps[-1]


def _check_going_on(run: Run, dungeon: Dungeon) -> None:
    if not dungeon.oryx3:
        raise NotOryx3(f"{dungeon.name} has no realm score, miniboss or third room. Press Refresh for its buttons.")
    check_unfinished(run)
    if run.status is not RunStatus.LIVE:
        raise StepRefused("This run has not started. Press Start first.", done=False)


def checked_value(step: Step, value: str | None, dungeon: Dungeon) -> str | None:
    """Return what a step says besides itself: the score in percent, or the miniboss's key.

    Raises:
        StepRefused: it says none, or one that there is not.
    """
    if step is Step.REALM_SCORE:
        score = SCORE.read((value or "").strip().removesuffix("%").strip())
        if score is None:
            raise StepRefused("The realm score is a whole number of percent from 1 to 99. Type it like 63.")
        return str(score)
    if step is Step.MINIBOSS:
        if dungeon.find_miniboss(value or "") is None:
            raise StepRefused("There is no such miniboss. Choose one from the menu.")
        return value
    return None


def check_screenshot(run: Run, dungeon: Dungeon, settings: Settings) -> None:
    """Check that a run takes a screenshot.

    Raises:
        RunOver: it is over.
        NotOryx3: only Oryx 3 asks for one.
        ScreenshotRefused: this server asks for none.
    """
    if not dungeon.oryx3:
        raise NotOryx3(f"{dungeon.name} needs no screenshot: only Oryx 3 does. Just press Start.")
    check_unfinished(run)
    if settings.get(O3_SCREENSHOT) is Asked.OFF:
        raise ScreenshotRefused("This server asks for no screenshot. Just press Start.")


def check_review(run: Run, given_by: UserId, reviewer: UserId, rank: Rank) -> None:
    """Check that a member may review a screenshot.

    Raises:
        ScreenshotRefused: it is their own, or that of their own run, or they are no organizer.
    """
    if rank < Rank.ORGANIZER:
        raise ScreenshotRefused("Only organizers review screenshots. Ask one of them.")
    if reviewer in {given_by, run.organizer_id, run.leader_id}:
        raise ScreenshotRefused("Somebody else reviews this screenshot, for it is yours or your run's. Ask them to.")
