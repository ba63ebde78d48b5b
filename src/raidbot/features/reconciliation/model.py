"""The nouns of reconciliation."""

from datetime import datetime
from enum import StrEnum
from typing import NewType

import msgspec

from raidbot.core.errors import NotFound, Refusal
from raidbot.core.events import Event, event
from raidbot.core.ids import UserId
from raidbot.features.discord_state.model import Wish

PlanId = NewType("PlanId", int)
"""Our own number of a plan."""

PLAN_MADE = "plan_made"
"""The notice that a plan waits for a decision."""


RESTORED = "restored"
"""The cause of a plan that holds what a restored record had meant to do in Discord."""


class PlanState(StrEnum):
    """How far a reconciliation is. Its values are those of `reconciliation.state` in the database."""

    DONE = "done"
    """It touched few members, and was done at once."""
    OPEN = "open"
    ENFORCED = "enforced"
    """Discord was made to show what the record says."""
    ADOPTED = "adopted"
    """The record took over what Discord shows."""
    LEFT = "left"
    """Both stay as they are."""


class Decision(StrEnum):
    """What an administrator may decide about a plan."""

    ENFORCED = "enforced"
    ADOPTED = "adopted"
    LEFT = "left"


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """What a comparison wants changed in Discord."""

    cause: str
    """What compared: `team`."""
    wishes: list[Wish]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a comparison would change, or changed."""

    id: PlanId
    cause: str
    members: int
    state: PlanState
    made_at: datetime
    decided_by: UserId | None = None


class PlanShown(msgspec.Struct, frozen=True, kw_only=True):
    """A plan with all that it changes."""

    plan: Plan
    changes: list[Wish]


@event
class PlanDecided(Event, frozen=True, kw_only=True):
    """An administrator decided about a plan. Who made it adopts what Discord shows, if that was decided."""

    plan_id: PlanId
    cause: str
    decision: Decision
    by: UserId
    at: datetime


class UnknownPlan(NotFound):
    """There is no such plan in this guild."""


class AlreadyDecided(Refusal):
    """Somebody has decided about the plan."""
