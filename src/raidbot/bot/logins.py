"""Counting logins over restarts: Discord resets a token that logs in too often. docs: Gateway, Session Start Limit."""

import re
from datetime import datetime, timedelta
from fcntl import LOCK_EX, flock
from pathlib import Path

import structlog

from raidbot.core.clock import Clock

log: structlog.stdlib.BoundLogger = structlog.get_logger()

MOST_A_DAY = 200
"""Far below Discord's 1,000, so that several processes and a bad day leave enough to come back with."""

DAY = timedelta(days=1)

LINE = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00")
"""A line that a power cut did not cut off."""


class LoginRefused(Exception):  # noqa: N818 - the name is what happened
    """Discord does not let the bot in, or the bot had better not try. No restart heals it."""


class Logins:
    """The logins of the last day, kept in a file that outlives the process and is shared by all that name it.

    Args:
        file: Where they are kept. One that cannot be written is told once, and this process counts by itself.
        clock: Tells when a day is over.
        most: So many are allowed within a day.
    """

    def __init__(self, file: Path, clock: Clock, most: int = MOST_A_DAY) -> None:
        self._file = file
        self._clock = clock
        self._most = most
        self._own: list[datetime] = []
        self._can_write = True

    def take(self) -> None:
        """Count one login.

        Raises:
            LoginRefused: there were too many within a day.
        """
        now = self._clock.now()
        try:
            self._take_from_file(now)
        except OSError as fault:
            if self._can_write:
                log.warning("Logins are counted for this process alone", file=str(self._file), reason=str(fault))
                self._can_write = False
            self._own = [*self._allowed(self._own, now), now]

    def _take_from_file(self, now: datetime) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a+", encoding="ascii") as kept:
            flock(kept, LOCK_EX)
            kept.seek(0)
            lines = filter(LINE.fullmatch, kept.read().splitlines())
            recent = self._allowed([datetime.fromisoformat(line) for line in lines], now)
            kept.truncate(0)
            kept.write("".join(f"{one.isoformat()}\n" for one in [*recent, now]))

    def _allowed(self, taken: list[datetime], now: datetime) -> list[datetime]:
        recent = [one for one in taken if one > now - DAY]
        if len(recent) >= self._most:
            free = min(recent) + DAY
            raise LoginRefused(
                f"The bot logged in {len(recent)} times within a day and waits until {free:%Y-%m-%d %H:%M} UTC, "
                "because Discord resets a token after 1,000. Something makes it log in again and again: see its log."
            )
        return recent
