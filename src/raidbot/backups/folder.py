"""The folder of backups: a file appears in it whole or not at all, whenever the power goes."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from raidbot.backups.model import Backup, BackupFault, Sheet, read_name, sheet_of
from raidbot.backups.sealing import seal, unseal

PART = ".part"
"""The ending of a file that is being written. Its writer holds a lock on it; without a writer it is rubbish."""

PIECE = 1 << 20


class Folder:
    """Where backups lie.

    Args:
        path: The folder, made when the first one is written.
        key: What new ones are sealed with, and sealed ones read with.
    """

    def __init__(self, path: Path, key: str | None = None) -> None:
        self.path = path
        self.key = key

    def backups(self) -> list[Backup]:
        """Return all backups, the newest first."""
        if not self.path.is_dir():
            return []
        found = (read_name(file, file.stat().st_size, _sheet(file)) for file in self.path.glob("raidbot-*.dump*"))
        return sorted((one for one in found if one), key=lambda one: one.taken_at, reverse=True)

    def find(self, name: str) -> Backup:
        """Return the backup with that name, or the newest for `latest`.

        Raises:
            BackupFault: there is none.
        """
        found = [one for one in self.backups() if name in {"latest", one.name, one.name.partition(".")[0]}]
        if not found:
            raise BackupFault(f"There is no backup {name} in {self.path}. See: raidbot backup --list")
        return found[0]

    def free(self) -> int:
        """Return how many bytes are free on the folder's disk."""
        there = next(one for one in (self.path, *self.path.parents) if one.exists())
        return shutil.disk_usage(there).free

    def write(self, name: str, content: Iterable[bytes]) -> tuple[int, str]:
        """Write a backup's file, sealed if there is a key; return its size and SHA-256.

        Raises:
            BackupFault: it cannot be written; no half file is left under its name.
        """
        try:
            if not self.path.exists():
                self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
                _give(self.path, self.path.parent)
            return self._write(self.path / name, seal(content, self.key) if self.key else content)
        except OSError as fault:
            raise BackupFault(f"{self.path / name} cannot be written: {fault.strerror}.") from fault

    def keep_sheet(self, file: Path, sheet: Sheet) -> None:
        """Write or replace the sheet of a backup."""
        self._write(sheet_of(file), [msgspec.json.format(msgspec.json.encode(sheet)) + b"\n"])

    def read(self, backup: Backup) -> Iterator[bytes]:
        """Return a backup's plain content, piece by piece.

        Raises:
            BackupFault: it is sealed and there is no key or another one, or it is not what was written.
        """
        if not backup.sealed:
            with backup.file.open("rb") as file:
                while piece := file.read(PIECE):
                    yield piece
        elif self.key:
            with backup.file.open("rb") as file:
                yield from unseal(file, self.key)
        else:
            raise BackupFault(f"{backup.name} is sealed. Set BACKUP_KEY to the key it was sealed with.")

    def check(self, backup: Backup) -> None:
        """Check that a file is still what was written.

        Raises:
            BackupFault: it is not.
        """
        with backup.file.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if backup.sheet and found != backup.sheet.sha256:
            raise BackupFault(f"{backup.name} is not what was written: its SHA-256 differs. Take another backup.")

    def remove(self, backup: Backup) -> None:
        """Delete a backup, its sheet last."""
        backup.file.unlink(missing_ok=True)
        backup.sheet_file.unlink(missing_ok=True)

    def sweep(self) -> None:
        """Delete what writers that were killed left behind."""
        for part in self.path.glob(f"*{PART}"):
            opened = os.open(part, os.O_RDWR)
            try:
                fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
                part.unlink()
            except BlockingIOError:
                continue
            finally:
                os.close(opened)

    def _write(self, file: Path, content: Iterable[bytes]) -> tuple[int, str]:
        part = file.with_name(file.name + PART)
        part.unlink(missing_ok=True)
        digest, size = hashlib.sha256(), 0
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            fcntl.flock(opened, fcntl.LOCK_EX)
            try:
                _give(opened.fileno(), file.parent)
                for piece in content:
                    opened.write(piece)
                    digest.update(piece)
                    size += len(piece)
                opened.flush()
                os.fsync(opened.fileno())
                part.rename(file)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
        _sync(file.parent)
        return size, digest.hexdigest()


def _give(made: Path | int, folder: Path) -> None:
    """Let what root makes belong to the owner of its folder: the part that keeps backups by the clock is not root."""
    if os.geteuid() == 0:
        had = folder.stat()
        os.chown(made, had.st_uid, had.st_gid)


def _sync(folder: Path) -> None:
    """Write a folder's names through to the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _sheet(file: Path) -> Sheet | None:
    try:
        return msgspec.json.decode(sheet_of(file).read_bytes(), type=Sheet)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
