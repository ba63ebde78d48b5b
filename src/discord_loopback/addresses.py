"""Addresses that ask for too much that is refused, and are shut out. docs: Rate Limits, Invalid Request Limit."""

from collections import deque
from dataclasses import dataclass, field

from aiohttp import web

from discord_loopback.clock import Clock

WITHIN = 600.0
"""Seconds in which refused requests are counted."""
SHUT_OUT = 3600.0
"""Seconds an address stays out. The page says "temporarily"; others report an hour and more, to confirm."""
INVALID = (401, 403, 429)


@dataclass
class Addresses:
    """What was refused to whom lately, on the shifted clock."""

    clock: Clock
    refused: dict[str, deque[float]] = field(default_factory=dict[str, deque[float]])
    out_until: dict[str, float] = field(default_factory=dict[str, float])

    def is_out(self, address: str) -> bool:
        """Tell whether an address is shut out."""
        until = self.out_until.get(address)
        if until is not None and until <= self.clock.now():
            del self.out_until[address]
        return address in self.out_until

    def note(self, address: str, status: int, *, shared: bool, most: int) -> None:
        """Count an answer, and shut its address out if it was one too many."""
        if status not in INVALID or shared:
            return
        now = self.clock.now()
        times = self.refused.setdefault(address, deque())
        times.append(now)
        while times[0] <= now - WITHIN:
            times.popleft()
        if len(times) > most:
            times.clear()
            self.out_until[address] = now + SHUT_OUT

    def door(self, address: str) -> web.Response:
        """Return what one who is shut out reads: a page of Cloudflare's, without the header that Discord's have."""
        wait = int(self.out_until[address] - self.clock.now()) + 1
        return web.Response(
            status=429, text="error code: 1015", headers={"Retry-After": str(wait), "Server": "cloudflare"}
        )

    def forgive(self) -> None:
        """Let everyone in again."""
        self.refused.clear()
        self.out_until.clear()
