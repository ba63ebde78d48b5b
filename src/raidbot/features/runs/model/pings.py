"""The nouns of whom a run calls."""

from enum import StrEnum

import msgspec

from raidbot.core.errors import Refusal
from raidbot.core.ids import RoleId


class PingMoment(StrEnum):
    """When a run calls. Its values are those of `run_ping.moment` in the database."""

    OPEN = "open"
    START = "start"


class CalledJustNow(Refusal):
    """The raiders were called a moment ago."""


class Ping(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a run calls at one moment."""

    here: bool
    role_id: RoleId | None
    here_left_out: bool
    """The guild wants @here, and had one too short a time ago. The organizer is told."""
