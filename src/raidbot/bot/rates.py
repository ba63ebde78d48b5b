"""How fast one member may act. Shared between bot processes through Redis, in-process without it."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from raidbot.bot.pace import Window
from raidbot.core.errors import TooFast
from raidbot.core.ids import GuildId, UserId

if TYPE_CHECKING:
    from raidbot.bot.shared_rates import SharedRates

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Bucket:
    """So many acts in so many seconds, for one member of one guild."""

    name: str
    amount: int
    seconds: int


PARTICIPATION = Bucket("participation", 3, 10)
ORGANIZING = Bucket("organizing", 30, 10)
"""Staff work: a fast person does not meet it."""
COMMAND = Bucket("command", 5, 10)
CONFIGURATION = Bucket("configuration", 20, 10)
INFORMATION = Bucket("information", 10, 15)


class LocalRates:
    """Counts acts in this process alone.

    Not by the library that counts in Redis: its memory never forgets a member, and goes through all of them after an
    act, by way of a thread. With 36,000 members that took 8 ms of CPU an act, with 1,000 still 2 ms.

    Args:
        now: Tells seconds that never go back.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._windows = OrderedDict[tuple[str, GuildId, UserId], Window]()
        """Who acted last stands last."""

    def __len__(self) -> int:
        """How many are counted."""
        return len(self._windows)

    def hit(self, bucket: Bucket, guild_id: GuildId, user_id: UserId) -> float:
        """Count one act; return 0, or in how many seconds there is room where there is none."""
        now, who = self._now(), (bucket.name, guild_id, user_id)
        self._forget(now)
        window = self._windows.get(who) or Window(bucket.amount, bucket.seconds)
        wait = window.wait(now)
        if not wait:
            window.take(now)
            self._windows[who] = window
            self._windows.move_to_end(who)
        return wait

    def _forget(self, now: float) -> None:
        while self._windows and next(iter(self._windows.values())).is_idle(now):
            self._windows.popitem(last=False)


class Rates:
    """Counts acts in a moving window. A refused act is not counted against the next one.

    Args:
        redis_url: Where processes share their counts; none counts in this process alone.
    """

    def __init__(self, redis_url: str | None = None) -> None:
        self._local = LocalRates()
        self._shared = _shared(redis_url) if redis_url else None

    async def check(self, bucket: Bucket, guild_id: GuildId, user_id: UserId) -> None:
        """Count one act.

        Raises:
            TooFast: the bucket is full; the sentence says when again.
        """
        wait = await self._full_for(bucket, guild_id, user_id)
        if wait:
            seconds = math.ceil(wait)
            raise TooFast(f"That was a bit fast. Press again in {seconds} s.", retry_after=seconds)

    async def close(self) -> None:
        """Close the connections to Redis."""
        if self._shared is not None:
            await self._shared.close()

    async def _full_for(self, bucket: Bucket, guild_id: GuildId, user_id: UserId) -> float:
        """Count one act; return 0, or in how many seconds there is room where there is none."""
        if self._shared is not None:
            try:
                return await self._shared.hit(bucket, guild_id, user_id)
            except ConnectionError as away:
                log.warning("Redis is away: rate limits are counted in this process alone", reason=str(away))
        return self._local.hit(bucket, guild_id, user_id)


def _shared(redis_url: str) -> "SharedRates":
    from raidbot.bot.shared_rates import SharedRates  # noqa: PLC0415 - most have no Redis, and it is a heavy library

    return SharedRates(redis_url)
