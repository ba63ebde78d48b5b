"""How fast messages of one channel may be posted and edited, so that Discord never has to say no."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

import discord

from raidbot.core.clock import Clock
from raidbot.core.ids import ChannelId, MessageId

MARGIN = 1.05
"""Windows are kept a little longer than Discord's: requests do not all travel equally long."""

OLD_AFTER_S = 3600
"""Edits of messages older than this share a second, smaller budget. Discord answers 30046 above it."""

REMEMBERED = 500
"""So many channels' turns are remembered before idle ones are forgotten."""


class Window:
    """So many acts in any so many seconds."""

    def __init__(self, amount: int, seconds: float) -> None:
        self.amount = amount
        self.seconds = seconds
        self._taken: deque[float] = deque()

    def wait(self, now: float) -> float:
        """Return in how many seconds the next act is possible; 0 means now."""
        while self._taken and self._taken[0] <= now - self.seconds:
            self._taken.popleft()
        if len(self._taken) < self.amount:
            return 0.0
        return self._taken[-self.amount] + self.seconds - now

    def take(self, now: float) -> None:
        """Count one act."""
        self._taken.append(now)

    def is_idle(self, now: float) -> bool:
        """Tell whether nothing happened in it lately."""
        return not self._taken or self._taken[-1] <= now - self.seconds


@dataclass(slots=True)
class ChannelPace:
    """The budget of edits in one channel.

    Status and location changes take what is free. Everything else keeps a distance, so that a crowd of counts, or of
    repairs after an absence, never leaves a status change waiting for longer than the next free place. Five edits at
    once would besides hold up all other messages: discord.py waits in the fifth until the channel has room again.
    """

    edits: Window = field(default_factory=lambda: Window(5, 5 * MARGIN))
    old_edits: Window = field(default_factory=lambda: Window(3, 6 * MARGIN))
    next_spaced: float = 0.0
    blocked_until: float = 0.0

    def wait(self, now: float, *, old: bool, spaced: bool) -> float:
        """Return in how many seconds an edit is possible; 0 means now."""
        waits = [self.edits.wait(now), self.blocked_until - now]
        if old:
            waits.append(self.old_edits.wait(now))
        if spaced:
            waits.append(self.next_spaced - now)
        return max(0.0, *waits)

    def take(self, now: float, *, old: bool) -> None:
        """Count one edit."""
        self.edits.take(now)
        if old:
            self.old_edits.take(now)
        self.next_spaced = now + self.edits.seconds / self.edits.amount

    def learn(self, now: float, limit: int, remaining: int, reset_after: float) -> None:
        """Take over what Discord's answer says about the budget of edits."""
        self.edits.amount = max(1, limit)
        if remaining <= 0:
            self.blocked_until = max(self.blocked_until, now + reset_after)


class Turns:
    """Who may post next in which channel: five messages in five seconds each, in the order of asking.

    Seen in Discord's headers, to confirm; its answers correct the figure.

    Args:
        clock: Waits.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._windows: dict[ChannelId, Window] = {}
        self._lines: dict[ChannelId, asyncio.Lock] = {}

    async def take(self, channel_id: ChannelId) -> None:
        """Wait until a message may be posted in a channel, and count it."""
        self._forget()
        window = self._windows.setdefault(channel_id, Window(5, 5 * MARGIN))
        async with self._lines.setdefault(channel_id, asyncio.Lock()):
            while (wait := window.wait(_now())) > 0:
                await self._clock.sleep(wait)
            window.take(_now())

    def learn(self, channel_id: ChannelId, limit: int) -> None:
        """Take over how many messages Discord takes from a channel."""
        if window := self._windows.get(channel_id):
            window.amount = max(1, limit)

    def _forget(self) -> None:
        """Forget channels in which nobody has posted for a while: threads are many."""
        if len(self._windows) > REMEMBERED:
            now = _now()
            idle = [one for one, window in self._windows.items() if window.is_idle(now) and not self._busy(one)]
            for one in idle:
                del self._windows[one], self._lines[one]

    def _busy(self, channel_id: ChannelId) -> bool:
        return self._lines[channel_id].locked()


def _now() -> float:
    return asyncio.get_running_loop().time()


def is_old(message_id: MessageId, now: float) -> bool:
    """Tell whether a message counts as old at a time given in seconds of the epoch."""
    return now - discord.utils.snowflake_time(message_id).timestamp() > OLD_AFTER_S
