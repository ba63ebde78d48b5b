"""Counts of acts that several processes share through Redis. Loaded only where there is one."""

from typing import Any

from limits import RateLimitItem
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError


class SharedRates:
    """Counts acts in Redis, in a moving window.

    Args:
        url: Where it is.
    """

    def __init__(self, url: str) -> None:
        self._pool = ConnectionPool.from_url(url)
        shared: Any = self._pool  # the library passes it on to redis-py, though its types say otherwise
        storage = RedisStorage(f"async+{url}", wrap_exceptions=True, implementation="redispy", connection_pool=shared)
        self._limiter = MovingWindowRateLimiter(storage)

    async def hit(self, item: RateLimitItem, *who: str) -> float | None:
        """Count one act; return None, or when there is room again where there is none.

        Raises:
            ConnectionError: Redis does not answer, or not as it should.
        """
        try:
            if await self._limiter.hit(item, *who):
                return None
            return (await self._limiter.get_window_stats(item, *who)).reset_time
        except (RedisError, StorageError, OSError) as away:
            raise ConnectionError(str(away)) from away

    async def close(self) -> None:
        """Close the connections."""
        await self._pool.aclose()
