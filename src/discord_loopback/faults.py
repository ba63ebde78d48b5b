"""What goes wrong on demand."""

import asyncio
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from discord_loopback.errors import ApiError
from discord_loopback.model import Json


@dataclass
class Faults:
    """Latency and failures of the API, and dropped, doubled or reordered events of the gateway."""

    latency_ms: float = 0
    fail: list[Json] = field(default_factory=list[Json])
    drop_events: int = 0
    double_events: int = 0
    reorder_events: int = 0

    def set(self, body: Json) -> None:
        """Take over what a request names; the rest stays."""
        self.latency_ms = float(body.get("latency_ms", self.latency_ms) or 0)
        self.fail = [dict(each) for each in body.get("fail") or self.fail]
        self.drop_events = int(body.get("drop_events", self.drop_events) or 0)
        self.double_events = int(body.get("double_events", self.double_events) or 0)
        self.reorder_events = int(body.get("reorder_events", self.reorder_events) or 0)

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
                raise ApiError(0, "Loopback fault", status=fault.get("status", 500))

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
