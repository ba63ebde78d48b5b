"""A file that only takes room, so that there is some to give back when the disk is full."""

import os
from pathlib import Path

from raidbot.disk.rules import Level, Reading

SIZE = 256_000_000

SPARE = 4
"""The reserve is made where so many times its size is free."""


class Reserve:
    """The reserve in a folder.

    Args:
        folder: On the disk that it is to help.
        size: How many bytes it takes.
    """

    def __init__(self, folder: Path, size: int = SIZE) -> None:
        self.file = folder / "reserve"
        self.size = size

    @property
    def held(self) -> int:
        """How many bytes it takes now."""
        return self.file.stat().st_size if self.file.exists() else 0

    def keep(self, reading: Reading, level: Level) -> None:
        """Make it anew once there is room again."""
        if self.held == self.size or level is not Level.FINE or reading.free < SPARE * self.size:
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        opened = os.open(self.file, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.posix_fallocate(opened, 0, self.size)
        finally:
            os.close(opened)

    def release(self) -> int:
        """Give the room back, and return how much it was."""
        held = self.held
        self.file.unlink(missing_ok=True)
        return held
