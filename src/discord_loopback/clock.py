"""Two clocks: the real one for deadlines, and one that may run ahead for ages and lives."""

import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path


class Clock:
    """Tells the time, ahead by what a shared file says.

    Args:
        shift_file: A text file with one number, the seconds to run ahead. It may not exist yet.
    """

    def __init__(self, shift_file: Path | None = None) -> None:
        self._file = shift_file
        self._shift = 0.0

    @property
    def shift(self) -> float:
        """The seconds this clock runs ahead of the machine's."""
        if self._file is None:
            return self._shift
        with suppress(FileNotFoundError, ValueError):  # not written yet, or being written: the last value holds
            # Read each time: two writes within one tick of the file system's clock leave the same time of change.
            self._shift = float(self._file.read_bytes())
        return self._shift

    def advance(self, seconds: float) -> float:
        """Run further ahead, tell the other processes through the file, and return the new shift."""
        self._shift = self.shift + seconds
        if self._file is not None:
            self._file.write_text(f"{self._shift}\n")
        return self._shift

    def now(self) -> float:
        """Return the shifted time in seconds since 1970."""
        return time.time() + self.shift

    @staticmethod
    def elapsed() -> float:
        """Return real seconds since an arbitrary moment, for deadlines and rate limits."""
        return time.monotonic()


def timestamp(seconds: float) -> str:
    """Write a moment as Discord does: ISO 8601 with microseconds and an offset."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def parse_timestamp(text: str) -> float:
    """Read a moment in ISO 8601."""
    return datetime.fromisoformat(text).timestamp()


def earlier(seconds: float, before: str | None) -> bool:
    """Tell whether a moment is before one in ISO 8601, as exactly as such texts are."""
    return before is None or timestamp(seconds) < timestamp(parse_timestamp(before))
