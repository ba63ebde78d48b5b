"""One transaction: everything that a store may do to the record."""

import functools
from collections.abc import Awaitable, Callable, Iterable, Sequence
from time import perf_counter
from typing import Any, LiteralString, TypeVar

import asyncpg
import msgspec
import structlog

from raidbot.core.wire import decode_hook
from raidbot.database import faults

Row = TypeVar("Row", bound=msgspec.Struct)
Value = TypeVar("Value")


class Transaction:
    """All that a store may do. SQL is `LiteralString`: it cannot be built from what a user typed.

    Rows become the Struct that is asked for: timestamps are aware and in UTC, numerics `Decimal`, jsonb
    plain objects, ids and enums their own types. Every method raises `DatabaseAway` when the connection
    breaks and `DatabaseBusy` when a statement takes too long; errors of the SQL itself are asyncpg's.

    Args:
        connection: The connection, for the transaction alone.
        slow_ms: From how many milliseconds on a statement is logged as slow.
        label: The correlation id that goes with it into the log.
        log: Where to.
    """

    def __init__(self, connection: Any, slow_ms: float, label: str, log: structlog.stdlib.BoundLogger) -> None:
        self.statements = 0
        """How many statements it has run, without BEGIN and COMMIT."""
        self.slow_queries = 0
        """How many of them took longer than is usual."""
        self._connection = connection
        self._frame = connection.transaction()
        self._slow_ms = slow_ms
        self._label = label
        self._log = log
        self._is_over = False
        self._after_commit: list[Callable[[], None]] = []

    async def one(self, row: type[Row], sql: LiteralString, /, *values: Any) -> Row:
        """Return the one row that `sql` selects.

        Raises:
            LookupError: there is no such row.
        """
        found = await self.maybe(row, sql, *values)
        if found is None:
            raise LookupError(f"no {row.__name__} found by: {folded(sql)}")
        return found

    async def maybe(self, row: type[Row], sql: LiteralString, /, *values: Any) -> Row | None:
        """Return the row that `sql` selects, or None."""
        found = await self._counted(self._connection.fetchrow, sql, *values)
        return None if found is None else msgspec.convert(dict(found), row, dec_hook=decode_hook)

    async def many(self, row: type[Row], sql: LiteralString, /, *values: Any) -> list[Row]:
        """Return all rows that `sql` selects."""
        found = await self._counted(self._connection.fetch, sql, *values)
        return [msgspec.convert(dict(one), row, dec_hook=decode_hook) for one in found]

    async def value(self, kind: type[Value], sql: LiteralString, /, *values: Any) -> Value | None:
        """Return the first column of the first row; None if there is no row or the column is null."""
        found = await self._counted(self._connection.fetchval, sql, *values)
        return None if found is None else msgspec.convert(found, kind, dec_hook=decode_hook)

    async def run(self, sql: LiteralString, /, *values: Any) -> int:
        """Run `sql` and return how many rows it changed."""
        status: str = await self._counted(self._connection.execute, sql, *values)
        count = status.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def run_each(self, sql: LiteralString, rows: Iterable[Sequence[Any]], /) -> None:
        """Run `sql` once for each row of values, in one go over the line.

        Each row counts as a statement, because PostgreSQL executes each. `unnest` makes one of many.
        """
        listed = list(rows)
        if listed:
            await self._counted(self._connection.executemany, sql, listed)
            self.statements += len(listed) - 1

    def after_commit(self, do: Callable[[], None]) -> None:
        """Call `do` once the transaction has committed and its connection is free again; never if it did not."""
        self._after_commit.append(do)

    async def begin(self) -> None:
        """Open it. Only the pool calls this."""
        await self._timed("BEGIN", self._frame.start)

    async def commit(self) -> None:
        """Store it. Only the pool calls this.

        Raises:
            OutcomeUnknown: the connection broke before PostgreSQL had confirmed.
        """
        try:
            await self._timed("COMMIT", self._frame.commit)
        except faults.DatabaseAway as fault:
            raise faults.OutcomeUnknown("PostgreSQL went away while a change was being stored.") from fault

    async def roll_back(self) -> None:
        """Forget it. Only the pool calls this. A broken connection is closed; PostgreSQL forgets by itself."""
        if self._is_closed():
            return
        try:
            await self._frame.rollback()
        except (*faults.LOST, asyncpg.InterfaceError):
            self._connection.terminate()

    def close(self) -> None:
        """Let nobody use it any more. Only the pool calls this."""
        self._is_over = True

    def announce(self) -> None:
        """Do what was to be done after the commit. Only the pool calls this."""
        for do in self._after_commit:
            try:
                do()
            except Exception:  # noqa: BLE001 - what is committed stays so, whatever the listeners make of it
                self._log.exception("Step after commit failed", label=self._label)

    async def _counted(self, call: Callable[..., Awaitable[Any]], sql: str, *values: Any) -> Any:
        self.statements += 1
        return await self._timed(sql, call, sql, *values)

    async def _timed(self, name: str, call: Callable[..., Awaitable[Any]], *values: Any) -> Any:
        if self._is_over:
            raise RuntimeError("this transaction is over; do the work inside of its block")
        started = perf_counter()
        try:
            return await call(*values)
        except (*faults.LOST, asyncpg.InterfaceError, asyncpg.QueryCanceledError) as fault:
            raise self._told(fault) from fault
        finally:
            self._note(name, (perf_counter() - started) * 1000)

    def _told(self, fault: Exception) -> Exception:
        """Return what the caller is told. A line that did not answer in time is not waited for again."""
        if isinstance(fault, faults.UNUSABLE) and not self._is_closed():
            self._connection.terminate()
        return faults.in_transaction(fault, closed=self._is_closed())

    def _is_closed(self) -> bool:
        try:
            return self._connection.is_closed()
        except asyncpg.InterfaceError:  # the pool has taken it back, which it does as soon as it breaks
            return True

    def _note(self, sql: str, took_ms: float) -> None:
        if took_ms > self._slow_ms:
            self.slow_queries += 1
            self._log.warning("Slow query", sql=folded(sql), took_ms=round(took_ms, 1), label=self._label)
        else:
            self._log.debug("Query", sql=folded(sql), took_ms=round(took_ms, 1), label=self._label)


@functools.lru_cache(maxsize=1024)
def folded(sql: str) -> str:
    """Return `sql` on one line."""
    return " ".join(sql.split())
