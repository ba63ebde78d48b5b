"""The nouns of the watch list."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, NewType, Protocol

import msgspec

from raidbot.core.errors import NotFound, Refusal
from raidbot.core.ids import UserId

WatchId = NewType("WatchId", int)
"""Our own number of an entry."""

WATCH_HIT = "watch_hit"
"""The notice that somebody on the list turned up."""

LONGEST = 500
"""Characters of a reason, and of evidence."""


class Effect(StrEnum):
    """What happens when somebody on the list turns up. Its values are those of `watch.effect` in the database."""

    ALERT = "alert"
    """Security is told."""
    REVIEW = "review"
    """Security is told, and verifies them by hand."""
    REFUSE = "refuse"
    """They are not verified."""


class Occasion(StrEnum):
    """What somebody on the list turned up at."""

    VERIFY = "verify"
    EDIT_NAME = "editname"
    ADD_ALT = "addalt"
    JOIN = "join"
    HISTORY = "history"
    """RealmEye tells what they were called before."""


class Suspect(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to look out for, and why."""

    user_id: UserId | None = None
    ign: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST)]
    evidence: Annotated[str, msgspec.Meta(max_length=LONGEST)] = ""
    effect: Effect = Effect.ALERT
    until: datetime | None = None
    """Null: until somebody takes it away."""


class Watch(Suspect, frozen=True, kw_only=True):
    """An entry of the list."""

    id: WatchId
    added_by: UserId
    added_at: datetime


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who turned up, with the names that they claim; after the first one, those that they had before."""

    user_id: UserId
    names: list[str] = []
    occasion: Occasion


class Claim(Protocol):
    """That a name is somebody's."""

    @property
    def user_id(self) -> UserId:
        """Whose."""
        ...

    @property
    def ign(self) -> str:
        """The name."""
        ...


class Unreadable(msgspec.Struct, frozen=True):
    """A line of a file that cannot be taken in."""

    line: int
    why: str


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a file."""

    added: int
    known: int
    """So many were on the list already, and stay as they are."""
    unreadable: list[Unreadable]


class NobodyNamed(Refusal):
    """An entry without account and name."""

    status = 400


class NoIgn(Refusal):
    """No raider of the game can be called that."""

    status = 400


class AlreadyWatched(Refusal):
    """They are on the list."""


class AlreadyOver(Refusal):
    """The end lies in the past."""

    status = 400


class NotADay(Refusal):
    """What was typed is no day."""

    status = 400


class NoSuchWatch(NotFound):
    """The list has no such entry."""


class OnWatchList(Refusal):
    """The list says that they are not verified."""
