"""The connections of one process, and the transactions that run on them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from time import perf_counter
from typing import Any, Self

import asyncpg
import structlog
from typing_extensions import override

from raidbot.database import connection, faults
from raidbot.database.connection import DatabaseSettings
from raidbot.database.faults import DatabaseAway, DatabaseBusy, OutcomeUnknown
from raidbot.database.transaction import Transaction

__all__ = ["Database", "DatabaseAway", "DatabaseBusy", "DatabaseSettings", "OutcomeUnknown"]

log: structlog.stdlib.BoundLogger = structlog.get_logger()

CACHED_STATEMENTS = 500
"""Prepared statements that a connection keeps: more than the code has, so that none is parsed twice."""


CLOSES_WITHIN_S = 3.0


class _Connection(asyncpg.Connection):
    """A connection that goes back to the pool without a round trip: no session state outlives a transaction."""

    @override
    def get_reset_query(self) -> str:
        return ""


def _limits(settings: DatabaseSettings) -> dict[str, str]:
    """Return what PostgreSQL does with a session that hangs, so that it does not hold its locks for hours."""
    return {
        "statement_timeout": f"{settings.statement_timeout_s * 1000:.0f}ms",
        "idle_in_transaction_session_timeout": f"{settings.forgotten_after_s * 1000:.0f}ms",
        "tcp_keepalives_idle": "30",
        "tcp_keepalives_interval": "10",
        "tcp_keepalives_count": "3",
    }


class Database:
    """A pool of connections. Make one with `connect` and close it.

    It needs no help when PostgreSQL was away: the next transaction opens a new connection.
    """

    def __init__(self, settings: DatabaseSettings, pool: asyncpg.Pool) -> None:
        self.settings = settings
        self.waiting = 0
        """Transactions that wait for a connection."""
        self.waits = 0
        """Transactions that asked for a connection so far."""
        self.waited_s = 0.0
        """How many seconds they waited, all together."""
        self.refused = 0
        """Transactions that got none in time."""
        self.is_away = False
        """Whether the last transaction found no PostgreSQL."""
        self.slow_queries = 0
        """Queries that took longer than is usual."""
        self._pool = pool
        self._log = log.bind()  # once: an unbound logger is put together anew for every line, even for one not written
        self._refused_at: float | None = None
        self._free = asyncio.Semaphore(settings.pool_size)

    @classmethod
    async def connect(cls, settings: DatabaseSettings) -> Self:
        """Open the pool with its first connection.

        Raises:
            DatabaseAway: it cannot be opened; the text says why.
            DatabaseBusy: PostgreSQL has no free connection.
        """
        pool = asyncpg.create_pool(
            **connection.arguments(settings, **_limits(settings)),
            min_size=1,
            max_size=settings.pool_size,
            max_inactive_connection_lifetime=settings.idle_s,
            connection_class=_Connection,
            init=connection.teach,
            # A line that went dead is noticed a little after the server itself would have given up.
            command_timeout=settings.statement_timeout_s + 2,
            statement_cache_size=CACHED_STATEMENTS,
            max_cached_statement_lifetime=0,
        )
        try:
            return cls(settings, await pool)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError) as fault:
            raise faults.on_connecting(fault, settings.where) from fault

    @property
    def size(self) -> int:
        """How many connections are open."""
        return self._pool.get_size()

    @property
    def idle(self) -> int:
        """How many of them nobody uses."""
        return self._pool.get_idle_size()

    def was_exhausted(self, *, within_s: float) -> bool:
        """Tell whether a transaction got no connection lately."""
        return self._refused_at is not None and perf_counter() - self._refused_at < within_s

    @asynccontextmanager
    async def transaction(self, *, label: str = "") -> AsyncGenerator[Transaction]:
        """Run the block in one transaction: committed at its end, rolled back when it raises.

        Nothing is tried again. Serialisation failures and deadlocks come out as asyncpg raises them.

        Args:
            label: The correlation id, logged with slow queries.

        Raises:
            DatabaseBusy: no connection became free in time, or PostgreSQL has none.
            DatabaseAway: there is no connection to PostgreSQL, or it broke. `OutcomeUnknown` if during COMMIT.
        """
        try:
            held = await self._acquire()
        except DatabaseAway:
            self.is_away = True
            raise
        self.is_away = False
        tx = Transaction(held, self.settings.slow_ms, label, self._log)
        try:
            await tx.begin()
            try:
                yield tx
            except BaseException:
                await tx.roll_back()
                raise
            await tx.commit()
        finally:
            tx.close()
            self.slow_queries += tx.slow_queries
            await self._release(held)
        tx.announce()

    async def ping(self) -> bool:
        """Tell whether a statement can be run."""
        try:
            async with self.transaction(label="ping") as tx:
                return await tx.value(int, "SELECT 1") == 1
        except (DatabaseAway, DatabaseBusy):
            return False

    async def close(self) -> None:
        """Close all connections, those in use after their transaction or 3 seconds."""
        try:
            async with asyncio.timeout(CLOSES_WITHIN_S):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    async def _acquire(self) -> Any:
        started = perf_counter()
        has_turn = False
        try:
            async with asyncio.timeout(self.settings.acquire_timeout_s):
                await self._wait_for_turn()
                has_turn = True
                return await self._take()
        except TimeoutError as fault:
            raise faults.on_connecting(fault, self.settings.where) if has_turn else self._exhausted() from None
        finally:
            self.waits += 1
            self.waited_s += perf_counter() - started

    async def _wait_for_turn(self) -> None:
        self.waiting += 1
        try:
            await self._free.acquire()
        finally:
            self.waiting -= 1

    async def _take(self) -> Any:
        """Take a connection out of the pool, a new one if none is open; give the turn back if there is none."""
        try:
            return await self._pool.acquire()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError) as fault:
            self._free.release()
            raise faults.on_connecting(fault, self.settings.where) from fault
        except BaseException:
            self._free.release()
            raise

    def _exhausted(self) -> DatabaseBusy:
        self.refused += 1
        self._refused_at = perf_counter()
        size, limit = self.settings.pool_size, self.settings.acquire_timeout_s
        return DatabaseBusy(f"All {size} database connections were in use for {limit:g} s (connection pool exhausted).")

    async def _release(self, held: Any) -> None:
        try:
            # What was committed stays so, even if the connection broke a moment later.
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                await self._pool.release(held)
        finally:
            self._free.release()
