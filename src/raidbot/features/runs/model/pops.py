"""The nouns of pops: keys that were popped, the windows they open, and who was in."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

import msgspec

from raidbot.core.errors import NotFound, Refusal
from raidbot.core.ids import UserId

PopId = NewType("PopId", int)
"""Our own number of a pop."""

WINDOW = timedelta(seconds=25)
"""How long joining still counts for a pop."""

WHOLE_RUN = 0
"""The number of the pop that stands for a run in which no key was popped."""


class Outcome(StrEnum):
    """How a pop went. Values of `run_pop.outcome`."""

    COMPLETED = "completed"
    FAILED = "failed"
    NOBODY = "nobody"
    """Nobody got in."""


class Pop(msgspec.Struct, frozen=True, kw_only=True):
    """A key that was popped in a run."""

    id: PopId
    number: int
    """Which one of the run: 1, 2, …; 0 stands for a run without pops, from its end on."""
    dungeon: str
    key: str | None
    popper_id: UserId | None
    leader_id: UserId
    outcome: Outcome
    popped_at: datetime
    window_ends_at: datetime
    closed_at: datetime | None
    """When its window closed, and those who were in were written down."""


class PopPaid(msgspec.Struct, frozen=True, kw_only=True):
    """A pop whose window is closed, with all that decides who is paid what."""

    id: PopId
    number: int
    dungeon: str
    outcome: Outcome
    leader_id: UserId
    popped_at: datetime
    before: int
    """How often it may have been paid before, and taken back: never too small."""
    helper_ids: list[UserId]
    """The co-leaders when its key popped."""
    user_ids: list[UserId]
    """Who was in when its window closed."""


class PopRefused(Refusal):
    """No key can be popped here now."""


class PopCounted(Refusal):
    """That pop was counted already."""


class UnknownPop(NotFound):
    """The run has no such pop."""


class NothingToUndo(Refusal):
    """There is nothing that could be taken back."""
