"""How often and how fast sessions may start. docs: Gateway, Session Start Limit Object; Max Concurrency."""

from dataclasses import dataclass

from discord_loopback.buckets import Buckets, Limit
from discord_loopback.clock import Clock
from discord_loopback.model import Json

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Terms:
    """What the gateway asks of its clients. The defaults are what Discord asks of a small bot."""

    heartbeat_ms: int = 41_250
    """docs: Gateway, Hello Event shows 45000; 41250 is what is seen."""
    shards: int = 1
    """How many it recommends."""
    max_concurrency: int = 1
    identify_seconds: float = 5.0
    identifies: int = 1000
    denied: int = 0
    """Privileged intents that are not switched on for the application."""


class Starts:
    """Counts identifies, in real time by bucket and on the shifted clock by day."""

    def __init__(self, clock: Clock, terms: Terms) -> None:
        self.terms = terms
        self._clock = clock
        self._buckets = Buckets(clock)
        self._used = 0
        self._resets_at = 0.0

    def spend(self) -> bool:
        """Count an identify against the day's, and tell whether there was one left."""
        now = self._clock.now()
        if now >= self._resets_at:
            self._used, self._resets_at = 0, now + DAY
        self._used += 1
        return self._used <= self.terms.identifies

    def in_turn(self, shard: int) -> bool:
        """Tell whether a shard may start now, and take its turn."""
        turn = Limit(1, self.terms.identify_seconds)
        return self._buckets.take(shard % self.terms.max_concurrency, turn).allowed

    def limit(self) -> Json:
        """Return what is left of the day's identifies."""
        left = self._resets_at - self._clock.now()
        return {
            "total": self.terms.identifies,
            "remaining": max(0, self.terms.identifies - (self._used if left > 0 else 0)),
            "reset_after": max(0, int(left * 1000)),
            "max_concurrency": self.terms.max_concurrency,
        }
