"""How much goes on just now, for whoever is about to restart something."""

import msgspec


class Busy(msgspec.Struct, frozen=True):
    """What a restart would hold up, in all guilds together."""

    runs: int
    """Open or live."""
    raiders: int
    """In them."""

    @property
    def words(self) -> str:
        """What the operator reads: `3 live runs, 120 raiders`."""
        return f"{_many(self.runs, 'live run')}, {_many(self.raiders, 'raider')}"


def _many(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
