"""What goes wrong on demand."""

import asyncio
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from discord_loopback.buckets import too_many
from discord_loopback.errors import ApiError
from discord_loopback.model import Json

TOO_MANY = 429
INVALID_REQUESTS = 10_000
"""Requests answered 401, 403 or 429 after which an address is shut out. docs: Rate Limits, Invalid Request Limit."""


@dataclass
class Faults:
    """Latency and failures of the API, dropped or doubled events of the gateway, and a shorter patience."""

    latency_ms: float = 0
    fail: list[Json] = field(default_factory=list[Json])
    drop_events: int = 0
    double_events: int = 0
    invalid_requests: int = INVALID_REQUESTS

    def set(self, body: Json) -> None:
        """Take over what a request names; the rest stays."""
        self.latency_ms = float(body.get("latency_ms", self.latency_ms) or 0)
        self.fail = [dict(each) for each in body.get("fail") or self.fail]
        self.drop_events = int(body.get("drop_events", self.drop_events) or 0)
        self.double_events = int(body.get("double_events", self.double_events) or 0)
        self.invalid_requests = int(body.get("invalid_requests") or self.invalid_requests)

    def clear(self) -> None:
        """Let everything go well again."""
        self.__init__()

    async def strike(self, method: str, path: str) -> None:
        """Delay or fail a request.

        Raises:
            ApiError: it was told to fail.
        """
        if self.latency_ms:
            await asyncio.sleep(self.latency_ms / 1000)
        for fault in self.fail:
            if fault.get("times", 1) > 0 and fnmatchcase(f"{method} {path}", fault["route"]):
                fault["times"] = fault.get("times", 1) - 1
                raise _failure(fault)

    def copies(self) -> int:
        """Return how often the next event is sent: not at all, once, or twice."""
        if self.drop_events > 0:
            self.drop_events -= 1
            return 0
        if self.double_events > 0:
            self.double_events -= 1
            return 2
        return 1


def _failure(fault: Json) -> ApiError:
    """Return what a request fails with: an error of Discord's by its `code`, or just a `status`."""
    status, code = fault.get("status"), fault.get("code")
    if status == TOO_MANY:
        return too_many(float(fault.get("retry_after", 1)), fault.get("scope", "user"), code)
    return ApiError(code) if code else ApiError(0, "Loopback fault", status=status or 500)
