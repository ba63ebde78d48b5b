"""How fast one member may act. Shared between bot processes through Redis, in-process without it."""

import math
import time
from dataclasses import dataclass
from typing import Any

import structlog
from limits import RateLimitItem, RateLimitItemPerSecond
from limits.aio.storage import RedisStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter as LocalRateLimiter
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from raidbot.core.errors import TooFast
from raidbot.core.ids import GuildId, UserId

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
        self._pool = ConnectionPool.from_url(redis_url) if redis_url else None
        self._shared = MovingWindowRateLimiter(_redis(redis_url, self._pool)) if redis_url and self._pool else None

    async def check(self, bucket: Bucket, guild_id: GuildId, user_id: UserId) -> None:
        """Count one act.

        Raises:
            TooFast: the bucket is full; the sentence says when again.
        """
        who = (str(int(guild_id)), str(int(user_id)))
        if self._shared is not None:
            try:
                await self._hit_shared(self._shared, bucket, who)
            except (RedisError, StorageError, OSError) as away:
                log.warning("Redis is away: rate limits are counted in this process alone", reason=str(away))
            else:
                return
        if not self._local.hit(bucket.item, *who):
            raise _too_fast(self._local.get_window_stats(bucket.item, *who).reset_time)

    async def close(self) -> None:
        """Close the connections to Redis."""
        if self._pool is not None:
            await self._pool.aclose()

    async def _hit_shared(self, limiter: MovingWindowRateLimiter, bucket: Bucket, who: tuple[str, str]) -> None:
        if not await limiter.hit(bucket.item, *who):
            raise _too_fast((await limiter.get_window_stats(bucket.item, *who)).reset_time)


def _too_fast(reset_time: float) -> TooFast:
    seconds = max(1, math.ceil(reset_time - time.time()))
    return TooFast(f"That was a bit fast. Press again in {seconds} s.", retry_after=seconds)


def _redis(url: str, pool: ConnectionPool) -> Storage:
    shared: Any = pool  # the library passes it on to redis-py, though its types say otherwise
    return RedisStorage(f"async+{url}", wrap_exceptions=True, implementation="redispy", connection_pool=shared)
