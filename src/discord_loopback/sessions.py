"""A client's place in the stream of events, which outlives its connection. docs: Gateway, Resuming."""

import secrets
from collections import deque

from discord_loopback.buckets import Buckets
from discord_loopback.clock import Clock
from discord_loopback.lines import Line

REPLAYED, REPLAYED_BYTES = 2_000, 32 << 20
"""What a session keeps for a resume. docs say nothing of it; the figures are made up."""
LIFE = 180.0
"""Seconds a session waits to be resumed, on the shifted clock. docs: "a few minutes"; the figure is made up."""


class Session:
    """What one identify began."""

    def __init__(self, intents: int, shard: tuple[int, int], clock: Clock, large_threshold: int) -> None:
        self.id = secrets.token_hex(16)
        self.intents = intents
        self.shard = shard
        self.large_threshold = large_threshold
        self.seq = 0
        self.limits = Buckets(clock)
        self.line: Line | None = None
        self._clock = clock
        self._sent: deque[bytes] = deque()
        self.size = 0
        self._left_at: float | None = None

    @property
    def over(self) -> bool:
        """Whether nobody came back in time."""
        return self._left_at is not None and self._clock.now() - self._left_at > LIFE

    def has(self, guild_id: int | None) -> bool:
        """Tell whether a guild belongs to this shard; DMs come on shard 0. docs: Gateway, Sharding."""
        number, count = self.shard
        return ((guild_id or 0) >> 22) % count == number

    def dispatch(self, name: str, data: bytes) -> None:
        """Send an event, and keep it for a resume."""
        self.seq += 1
        packet = b'{"op":0,"s":%d,"t":"%s","d":%s}' % (self.seq, name.encode(), data)
        self._sent.append(packet)
        self.size += len(packet)
        while len(self._sent) > REPLAYED or (self.size > REPLAYED_BYTES and len(self._sent) > 1):
            self.size -= len(self._sent.popleft())
        if self.line is not None:
            self.line.put(packet)

    def missed(self, seq: int) -> list[bytes] | None:
        """Return what was sent after a number, or nothing if that is no longer known."""
        count = self.seq - seq
        return list(self._sent)[len(self._sent) - count :] if 0 <= count <= len(self._sent) else None

    def leave(self) -> None:
        """Wait to be resumed."""
        self.line = None
        self._left_at = self._clock.now()

    def attach(self, line: Line) -> None:
        """Speak over a line from now on."""
        self.line = line
        self._left_at = None
