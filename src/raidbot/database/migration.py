"""The files that change the schema, and how a database stands to them.

A file is called `NNNN_<feature>_<what>.sql` and opens with `-- Why:`. The line `-- Transaction: none` among its
first takes it out of its transaction, which CREATE INDEX CONCURRENTLY needs; such a file must be
repeatable, since it may stop half way.
"""

import hashlib
import itertools
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

MIGRATIONS = Path(__file__).with_name("migrations")
FILE_NAME = re.compile(r"(?P<number>[0-9]{4})_[a-z0-9]+(_[a-z0-9]+)+\.sql")


class MigrationFault(Exception):  # noqa: N818 - the name is what the operator is told
    """The schema cannot be migrated; the text names the files and says what to do."""


class Migration(msgspec.Struct, frozen=True):
    """One file."""

    number: int
    name: str
    """The file's name without `.sql`."""
    sql: str
    checksum: str
    in_transaction: bool

    @property
    def statements(self) -> list[str]:
        """The statements, where each ends with a semicolon at the end of a line."""
        parts = re.split(r";[ \t]*$", self.sql, flags=re.MULTILINE)
        return [part for part in parts if any(line and not line.startswith("--") for line in part.split("\n"))]


class Applied(msgspec.Struct, frozen=True):
    """A row of `schema_migration`."""

    number: int
    name: str
    checksum: str
    applied_at: datetime


class Status(msgspec.Struct, frozen=True):
    """How the schema of a database stands to the files of this release. All lists hold names."""

    applied: list[str]
    missing: list[str]
    """Not applied yet."""
    newer: list[str]
    """Applied by a newer release. Harmless: a release runs on the schema of the next one."""
    faults: list[str]
    """What is wrong, a sentence each: files edited, renamed or lost after they were applied."""

    @property
    def is_current(self) -> bool:
        """Whether nothing is to be done."""
        return not (self.missing or self.newer or self.faults)

    @property
    def summary(self) -> str:
        """`current`, or what is not."""
        told = [*self.faults]
        if self.missing:
            told.append(f"{len(self.missing)} missing: {', '.join(self.missing)}")
        if self.newer:
            told.append(f"newer than this release by {len(self.newer)}: {', '.join(self.newer)}")
        return "; ".join(told) or "current"


def load_migrations(folder: Path = MIGRATIONS) -> list[Migration]:
    """Return the migrations of a folder in order.

    Raises:
        MigrationFault: two have one number, a number is left out, or a name is not as it must be.
    """
    found = [_read(file) for file in sorted(folder.glob("*.sql"))]
    faults = [*_twice(found), *_gaps(found), *(f"{one.name}.sql is empty." for one in found if not one.statements)]
    if faults:
        raise MigrationFault(" ".join(faults))
    return found


def compare(known: Sequence[Migration], applied: Sequence[Applied]) -> Status:
    """Compare the files of this release with what a database has."""
    files = {one.number: one for one in known}
    done = {one.number for one in applied}
    last = max(files, default=0)
    return Status(
        applied=[one.name for one in applied],
        missing=[one.name for one in known if one.number not in done],
        newer=[one.name for one in applied if one.number > last],
        faults=[
            *(fault for one in applied if one.number <= last for fault in _differences(one, files[one.number])),
            *_out_of_order(known, done),
        ],
    )


def _read(file: Path) -> Migration:
    named = FILE_NAME.fullmatch(file.name)
    if not named:
        raise MigrationFault(f"{file.name} is not called NNNN_<feature>_<what>.sql.")
    content = file.read_bytes()
    opening = content.decode().splitlines()[:5]
    return Migration(
        number=int(named["number"]),
        name=file.stem,
        sql=content.decode(),
        checksum=hashlib.sha256(content).hexdigest(),
        in_transaction="-- Transaction: none" not in opening,
    )


def _twice(found: Sequence[Migration]) -> Iterator[str]:
    for one, other in itertools.pairwise(found):
        if one.number == other.number:
            yield f"{one.name}.sql and {other.name}.sql have the same number. Give the later one the next free number."


def _gaps(found: Sequence[Migration]) -> Iterator[str]:
    numbers = {one.number for one in found}
    for number in range(1, max(numbers, default=0)):
        if number not in numbers:
            yield f"There is no migration {number:04}. Numbers leave no gap."


def _differences(one: Applied, file: Migration) -> Iterator[str]:
    if one.name != file.name:
        yield f"{one.number:04} was applied as {one.name}, and its file is now called {file.name}. Restore the file."
    elif one.checksum != file.checksum:
        yield f"{one.name}.sql was changed after it was applied. Restore it, and put the change into a new file."


def _out_of_order(known: Sequence[Migration], done: set[int]) -> Iterator[str]:
    last = max(done, default=0)
    for one in known:
        if one.number < last and one.number not in done:
            yield f"{one.name} was never applied, while later ones were. Restore a backup or apply it by hand."
