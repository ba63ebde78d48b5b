"""The nouns of corrections: what staff change of a run, and what that writes into the ledger."""

from decimal import Decimal
from enum import StrEnum
from typing import NewType

import msgspec

from raidbot.core.errors import NotAllowed, NotFound, Refusal
from raidbot.core.ids import RunId, UserId
from raidbot.features.points.model import AwardKind
from raidbot.features.runs.model.pops import Outcome

EditId = NewType("EditId", int)
"""Our own number of a correction."""


class EditState(StrEnum):
    """How far a correction is. Values of `run_edit.state`."""

    ASKED = "asked"
    DONE = "done"
    DROPPED = "dropped"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be changed; None: that stays as it is."""

    pop: int | None = None
    """The number of the pop; None: every pop of the run."""
    add: list[UserId] = []
    strike: list[UserId] = []
    popper_id: UserId | None = None
    key: str | None = None
    outcome: Outcome | None = None
    leader_id: UserId | None = None
    dungeon: str | None = None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that a correction writes into the ledger."""

    user_id: UserId
    kind: AwardKind
    dungeon: str
    quantity: int
    points: Decimal


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A change, and exactly what it writes."""

    change: Change
    lines: list[Line]


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """A correction of a run."""

    id: EditId
    run_id: RunId
    plan: Plan
    reason: str
    asked_by: UserId
    state: EditState


class UnknownEdit(NotFound):
    """There is no such correction."""


class NotYourEdit(NotAllowed):
    """Neither the owner of the run, within a day, nor an officer."""


class EditRefused(Refusal):
    """That cannot be corrected so."""


class EditOutdated(Refusal):
    """What the correction would write is no longer what was shown."""
