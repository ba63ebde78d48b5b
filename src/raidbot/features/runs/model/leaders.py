"""The nouns of who leads a run."""

from datetime import datetime
from enum import StrEnum

import msgspec

from raidbot.core.errors import Refusal
from raidbot.core.ids import UserId
from raidbot.features.runs.model.life import Run


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


class DeskVisit(msgspec.Struct, frozen=True, kw_only=True):
    """A run as somebody meets it at its desk."""

    run: Run
    confirms: bool
    """Whether they are asked before they steer: they neither lead nor are an officer."""


class Steerable(msgspec.Struct, frozen=True, kw_only=True):
    """The runs that a member may steer."""

    own: list[Run]
    """Those that they lead, opened or help to lead; led ones first."""
    others: list[Run]
    """Those of others, for organizers."""


class NotALeader(Refusal):
    """This member cannot lead the run."""
