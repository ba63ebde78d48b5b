"""The endpoints of Oryx 3: its steps and its screenshot."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import ChannelId, MessageId
from raidbot.core.ranks import Rank
from raidbot.features.runs.api.life import OfRun
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.oryx3 import Screenshot, Step, Verdict

Number = Annotated[int, msgspec.Meta(ge=1, le=999)]


class TakeStep(OfRun, frozen=True, kw_only=True):
    """Take the step that has this number."""

    number: Number
    """Which one of the run it means to be, so that a second press takes no second step."""
    step: Step
    value: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    """The realm score in percent, or the miniboss's key."""


class UntakeStep(OfRun, frozen=True):
    """Take the last step back."""

    number: int


class AskScreenshot(OfRun, frozen=True):
    """Ask whether the run takes a screenshot from the caller, before it is posted."""


class KeepScreenshot(OfRun, frozen=True, kw_only=True):
    """Write down the caller's screenshot, which was posted. Told twice, it stands once."""

    channel_id: ChannelId
    message_id: MessageId
    filename: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]


class ReviewScreenshot(OfRun, frozen=True, kw_only=True):
    """Say what the screenshot in a message is worth. The first to say so is right; the others read what they said."""

    message_id: MessageId
    verdict: Verdict


OF_RUN = "/guilds/{guild_id}/runs/{run_id}"
take_step = Endpoint("POST", OF_RUN + "/steps", Rank.MEMBER, TakeStep, Run)
untake_step = Endpoint("POST", OF_RUN + "/steps/{number}/undo", Rank.MEMBER, UntakeStep, Run)
ask_screenshot = Endpoint("GET", OF_RUN + "/screenshot", Rank.MEMBER, AskScreenshot, Run)
keep_screenshot = Endpoint("POST", OF_RUN + "/screenshot", Rank.MEMBER, KeepScreenshot, Screenshot)
review_screenshot = Endpoint(
    "POST", OF_RUN + "/screenshot/{message_id}/review", Rank.MEMBER, ReviewScreenshot, Screenshot
)
