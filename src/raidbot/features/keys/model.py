"""The nouns of used keys."""

from datetime import datetime
from enum import StrEnum
from typing import NewType

import msgspec

from raidbot.core.errors import NotAllowed, NotFound, Refusal
from raidbot.core.events import Event, event
from raidbot.core.ids import RunId, UserId

KeyUseId = NewType("KeyUseId", int)
"""Our own number of a used key."""


class KeyState(StrEnum):
    """What is known of a used key. Values of `key_use.state`."""

    OPEN = "open"
    LOGGED = "logged"
    UNKNOWN = "unknown"
    """Nobody said whose it was, for a week."""
    DISMISSED = "dismissed"
    """It was not used after all."""
    DROPPED = "dropped"
    """Its pop was taken back; what was known of it stays in its row."""


class KeyUse(msgspec.Struct, frozen=True, kw_only=True):
    """A key that was used in a run."""

    id: KeyUseId
    number: int | None
    """Which pop of the run it was; None: it belongs to none."""
    dungeon: str
    key: str
    """The key's key in the catalogue."""
    user_id: UserId | None
    ign: str | None
    state: KeyState
    used_at: datetime
    revision: int
    """Counted up by each change; a button carries the one that it was drawn with."""


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who offered a key in the run."""

    user_id: UserId
    ign: str | None
    key: str


class KeyLog(msgspec.Struct, frozen=True, kw_only=True):
    """The used keys of a run, and who may have used them."""

    run_id: RunId
    dungeon: str
    uses: list[KeyUse]
    holders: list[Holder]

    @property
    def unnamed(self) -> int:
        """How many keys nobody has named."""
        return sum(1 for one in self.uses if one.state in {KeyState.OPEN, KeyState.UNKNOWN})


class Unlogged(msgspec.Struct, frozen=True, kw_only=True):
    """A run that is over and has keys without a name."""

    run_id: RunId
    dungeon: str
    leader_id: UserId
    closed_at: datetime
    keys: int


@event
class KeyNamed(Event, frozen=True, kw_only=True):
    """Somebody said whose a key was, or that it was not used, or what it was."""

    run_id: int
    pop_id: int | None
    by: int
    """0: time did it."""
    at: datetime
    key: str
    old_user_id: UserId | None
    user_id: UserId | None
    state: KeyState


class UnknownKeyUse(NotFound):
    """There is no such used key in this guild."""


class NotYourKeys(NotAllowed):
    """Neither a leader of the run nor of a rank that may step in."""


class KeyChanged(Refusal):
    """Somebody else has changed it meanwhile."""


class NoSuchKey(Refusal):
    """The dungeon has no such key."""

    status = 400


class RunGoesOn(Refusal):
    """Keys are logged once the run is over."""
