"""What a backup is: a sealed or plain dump, and a sheet beside it that tells what is inside."""

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import msgspec

STAMP = "%Y%m%dT%H%M%SZ"

NAMED = re.compile(
    r"raidbot-(?P<taken>\d{8}T\d{6}Z)-(?P<kind>hourly|daily|before-update|by-hand)-s(?P<schema>\d{4,})\.dump(?P<sealed>\.sealed)?"
)


class BackupFault(Exception):  # noqa: N818 - the name is what the operator is told
    """A backup cannot be taken, read or put back; the text says why and what to do."""


class Kind(StrEnum):
    """Why a backup was taken."""

    HOURLY = "hourly"
    DAILY = "daily"
    BEFORE_UPDATE = "before-update"
    BY_HAND = "by-hand"


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about a backup besides its name; it is written again when more is known."""

    database: str
    server_major: int
    """PostgreSQL's version that it was taken from, with the tools of the same."""
    schema_name: str
    """The last migration that it holds."""
    size: int
    """Bytes of the file."""
    sha256: str
    """Of the file as it lies there."""
    database_size: int
    """Bytes of the database that it was taken from."""
    took_s: float
    counts: dict[str, int]
    """Rows of each table, counted in the snapshot that was dumped."""
    verified_at: datetime | None = None
    """When it was restored into an empty database and all counts were right."""
    verify_fault: str | None = None
    copied_at: datetime | None = None
    copy_tried_at: datetime | None = None
    copy_fault: str | None = None


class Backup(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a backup folder."""

    file: Path
    taken_at: datetime
    kind: Kind
    schema: int
    """The number of the last migration, 0 without any."""
    sealed: bool
    """Whether it needs `BACKUP_KEY`."""
    size: int
    sheet: Sheet | None
    """None where it is missing, as when the power went between the two files: the dump is whole all the same."""

    @property
    def name(self) -> str:
        """Its file's name."""
        return self.file.name

    @property
    def is_verified(self) -> bool:
        """Whether it was restored once, and all was there."""
        return self.sheet is not None and self.sheet.verified_at is not None

    @property
    def sheet_file(self) -> Path:
        """Where its sheet lies."""
        return sheet_of(self.file)


def file_name(taken_at: datetime, kind: Kind, schema: int, *, sealed: bool) -> str:
    """Return what a backup is called."""
    ending = ".dump.sealed" if sealed else ".dump"
    return f"raidbot-{taken_at.astimezone(UTC).strftime(STAMP)}-{kind}-s{schema:04}{ending}"


def sheet_of(file: Path) -> Path:
    """Return where the sheet of a backup's file lies."""
    return file.with_name(file.name.partition(".")[0] + ".json")


def read_name(file: Path, size: int, sheet: Sheet | None) -> Backup | None:
    """Return the backup that a file is by its name, or None."""
    named = NAMED.fullmatch(file.name)
    if not named:
        return None
    return Backup(
        file=file,
        taken_at=datetime.strptime(named["taken"], STAMP).replace(tzinfo=UTC),
        kind=Kind(named["kind"]),
        schema=int(named["schema"]),
        sealed=named["sealed"] is not None,
        size=size,
        sheet=sheet,
    )


def age(since: timedelta) -> str:
    """Return a length of time in two units: `3 h 12 min`."""
    minutes = max(0, int(since.total_seconds() // 60))
    hours, days = minutes // 60, minutes // (24 * 60)
    if days:
        return f"{days} d {hours % 24} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


def amount(size: int) -> str:
    """Return bytes as a person reads them: `12.4 MB`."""
    value, unit = float(size), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 1000:  # noqa: PLR2004 - what a prefix means
            break
        value, unit = value / 1000, larger
    return f"{value:.0f} B" if unit == "B" else f"{value:.1f} {unit}"
