"""The nouns of who leads a run."""

from datetime import datetime
from enum import StrEnum

import msgspec

from raidbot.core.errors import Refusal
from raidbot.core.ids import UserId


class LeaderRole(StrEnum):
    """What somebody does in a run. Values of `run_leader.role`."""

    LEADER = "leader"
    CO_LEADER = "co_leader"


class Leading(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody led, or helped to lead, for a time."""

    user_id: UserId
    role: LeaderRole
    since: datetime
    until: datetime | None


class NotALeader(Refusal):
    """This member cannot lead the run."""
