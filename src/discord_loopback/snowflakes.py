"""Ids that carry their moment of birth. docs: API Reference, Snowflakes."""

from discord_loopback.clock import Clock

EPOCH_MS = 1_420_070_400_000
"""The first second of 2015."""


class Snowflakes:
    """Hands out ids that only grow."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def new(self) -> int:
        """Return an id that is larger than all before."""
        born = (int(self._clock.now() * 1000) - EPOCH_MS) << 22
        self._last = max(self._last + 1, born)
        return self._last

    def used(self, snowflake: int) -> None:
        """Never hand out ids up to this one."""
        self._last = max(self._last, snowflake)


def born_at(snowflake: int) -> float:
    """Return the moment an id was made, in seconds since 1970."""
    return ((snowflake >> 22) + EPOCH_MS) / 1000
