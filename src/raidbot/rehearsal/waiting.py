"""Waits of steps that go on while other steps are tried."""

from datetime import datetime, timedelta

from raidbot.core.clock import Clock


class Waits:
    """Who waits for which moment.

    Args:
        clock: Tells the time and sleeps.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.expected = 0
        """How many steps are not finished yet."""
        self._until: list[datetime] = []

    @property
    def all_wait(self) -> bool:
        """Whether nothing happens until the clock has moved."""
        return 0 < self.expected == len(self._until)

    @property
    def next_at(self) -> datetime | None:
        """When the first of them goes on."""
        return min(self._until, default=None)

    async def wait(self, seconds: float) -> None:
        """Wait that long."""
        moment = self.clock.now() + timedelta(seconds=seconds)
        self._until.append(moment)
        try:
            await self.clock.sleep_until(moment)
        finally:
            self._until.remove(moment)
