"""The time, and waiting for it. Nothing else reads the machine's clock.

In tests all processes share a small file that says by how many seconds their clocks
run ahead, so that a two-hour flow is tried in a moment. A running sleep notices.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

SLICE = 0.05
"""How often, in seconds, a sleep looks at the shared file. Only with such a file."""


class Clock:
    """Tells the time in UTC and sleeps.

    Args:
        shift_file: A text file with one number, the seconds to run ahead. It may not exist yet.
    """

    def __init__(self, shift_file: Path | None = None) -> None:
        self._shift_file = shift_file
        self._shift = timedelta(0)

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC) + self._shift_now()  # noqa: TID251 - the one place

    async def sleep(self, seconds: float) -> None:
        """Wait that long, or until the shared file has moved the clock that far."""
        await self.sleep_until(self.now() + timedelta(seconds=seconds))

    async def sleep_until(self, moment: datetime) -> None:
        """Wait until `moment`. Returns at once when it has passed."""
        while (left := (moment - self.now()).total_seconds()) > 0:  # noqa: ASYNC110 - the file may move the clock at any time
            await asyncio.sleep(min(left, SLICE) if self._shift_file else left)  # noqa: TID251 - the one place
        await asyncio.sleep(0)  # noqa: TID251 - others get their turn even when nothing is left to wait

    def _shift_now(self) -> timedelta:
        if self._shift_file is None:
            return self._shift
        try:
            # Read each time: two writes within one tick of the file system's clock leave the same time of change.
            told = self._shift_file.read_bytes()
        except FileNotFoundError:
            return self._shift
        if told:  # empty while another process writes it; the last value holds
            self._shift = timedelta(seconds=float(told))
        return self._shift
