"""What a transaction leaves behind: reactions of other features at once, and the stream that bots read."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeAlias, TypeVar

import msgspec

from raidbot.backend.jobs import Tick, job
from raidbot.core.clock import Clock
from raidbot.core.events import AnyEvent, Event, EventPage, ReadEvents, StoredEvent
from raidbot.core.wire import encode_hook
from raidbot.database.pool import Database
from raidbot.database.transaction import Transaction

Heard = TypeVar("Heard", bound=Event)
Reaction: TypeAlias = Callable[[Transaction, Heard], Awaitable[None]]

reactions: dict[type[Event], list[Reaction[Any]]] = defaultdict(list)
"""What happens in the same transaction as an event, filled as the features are loaded."""


def on(kind: type[AnyEvent]) -> Callable[[Reaction[AnyEvent]], Reaction[AnyEvent]]:
    """Run the decorated function in the transaction of every `kind`: for data that must agree."""

    def register(reaction: Reaction[AnyEvent]) -> Reaction[AnyEvent]:
        reactions[kind].append(reaction)
        return reaction

    return register


async def emit(tx: Transaction, happened: Event, at: datetime) -> None:
    """Let the other features react, then leave the event for the bots. One statement besides the reactions'."""
    for reaction in reactions[type(happened)]:
        await reaction(tx, happened)
    await tx.run(
        "INSERT INTO outbox (guild_id, kind, body, happened_at) VALUES ($1, $2, $3, $4)",
        happened.guild_id,
        type(happened).__name__,
        body_of(happened),
        at,
    )


KEPT = timedelta(days=1)
"""How long events are kept. Bots read them within seconds; one that was away longer compares everything."""

BATCH = 1000


@job("outbox-retention", every=timedelta(minutes=10))
async def forget(tick: Tick) -> int:
    """Delete events that are older than a day, and remember up to where."""
    deleted = await tick.tx.value(
        int,
        """
        WITH gone AS (
            DELETE FROM outbox o
             USING (SELECT transaction, id FROM outbox WHERE happened_at < $1
                     ORDER BY transaction, id LIMIT $2) old
             WHERE o.transaction = old.transaction AND o.id = old.id
            RETURNING o.transaction, o.id),
        noted AS (
            INSERT INTO outbox_forgotten AS f (transaction, id)
            SELECT transaction, id FROM gone ORDER BY transaction DESC, id DESC LIMIT 1
                ON CONFLICT (the_one) DO UPDATE SET transaction = excluded.transaction, id = excluded.id
             WHERE (f.transaction, f.id) < (excluded.transaction, excluded.id))
        SELECT count(*) FROM gone
        """,
        tick.now - KEPT,
        BATCH,
    )
    return deleted or 0


async def begin_anew(tx: Transaction) -> None:
    """Forget all events of a restored record: their transactions are numbers of another time or another server.

    Every bot that stands somewhere in the stream finds a gap, and compares everything.
    """
    await tx.run("DELETE FROM outbox")
    await tx.run("DELETE FROM outbox_forgotten")
    await tx.run("INSERT INTO outbox_forgotten (transaction, id) VALUES (pg_current_xact_id(), 0)")


def body_of(happened: Event) -> dict[str, Any]:
    """Return an event as it is stored."""
    return msgspec.to_builtins(happened, enc_hook=encode_hook)


class OutboxRow(msgspec.Struct, frozen=True):
    """A row of the outbox."""

    transaction: str
    id: int
    kind: str
    body: dict[str, Any]


class Stream:
    """The outbox, read in commit order with a long poll.

    A place in the stream is `transaction-id`. Rows of a transaction become readable when every
    older transaction is over, so nothing can appear behind a place that was already passed.
    """

    PAGE = 500
    GATHER = 0.05
    """Seconds between a wake-up and the read, so that a crowd makes one page."""
    POLL = 1.0
    """Seconds between looks when nobody in this process wrote: another backend may have."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._written = asyncio.Event()
        self._closing = False

    def wake(self) -> None:
        """Tell the waiting readers that something was committed here."""
        self._written.set()
        self._written = asyncio.Event()

    async def written(self) -> None:
        """Wait until something is committed here."""
        await self._written.wait()

    def close(self) -> None:
        """Let the waiting readers go."""
        self._closing = True
        self.wake()

    async def read(self, ask: ReadEvents) -> EventPage:
        """Return what happened after a place; wait for it when there is nothing yet."""
        if ask.after is None:
            return EventPage([], await self._end())
        place = _parse_place(ask.after)
        if place is None or await self._is_gone(place):
            return EventPage([], await self._end(), gap=True)
        return await self._wait_for_page(ask, place)

    async def _wait_for_page(self, ask: ReadEvents, place: tuple[int, int]) -> EventPage:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + min(ask.wait, 20)
        while True:
            written = self._written
            rows = await self._rows(ask, place)
            left = deadline - loop.time()
            if rows or left <= 0 or self._closing:
                return _page(rows, place)
            try:
                async with asyncio.timeout(min(left, self.POLL)):
                    await written.wait()
                await self._clock.sleep(self.GATHER)
            except TimeoutError:
                continue

    async def _rows(self, ask: ReadEvents, place: tuple[int, int]) -> list[OutboxRow]:
        async with self._database.transaction(label="events") as tx:
            return await tx.many(
                OutboxRow,
                """
                SELECT transaction::text AS transaction, id, kind, body
                  FROM outbox
                 WHERE (transaction, id) > ($1::text::xid8, $2::bigint)
                   AND transaction < pg_snapshot_xmin(pg_current_snapshot())
                   AND (guild_id >> 22) % $3::bigint = $4::bigint
                 ORDER BY transaction, id
                 LIMIT $5
                """,
                str(place[0]),
                place[1],
                ask.shard_count,
                ask.shard_id,
                self.PAGE,
            )

    async def _horizon(self) -> int:
        """Return the oldest transaction that may still be running."""
        async with self._database.transaction(label="events") as tx:
            oldest = await tx.value(str, "SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
        return int(oldest or 0)

    async def _end(self) -> str:
        return f"{await self._horizon() - 1}-{2**62}"

    async def _is_gone(self, place: tuple[int, int]) -> bool:
        """Tell whether a place lies ahead of this database, as after a restore, or before what was deleted."""
        async with self._database.transaction(label="events") as tx:
            gone = await tx.value(
                bool,
                """
                SELECT $1::text::xid8 >= pg_snapshot_xmin(pg_current_snapshot())
                    OR EXISTS (SELECT FROM outbox_forgotten WHERE (transaction, id) > ($1::text::xid8, $2::bigint))
                """,
                str(place[0]),
                place[1],
            )
        return bool(gone)


def _parse_place(text: str) -> tuple[int, int] | None:
    transaction, dash, row = text.partition("-")
    if not dash or not (transaction + row).isascii() or not (transaction.isdigit() and row.isdigit()):
        return None
    return int(transaction) % 2**63, int(row) % 2**63


def _page(rows: list[OutboxRow], place: tuple[int, int]) -> EventPage:
    last = f"{rows[-1].transaction}-{rows[-1].id}" if rows else f"{place[0]}-{place[1]}"
    return EventPage([StoredEvent(row.kind, row.body) for row in rows], last)
