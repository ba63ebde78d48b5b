"""The nouns of what is told of a run afterwards: its record, and why somebody was or was not paid."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from raidbot.core.ids import RunId, UserId
from raidbot.features.points.model import AwardKind
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.log import Entry
from raidbot.features.runs.model.places import Shown
from raidbot.features.runs.model.pops import Outcome, Pop


class Why(StrEnum):
    """Why somebody was or was not paid for a pop."""

    PAID = "paid"
    FAILED = "failed"
    NOBODY = "nobody"
    OPEN = "open"
    """Its window is open."""
    STRUCK = "struck"
    """They were taken out of it afterwards."""
    LATE = "late"
    """They joined after its window had closed."""
    LEFT = "left"
    """They had left before it closed."""
    REMOVED = "removed"
    """Whoever led had taken them out."""
    LET_GO = "let_go"
    """They had left the server, or were no longer in good standing."""
    WAITING = "waiting"
    """They waited for a place."""
    ABSENT = "absent"
    """They never joined."""


class OwnPop(msgspec.Struct, frozen=True, kw_only=True):
    """A pop as one member was part of it."""

    number: int
    outcome: Outcome
    popped_at: datetime
    closed_at: datetime | None
    inside: bool | None
    """Whether they are among those who count; None: they never were."""
    moved: str | None
    """What they had last done before its window closed: `joined`, `left`; None: nothing."""
    came_later: bool
    """Whether they joined after it had closed."""
    points: Decimal
    """What they were paid for it as a raider."""
    led: Decimal | None
    """What they were paid for leading it; None: nothing was."""
    helped: Decimal | None
    """What they were paid as a co-leader; None: nothing was."""
    reason: str | None
    """Why staff corrected it, if they did."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A pop, and why the reader was or was not paid for it."""

    pop: OwnPop
    why: Why


class Paid(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody has from a run, of one kind."""

    user_id: UserId
    kind: AwardKind
    quantity: int
    points: Decimal


class PopListed(msgspec.Struct, frozen=True, kw_only=True):
    """A pop, and how many count for it."""

    pop: Pop
    raiders: int


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """All that a reader may know of a run."""

    run: Run
    own: list[Told]
    """The pops, as the reader was part of them."""
    everything: bool
    """Whether what follows is filled: for those who may steer the run."""
    pops: list[PopListed] = []
    entries: list[Entry] = []
    reveals: list[Shown] = []
    paid: list[Paid] = []


class RunBrief(msgspec.Struct, frozen=True, kw_only=True):
    """A run in a list of recent ones."""

    id: RunId
    dungeon: str
    status: str
    opened_at: datetime
