"""What goes wrong on demand, and what is counted."""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

import msgspec


class Mode(StrEnum):
    """How the site can be in trouble."""

    SLOW = "slow"
    STATUS = "status"
    HALF = "half"
    """A page is cut off in the middle, as if it were whole."""
    TORN = "torn"
    """The connection breaks in the middle of a page."""
    REBUILT = "rebuilt"
    """The markup is another one: no class and no id is called as before."""
    ELSEWHERE = "elsewhere"
    """It sends its visitors to another host."""
    ENDLESS = "endless"
    """A page that never ends."""


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of trouble, for the next pages or until it is cleared."""

    mode: Mode
    times: Annotated[int, msgspec.Meta(ge=1)] | None = None
    """For so many pages. None: until it is cleared."""
    seconds: float = 0
    """How slow, unless it is over sooner: pages that are waited for then come at once."""
    status: int = 503
    retry_after: str | None = None
    """As the header says it: seconds, or a date."""


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One page that was asked for."""

    path: str
    agent: str
    began: float
    """In seconds of this machine's steady clock."""
    ended: float


class Stats(msgspec.Struct, frozen=True, kw_only=True):
    """How visitors behaved."""

    visits: list[Visit]
    """In the order in which they ended."""
    most_at_once: int


@dataclass
class Book:
    """Who asked for what, and what is to go wrong next."""

    visits: list[Visit] = field(default_factory=list[Visit])
    most_at_once: int = 0
    at_once: int = 0
    trouble: Trouble | None = None
    left: int | None = None
    """How many pages the trouble is still for."""
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the trouble that there is now is over."""

    def set(self, trouble: Trouble | None) -> None:
        """Let something go wrong from now on, or nothing; what went wrong before is over."""
        self.over.set()
        self.over = asyncio.Event()
        self.trouble = trouble
        self.left = trouble.times if trouble else None

    def forget(self) -> None:
        """Count from nothing."""
        self.visits.clear()
        self.most_at_once = self.at_once

    def next_trouble(self) -> Trouble | None:
        """Return what goes wrong with the page that is asked for now."""
        if self.trouble is None or self.left is None:
            return self.trouble
        if self.left == 0:
            return None
        self.left -= 1
        return self.trouble

    def enter(self) -> float:
        """Count somebody in, and return the time."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        return time.monotonic()

    def leave(self, path: str, agent: str, began: float) -> None:
        """Count somebody out."""
        self.at_once -= 1
        self.visits.append(Visit(path=path, agent=agent, began=began, ended=time.monotonic()))

    def stats(self) -> Stats:
        """Return how visitors behaved."""
        return Stats(visits=self.visits, most_at_once=self.most_at_once)

    async def delay(self, trouble: Trouble | None) -> None:
        """Take the time that a slow site takes, at the most until it is slow no more."""
        if trouble is not None and trouble.mode is Mode.SLOW:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.over.wait(), trouble.seconds)
