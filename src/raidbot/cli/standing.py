"""How a process stands while a fault lasts that no restart heals: told on /health, logged once, tried again."""

import random
from dataclasses import dataclass

import structlog

log: structlog.stdlib.BoundLogger = structlog.get_logger()

LONGEST_PAUSE_S = 900.0
"""Between two tries that cost somebody something, as logins do."""

LONGEST_LOCAL_PAUSE_S = 30.0
"""Between two tries that cost nobody anything, as those of a database of our own."""


@dataclass
class Standing:
    """Why a process does not do its work, if it does not."""

    reason: str | None = "It is starting."
    blameless: bool = False
    """The process is as well as can be: what it waits for is out of everybody's hands here."""

    @property
    def fault(self) -> str | None:
        """What makes it unhealthy, if anything does."""
        return None if self.blameless else self.reason

    def broken(self, reason: str, *, blameless: bool = False) -> None:
        """Take in a fault; the same one again is no line in the log."""
        if reason != self.reason:
            log.warning("Out of service", reason=reason)
        self.reason, self.blameless = reason, blameless

    def well(self) -> None:
        """Take in that it works."""
        if self.reason is not None:
            log.info("In service")
        self.reason, self.blameless = None, False


@dataclass
class Pauses:
    """Pauses between tries: twice as long each time, and a part left to chance so that processes spread."""

    longest_s: float = LONGEST_PAUSE_S
    tries: int = 0

    def next_s(self) -> float:
        """Return how long to wait now."""
        pause = min(2.0**self.tries, self.longest_s)
        self.tries += 1
        return pause * random.uniform(0.75, 1)  # noqa: S311 - nobody gains by guessing it

    def again(self) -> None:
        """Begin anew with short pauses, because it worked."""
        self.tries = 0
