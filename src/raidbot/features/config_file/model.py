"""The nouns of a configuration file."""

from enum import StrEnum
from typing import NewType

import msgspec

from raidbot.core.errors import NotFound, Refusal
from raidbot.core.ids import UserId


class SectionShown(msgspec.Struct, frozen=True):
    """A section as it stands in the file."""

    name: str
    about: str
    holds: str
    """What its values are: `roles`, `channels` or `texts`."""
    entries: dict[str, str]


class Written(msgspec.Struct, frozen=True):
    """A value in a file, with the line that it stands in."""

    value: str
    line: int


class Change(msgspec.Struct, frozen=True):
    """A value that a file changes; null was or will be not set."""

    section: str
    holds: str
    name: str
    old: str | None
    new: str | None


class ImportState(StrEnum):
    """How far an import is. Its values are those of `config_import.state` in the database."""

    PREPARED = "prepared"
    APPLIED = "applied"


ImportId = NewType("ImportId", int)
"""Our own number of an import."""


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was read and checked, with what it would change."""

    id: ImportId
    revision: int
    """Counted up whenever the configuration turned out to be another than what the changes were shown for."""
    state: ImportState
    prepared_by: UserId
    changes: list[Change]


class BadConfigFile(Refusal):
    """The file cannot be used; the sentence names the line, the field, and what may stand there."""

    status = 400


class UnknownImport(NotFound):
    """There is no such import."""
