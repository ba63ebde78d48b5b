"""What was asked of the API, for tests and for the bench."""

from collections import Counter, deque
from typing import Any

from discord_loopback.model import Json

REMEMBERED = 20_000


class Journal:
    """Remembers the last requests and counts all."""

    def __init__(self) -> None:
        self.next = 1
        self.entries: deque[Json] = deque(maxlen=REMEMBERED)
        self.reset()

    def reset(self) -> None:
        """Count from nothing."""
        self.by_route: dict[str, Counter[str]] = {}
        self.edits: Counter[str] = Counter()
        self.count_429 = 0
        self.invalid = 0

    def note(self, entry: Json, *, shared: bool = False) -> None:
        """Remember a request that was answered."""
        entry["n"] = self.next
        self.next += 1
        self.entries.append(entry)
        status, name = entry["status"], f"{entry['method']} {entry['route']}"
        self.by_route.setdefault(name, Counter())[str(status)] += 1
        if status == 429:  # noqa: PLR2004 - Too Many Requests
            self.count_429 += 1
        # docs: Rate Limits, Invalid Request Limit: 401, 403 and 429, those with scope "shared" excepted
        if status in (401, 403) or (status == 429 and not shared):  # noqa: PLR2004
            self.invalid += 1
        if name == "PATCH /channels/*/messages/*" and status == 200:  # noqa: PLR2004
            self.edits[entry["channel_id"]] += 1

    def after(self, number: int) -> list[Json]:
        """Return the requests with higher numbers."""
        return [entry for entry in self.entries if entry["n"] > number]

    def stats(self) -> dict[str, Any]:
        """Return the counts."""
        return {
            "routes": {name: dict(counts) for name, counts in self.by_route.items()},
            "requests": sum(sum(counts.values()) for counts in self.by_route.values()),
            "count_429": self.count_429,
            "invalid_requests": self.invalid,
            "edits": dict(self.edits),
        }
