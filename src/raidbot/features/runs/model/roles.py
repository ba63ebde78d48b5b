"""The role of a run, by which a server may have its raiders called."""

from datetime import datetime

import msgspec

from raidbot.core.events import Event, event
from raidbot.core.ids import RoleId, RunId, UserId


class RunRole(msgspec.Struct, frozen=True, kw_only=True):
    """A role that a run has to itself, and who is to hold it."""

    run_id: RunId
    dungeon: str
    role_id: RoleId | None
    """None: it has not been made yet."""
    wished_at: datetime
    over: bool
    """Whether the run is over, so that the role goes."""
    user_ids: list[UserId]
    """Everybody who is in, those who lead left out."""


@event
class RunRoleWished(Event, frozen=True, kw_only=True):
    """A run wants a role of its own."""

    run_id: int
