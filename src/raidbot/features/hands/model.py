"""The nouns of changes by hand."""

from datetime import datetime
from enum import StrEnum
from typing import NewType

import msgspec

from raidbot.core.errors import NotAllowed, NotFound, Refusal
from raidbot.core.ids import RoleId, Snowflake, UserId

HandId = NewType("HandId", int)
"""Our own number of a change by hand."""

HAND_SEEN = "hand_seen"
"""The notice that somebody changed something by hand."""


class HandKind(StrEnum):
    """What was changed. Its values are those of `hand_change.kind` in the database."""

    ROLE_GAINED = "role_gained"
    ROLE_LOST = "role_lost"
    NICKNAME = "nickname"


class HandState(StrEnum):
    """What was decided. Its values are those of `hand_change.state` in the database."""

    OPEN = "open"
    RECORDED = "recorded"
    PUT_BACK = "put_back"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody changed about a member."""

    entry_id: Snowflake
    user_id: UserId
    by: UserId
    kind: HandKind
    role_id: RoleId | None = None
    role_key: str = ""
    old: str = ""
    new: str = ""


class Hand(msgspec.Struct, frozen=True, kw_only=True):
    """A change by hand that differs from the record."""

    id: HandId
    user_id: UserId
    kind: HandKind
    role_id: int
    role_key: str
    old: str
    new: str
    changed_by: UserId
    changed_at: datetime
    state: HandState
    decided_by: UserId | None


class UnknownHand(NotFound):
    """There is no such change in this guild."""


class HandDecided(Refusal):
    """Somebody has decided about the change."""


class CannotRecord(Refusal):
    """The record cannot say that; the sentence tells what to do instead."""


class DoneByHigher(NotAllowed):
    """Somebody of a higher rank changed it."""
