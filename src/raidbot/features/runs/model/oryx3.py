"""The nouns of Oryx 3: realm score, closed realm, miniboss, third room, and the screenshot before the start."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NewType

import msgspec

from raidbot.core.errors import NotFound, Refusal
from raidbot.core.ids import ChannelId, MessageId, UserId

ScreenshotId = NewType("ScreenshotId", int)
"""Our own number of a screenshot."""


class Step(StrEnum):
    """What happens on the way to Oryx, in this order. Values of `run_step.step`."""

    REALM_SCORE = "realm_score"
    """May be told again while the realm is open."""
    CLOSED = "closed"
    MINIBOSS = "miniboss"
    THIRD_ROOM = "third_room"


FOLLOWING: dict[Step | None, tuple[Step, ...]] = {
    None: (Step.REALM_SCORE, Step.CLOSED),
    Step.REALM_SCORE: (Step.REALM_SCORE, Step.CLOSED),
    Step.CLOSED: (Step.MINIBOSS,),
    Step.MINIBOSS: (Step.THIRD_ROOM,),
    Step.THIRD_ROOM: (),
}
"""Which steps may follow which; the first of them may follow none."""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A step that was taken."""

    number: int
    step: Step
    value: str | None
    """The realm score in percent, or the miniboss's key."""
    taken_at: datetime


def steps_after(taken: Sequence[Taken]) -> tuple[Step, ...]:
    """Return the steps that may come next."""
    return FOLLOWING[taken[-1].step if taken else None]


class Verdict(StrEnum):
    """What a review found. Values of `run_screenshot.verdict`."""

    GOOD = "good"
    BAD = "bad"


class Screenshot(msgspec.Struct, frozen=True, kw_only=True):
    """The newest screenshot of a run, kept as a file of ours in the log thread."""

    id: ScreenshotId
    given_by: UserId
    given_at: datetime
    channel_id: ChannelId
    message_id: MessageId
    verdict: Verdict | None
    reviewed_by: UserId | None


def lacks_screenshot(given: Screenshot | None) -> bool:
    """Tell whether a run still wants a screenshot: it has none, or one that was found to be bad."""
    return given is None or given.verdict is Verdict.BAD


class NotOryx3(Refusal):
    """That belongs to Oryx 3 alone."""


class StepRefused(Refusal):
    """That step cannot be taken now."""


class ScreenshotRefused(Refusal):
    """No screenshot is taken, or reviewed, here now."""


class UnknownScreenshot(NotFound):
    """There is no such screenshot."""
