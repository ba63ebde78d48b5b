"""How fast one member may act. Shared between bot processes through Redis, in-process without it."""

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from limits import RateLimitItem, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter as LocalRateLimiter

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

    @property
    def item(self) -> RateLimitItem:
        """The same, in the words of the library."""
        return RateLimitItemPerSecond(self.amount, self.seconds, namespace=self.name)


PARTICIPATION = Bucket("participation", 3, 10)
ORGANIZING = Bucket("organizing", 30, 10)
"""Staff work: a fast person does not meet it."""
COMMAND = Bucket("command", 5, 10)
CONFIGURATION = Bucket("configuration", 20, 10)
INFORMATION = Bucket("information", 10, 15)


class Rates:
    """Counts acts in a moving window. A refused act is not counted against the next one.

    Args:
        redis_url: Where processes share their counts; none counts in this process alone.
    """

    def __init__(self, redis_url: str | None = None) -> None:
        # Not the asynchronous memory storage: with each act it goes through all members by way of a thread.
        self._local = LocalRateLimiter(MemoryStorage())
        self._shared = _shared(redis_url) if redis_url else None

    async def check(self, bucket: Bucket, guild_id: GuildId, user_id: UserId) -> None:
        """Count one act.

        Raises:
            TooFast: the bucket is full; the sentence says when again.
        """
        who = (str(int(guild_id)), str(int(user_id)))
        free_at = await self._full_until(bucket, who)
        if free_at is not None:
            seconds = max(1, math.ceil(free_at - time.time()))
            raise TooFast(f"That was a bit fast. Press again in {seconds} s.", retry_after=seconds)

    async def close(self) -> None:
        """Close the connections to Redis."""
        if self._shared is not None:
            await self._shared.close()

    async def _full_until(self, bucket: Bucket, who: tuple[str, str]) -> float | None:
        """Count one act; return None, or when there is room again where there is none."""
        if self._shared is not None:
            try:
                return await self._shared.hit(bucket.item, *who)
            except ConnectionError as away:
                log.warning("Redis is away: rate limits are counted in this process alone", reason=str(away))
        if self._local.hit(bucket.item, *who):
            return None
        return self._local.get_window_stats(bucket.item, *who).reset_time


def _shared(redis_url: str) -> "SharedRates":
    from raidbot.bot.shared_rates import SharedRates  # noqa: PLC0415 - most have no Redis, and it is a heavy library

    return SharedRates(redis_url)
