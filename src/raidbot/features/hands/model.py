"""The nouns of changes by hand."""

from datetime import datetime
from enum import StrEnum
from typing import NewType

import msgspec

from raidbot.core.checkup import uses
from raidbot.core.errors import NotAllowed, NotFound, Refusal
from raidbot.core.events import Event, event
from raidbot.core.ids import RoleId, Snowflake, UserId
from raidbot.core.permissions import Permission
from raidbot.features.reconciliation.model import PlanId, PlanState

uses(Permission.VIEW_AUDIT_LOG, "tells who changed something by hand", crucial=False)
uses(Permission.TIMEOUT_MEMBERS, "puts a timeout back that somebody gave or ended by hand", crucial=False)
uses(Permission.BAN_MEMBERS, "puts a ban back that somebody made or lifted by hand", crucial=False)

HandId = NewType("HandId", int)
"""Our own number of a change by hand."""

AUTOMOD = UserId(0)
"""Stands in the database for Discord's AutoMod, which does things and is no account."""

PRUNED = "hand_pruned"
"""The notice that many members were put out at once."""

CrowdId = NewType("CrowdId", int)
"""Our own number of many changes by hand that are told together."""

HAND, CROWD = "hand", "hand_crowd"
"""The kinds of posting: a change by hand, and many that are told together."""


class HandKind(StrEnum):
    """What was changed. Its values are those of `hand_change.kind` in the database."""

    ROLE_GAINED = "role_gained"
    ROLE_LOST = "role_lost"
    NICKNAME = "nickname"
    TIMEOUT = "timeout"
    """Given, or its end moved."""
    TIMEOUT_ENDED = "timeout_ended"
    KICK = "kick"
    BAN = "ban"
    UNBAN = "unban"


ACTS = (HandKind.TIMEOUT, HandKind.TIMEOUT_ENDED, HandKind.KICK, HandKind.BAN, HandKind.UNBAN)
"""What is a fact, whatever is decided about it."""


class HandState(StrEnum):
    """What was decided. Its values are those of `hand_change.state` in the database."""

    OPEN = "open"
    NOTED = "noted"
    """There is nothing to decide."""
    RECORDED = "recorded"
    PUT_BACK = "put_back"
    LEFT = "left"
    """The record and Discord both stay as they are."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody changed about a member."""

    entry_id: Snowflake
    user_id: UserId
    by: UserId
    by_bot: bool = False
    automod_rule: str = ""
    """The rule by which AutoMod did it; empty: an account did."""
    kind: HandKind
    role_id: RoleId | None = None
    role_key: str = ""
    old: str = ""
    new: str = ""
    until_at: datetime | None = None
    """Until when a timeout lasts."""
    was_until: datetime | None = None
    """Until when a timeout before it was to last."""
    reason: str = ""
    at: datetime
    """When it was done."""


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """A timeout, kick or ban that somebody made or ended by hand. It stays on record as it is."""

    entry_id: Snowflake
    user_id: UserId
    kind: HandKind
    acted_by: UserId | None
    """Null: AutoMod."""
    by_bot: bool
    automod_rule: str = ""
    reason: str
    until_at: datetime | None
    was_until: datetime | None
    acted_at: datetime


class Hand(msgspec.Struct, frozen=True, kw_only=True):
    """A change by hand that differs from the record, or that is a fact of its own."""

    id: HandId
    user_id: UserId
    kind: HandKind
    role_id: int
    role_key: str
    old: str
    new: str
    changed_by: UserId | None
    """Null: AutoMod."""
    by_bot: bool
    changed_at: datetime
    state: HandState
    decided_by: UserId | None
    plan_id: PlanId | None
    version: int
    until_at: datetime | None = None
    was_until: datetime | None = None
    reason: str = ""
    automod_rule: str = ""


class Prune(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody put out many at once who had not been seen for a while. Discord does not say whom."""

    entry_id: Snowflake
    pruned_by: UserId
    by_bot: bool
    members: int
    inactive_days: int
    reason: str
    pruned_at: datetime


class HandShown(msgspec.Struct, frozen=True, kw_only=True):
    """A change by hand as its message shows it."""

    hand: Hand
    over: bool
    """Whether its message shows how it ended, so that nobody compares it any more."""
    hindered: str = ""
    """What stands in the way of putting it back, with its fix."""


class Crowd(msgspec.Struct, frozen=True, kw_only=True):
    """Many changes by hand that are told together."""

    id: CrowdId
    changed_by: UserId | None
    """Null: several people, or AutoMod."""
    by_automod: bool = False
    by_bot: bool
    began_at: datetime
    due_at: datetime | None
    """When it is asked about; null: it was."""
    plan_id: PlanId | None
    """The plan by which it was asked; null: there is nothing to decide, or it is not asked yet."""
    version: int


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """So many changes of one kind."""

    kind: HandKind
    state: HandState
    changes: int


class CrowdShown(msgspec.Struct, frozen=True, kw_only=True):
    """Many changes by hand as their message shows them."""

    crowd: Crowd
    members: int
    tallies: list[Tally]
    plan_state: PlanState | None
    over: bool


@event
class HandsChanged(Event, frozen=True, kw_only=True):
    """What messages show about changes by hand is not the same any more."""

    hands: list[HandId]
    crowds: list[CrowdId]


class UnknownHand(NotFound):
    """There is no such change in this guild."""


class HandDecided(Refusal):
    """Somebody has decided about the change, or nobody has to."""


class OneOfMany(Refusal):
    """It is decided together with others."""


class TimeIsUp(Refusal):
    """A timeout that is put back would be over already."""


class CannotRecord(Refusal):
    """The record cannot say that; the sentence tells what to do instead."""


class CannotPutBack(Refusal):
    """Discord has no way back; the sentence tells what to do instead."""


class DoneByHigher(NotAllowed):
    """Somebody of a higher rank changed it."""
