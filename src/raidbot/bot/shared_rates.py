"""Counts of acts that several processes share through Redis. Loaded only where there is one."""

import time
from typing import TYPE_CHECKING, Any

from limits import RateLimitItemPerSecond
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from raidbot.core.ids import GuildId, UserId

if TYPE_CHECKING:
    from raidbot.bot.rates import Bucket

SHORTEST_S = 0.001
"""Whoever is refused waits for something."""


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

    async def hit(self, bucket: "Bucket", guild_id: GuildId, user_id: UserId) -> float:
        """Count one act; return 0, or in how many seconds there is room where there is none.

        Raises:
            ConnectionError: Redis does not answer, or not as it should.
        """
        item = RateLimitItemPerSecond(bucket.amount, bucket.seconds, namespace=bucket.name)
        who = (str(int(guild_id)), str(int(user_id)))
        try:
            if await self._limiter.hit(item, *who):
                return 0
            free_at = (await self._limiter.get_window_stats(item, *who)).reset_time
        except (RedisError, StorageError, OSError) as away:
            raise ConnectionError(str(away)) from away
        return max(SHORTEST_S, free_at - time.time())

    async def close(self) -> None:
        """Close the connections."""
        await self._pool.aclose()
