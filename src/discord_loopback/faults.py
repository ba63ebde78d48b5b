"""What goes wrong on demand."""

import asyncio
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Generic, TypeVar

from discord_loopback import asks
from discord_loopback.buckets import too_many
from discord_loopback.errors import ApiError

R = TypeVar("R", asks.Slow, asks.Fail, asks.Limit)


@dataclass
class Counted(Generic[R]):
    """A rule for the requests on some routes, and how often it still applies."""

    rule: R
    left: float

    def strikes(self, request: str) -> bool:
        """Tell whether this request is meant, and count it."""
        if self.left <= 0 or not fnmatchcase(request, self.rule.route):
            return False
        self.left -= 1
        return True


def _counted(listed: list[R]) -> list[Counted[R]]:
    return [Counted(each, float("inf") if each.times is None else each.times) for each in listed]


INVALID_REQUESTS = 10_000
"""Requests answered 401, 403 or 429 after which an address is shut out. docs: Rate Limits, Invalid Request Limit."""


@dataclass
class Faults:
    """Latency and failures of the API and the CDN, lost, doubled and swapped events, and a shorter patience."""

    latency_ms: float = 0
    cdn_ms: float = 0
    slow: list[Counted[asks.Slow]] = field(default_factory=list[Counted[asks.Slow]])
    fail: list[Counted[asks.Fail]] = field(default_factory=list[Counted[asks.Fail]])
    limit: list[Counted[asks.Limit]] = field(default_factory=list[Counted[asks.Limit]])
    drop_events: int = 0
    double_events: int = 0
    invalid_requests: int = INVALID_REQUESTS
    reorder_events: int = 0

    def set(self, ask: asks.SetFaults) -> None:
        """Take over what a request names; the rest stays."""
        for name in (
            "latency_ms",
            "cdn_ms",
            "drop_events",
            "double_events",
            "reorder_events",
            "invalid_requests",
        ):
            if (value := getattr(ask, name)) is not None:
                setattr(self, name, value)
        self.slow = self.slow if ask.slow is None else _counted(ask.slow)
        self.fail = self.fail if ask.fail is None else _counted(ask.fail)
        self.limit = self.limit if ask.limit is None else _counted(ask.limit)

    def clear(self) -> None:
        """Let everything go well again."""
        self.__init__()

    async def strike(self, method: str, path: str) -> None:
        """Delay or refuse a request.

        Raises:
            ApiError: it was told to fail, or to come too soon.
        """
        request = f"{method} {path}"
        if wait := self.latency_ms + sum(each.rule.ms for each in self.slow if each.strikes(request)):
            await asyncio.sleep(wait / 1000)
        if failing := next((each.rule for each in self.fail if each.strikes(request)), None):
            raise ApiError(failing.code) if failing.code else ApiError(0, "Loopback fault", status=failing.status)
        if limited := next((each.rule for each in self.limit if each.strikes(request)), None):
            raise too_many(limited.retry_after, limited.scope, limited.code)

    async def delay_file(self) -> None:
        """Delay a file of the CDN."""
        if self.cdn_ms:
            await asyncio.sleep(self.cdn_ms / 1000)

    def holds(self) -> bool:
        """Tell whether the next event waits until the one after it is sent."""
        held = self.reorder_events > 0
        self.reorder_events -= held
        return held

    def copies(self) -> int:
        """Return how often the next event is sent: not at all, once, or twice."""
        if self.drop_events > 0:
            self.drop_events -= 1
            return 0
        if self.double_events > 0:
            self.double_events -= 1
            return 2
        return 1
