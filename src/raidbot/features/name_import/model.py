"""The nouns of taking over names."""

from enum import StrEnum
from typing import Annotated, NewType

import msgspec

from raidbot.core.errors import NotFound, Refusal
from raidbot.core.ids import UserId

ImportId = NewType("ImportId", int)
"""Our own number of an import."""

Text = Annotated[str, msgspec.Meta(max_length=100)]


class ImportState(StrEnum):
    """How far an import is. Its values are those of `name_import.state` in the database."""

    ASKED = "asked"
    """It is judged, and nothing was written."""
    RUNNING = "running"
    """Lines are taken over, or Discord is being told of them."""
    PAUSED = "paused"
    DONE = "done"
    DROPPED = "dropped"


class LineState(StrEnum):
    """What comes of a line. Its values are those of `name_import_line.state` in the database."""

    NEW = "new"
    KNOWN = "known"
    CONFLICT = "conflict"
    UNREADABLE = "unreadable"
    DONE = "done"


class Said(msgspec.Struct, frozen=True):
    """What a nickname or a line of a file says about a member."""

    user_id: UserId
    text: Text


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A member and the name that is read for them."""

    user_id: UserId
    text: str
    ign: str | None
    state: LineState
    why: str | None


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """An import with its counts."""

    id: ImportId
    begun_by: UserId
    state: ImportState
    counts: dict[LineState, int]
    to_show: int = 0
    """So many changes are still to be made in Discord, of this import and of other bulk."""
    not_allowed: int = 0
    """So many Discord does not allow; `/doctor` says why."""


class UnknownNameImport(NotFound):
    """There is no such import in this guild."""


class ImportGoesOn(Refusal):
    """One import at a time."""


class NotNow(Refusal):
    """The import is not in a state for that."""


class NothingRead(Refusal):
    """A list that was pasted names nobody."""

    status = 400
