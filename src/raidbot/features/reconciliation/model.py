"""The nouns of reconciliation."""

from datetime import datetime
from enum import StrEnum
from typing import NewType

import msgspec

from raidbot.core.errors import NotFound, Refusal
from raidbot.core.events import Event, event
from raidbot.core.ids import GuildId, UserId
from raidbot.features.discord_state.model import ChoreKind, Wish

PlanId = NewType("PlanId", int)
"""Our own number of a plan."""

PLAN_MADE = "plan_made"
"""The notice that a plan waits for a decision."""


class Cause(StrEnum):
    """What compared. Its values are those of `reconciliation.cause` in the database."""

    TEAM = "team"
    """The Team role, which follows ranks."""
    RETURNED = "returned"
    """Members who came back, and what was theirs."""
    EARNED = "earned"
    """Members who came back, and roles that they had earned."""
    VERIFIED = "verified"
    """Verified raiders without the role."""
    UNRECORDED = "unrecorded"
    """Members who hold the verified role and are not verified."""
    HANDS = "hands"
    """What was changed by hand while the bot was away."""
    RESTORED = "restored"
    """What a restored record had meant to do in Discord."""


WITHOUT_ADOPTING = {Cause.TEAM}
"""There is nothing to take over: the Team role is no record, it follows from ranks."""


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

    cause: Cause
    """What compared."""
    wishes: list[Wish]
    always_asks: bool = False
    """Even a few are asked about: nobody knows what is right."""


class Adopted(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the record is to take over, because an administrator decided so."""

    guild_id: GuildId
    user_id: UserId
    kind: ChoreKind
    target: int
    plan_id: PlanId
    by: UserId


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a comparison would change, or changed."""

    id: PlanId
    cause: Cause
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
    cause: Cause
    decision: Decision
    by: UserId
    at: datetime


class UnknownPlan(NotFound):
    """There is no such plan in this guild."""


class NothingToAdopt(Refusal):
    """The record cannot take over what Discord shows; the sentence says what to do instead."""


class AlreadyDecided(Refusal):
    """Somebody has decided about the plan."""
