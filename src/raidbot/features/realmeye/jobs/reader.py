"""The one reader of RealmEye. Every backend has one, and the record gives the turn to one of them at a time.

Nothing waits for the site inside a transaction: the turn is taken in one, the page is fetched, and what came of it
is written in another, together with everything that follows from it. Who is killed in between leaves the wish in its
place, and the turn to the next as soon as it runs out.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp
import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from raidbot.backend.app import Backend
from raidbot.backend.events import emit
from raidbot.database.transaction import Transaction
from raidbot.features.realmeye import store
from raidbot.features.realmeye.jobs import site
from raidbot.features.realmeye.jobs.site import Manners, Trouble
from raidbot.features.realmeye.model.facts import Reading, Standing
from raidbot.features.realmeye.model.queue import PageFailed, PageRead, SiteReturned, SiteState
from raidbot.features.realmeye.rules import asking, circuit, reading
from raidbot.features.realmeye.store import Claim, StoredPage

log: structlog.stdlib.BoundLogger = structlog.get_logger()

TURN = timedelta(seconds=15)
"""How long a turn lasts at the most: longer than a request may take."""

LOOK = timedelta(seconds=5)
"""How often it is looked whether somebody waits, besides after each write of this process."""

GATHER_S = 0.5
"""Seconds after a write before it is looked, so that a crowd of clicks makes one look."""

FAULT_S = 1.0
"""The pause after a fault of our own, such as a database that is away."""

MOST_TRIES = 3
"""How often a page is read that makes no sense, before that is the answer."""


class Figures:
    """The reader's figures for Prometheus."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.reads = Counter(
            "raidbot_realmeye_reads", "Pages asked for, by what came of it", ["outcome"], registry=registry
        )
        self.waiting = Gauge("raidbot_realmeye_waiting", "Pages that are waited for", registry=registry)
        self.oldest = Gauge("raidbot_realmeye_oldest_seconds", "Age of the oldest wish for a page", registry=registry)
        self.away = Gauge("raidbot_realmeye_away", "Whether RealmEye counts as away", registry=registry)


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to ask for one page, until it is given back or runs out."""

    claim: Claim
    asked_at: datetime
    until: datetime


def reading_with(manners: Manners) -> Callable[[Backend], Awaitable[None]]:
    """Return what runs beside a backend's requests: its reader."""

    async def run(backend: Backend) -> None:
        async with site.session(manners) as session:
            await Reader(backend, manners, session).run()

    return run


class Reader:
    """Reads the pages that members wait for, one after the other.

    Args:
        backend: The database, the clock and the others who want to hear of it.
        manners: How to behave.
        session: What to ask with.
    """

    def __init__(self, backend: Backend, manners: Manners, session: aiohttp.ClientSession) -> None:
        self._backend = backend
        self._manners = manners
        self._session = session
        self._figures = Figures(backend.metrics.registry)

    async def run(self) -> None:
        """Read until cancelled."""
        while True:
            try:
                due = await self.turn()
            except Exception:
                log.exception("Reading RealmEye failed")
                await self._backend.clock.sleep(FAULT_S)
                continue
            await self._rest(due)

    async def turn(self) -> datetime | None:
        """Read one page if it is time; return when it is next, or None if nobody waits."""
        found = await self._take()
        if not isinstance(found, Turn):
            return found
        started = time.monotonic()
        claim, now = found.claim, found.asked_at
        try:
            page = await site.fetch(self._session, self._manners, claim.kind, claim.name, now)
        except Trouble as trouble:
            await self._missed(found, trouble)
        else:
            await self._arrived(found, reading.read(claim.kind, page, claim.name), time.monotonic() - started)
        self._backend.stream.wake()
        self._backend.jobs.look_again()
        return self._backend.clock.now()

    async def _take(self) -> Turn | datetime | None:
        now = self._backend.clock.now()
        async with self._backend.database.transaction(label="realmeye") as tx:
            await self._measure(tx, now)
            due = await store.next_turn(tx)
            if due is None or due > now:
                return due
            claim = await store.first_in_line(tx, now)
            if claim is None or await self._is_known(tx, claim, now):
                return now
            if not await store.take_turn(tx, now, now + TURN):
                return now + timedelta(seconds=GATHER_S)
        return Turn(claim, now, now + TURN)

    async def _is_known(self, tx: Transaction, claim: Claim, now: datetime) -> bool:
        """Answer those who came in line while the page arrived that will do for them; tell whether there were any."""
        pages = await store.pages(tx, claim.name, [claim.kind])
        return bool(pages) and await self._answer(tx, claim, pages[0], now)

    async def _measure(self, tx: Transaction, now: datetime) -> None:
        line = await store.line(tx)
        self._figures.waiting.set(line.waiting)
        self._figures.oldest.set((now - line.oldest_wanted_at).total_seconds() if line.oldest_wanted_at else 0)

    async def _arrived(self, turn: Turn, told: Reading, took_s: float) -> None:
        """Write down what a page says, and answer those who waited for it."""
        now = self._backend.clock.now()
        pause = self._manners.pause * (1 + random.random() / 2)  # noqa: S311 - it only has to differ
        self._figures.reads.labels(told.standing).inc()
        self._figures.away.set(0)
        async with self._backend.database.transaction(label="realmeye") as tx:
            before = await store.site(tx)
            if await store.end_turn(tx, turn.until, circuit.after_page(before, now, pause, took_s)):
                await self._returned(tx, before, now)
            if told.standing is Standing.UNREADABLE and turn.claim.tries + 1 < MOST_TRIES:
                log.warning("A page of RealmEye makes no sense", kind=turn.claim.kind, tries=turn.claim.tries + 1)
            else:
                page = StoredPage(
                    kind=turn.claim.kind, standing=told.standing, facts=told.facts, asked_at=turn.asked_at
                )
                await store.save_page(tx, turn.claim.name, page)
                await self._answer(tx, turn.claim, page, now)
            await store.put_off(tx, turn.claim, turn.asked_at, turn.asked_at + asking.REREAD)

    async def _answer(self, tx: Transaction, claim: Claim, page: StoredPage, now: datetime) -> bool:
        """Tell those who wait what a page says; tell whether there were any."""
        waiters = await store.answer(tx, claim, page.asked_at)
        for waiter in waiters:
            arrived = PageRead(
                guild_id=waiter.guild_id,
                user_id=waiter.user_id,
                ign=waiter.ign,
                kind=waiter.kind,
                standing=page.standing,
                at=now,
            )
            await emit(tx, arrived, now)
        return bool(waiters)

    async def _returned(self, tx: Transaction, before: SiteState, now: datetime) -> None:
        """Tell the guilds whose members wait that the site answers again, if it did not."""
        if before.away_since is None:
            return
        log.info("RealmEye answers again", away_since=before.away_since.isoformat())
        for guild_id in dict.fromkeys(waiter.guild_id for waiter in await store.waiters(tx)):
            await emit(tx, SiteReturned(guild_id=guild_id, at=now), now)

    async def _missed(self, turn: Turn, trouble: Trouble) -> None:
        """Write down that the site did not answer, and tell those who wait once it counts as away."""
        now = self._backend.clock.now()
        self._figures.reads.labels(trouble.reason).inc()
        async with self._backend.database.transaction(label="realmeye") as tx:
            before = await store.site(tx)
            jitter = random.random()  # noqa: S311 - it only has to differ
            after = circuit.after_failure(before, now, trouble.reason, trouble.retry_after, jitter)
            ours = await store.end_turn(tx, turn.until, after)
            log.warning("RealmEye did not answer", reason=trouble.reason, next_try_at=after.next_at.isoformat())
            if ours and after.away_since is not None:
                self._figures.away.set(1)
            if ours and before.away_since is None and after.away_since is not None:
                await self._went_away(tx, after, trouble, now)

    async def _went_away(self, tx: Transaction, after: SiteState, trouble: Trouble, now: datetime) -> None:
        for waiter in await store.waiters(tx):
            failed = PageFailed(
                guild_id=waiter.guild_id,
                user_id=waiter.user_id,
                ign=waiter.ign,
                kind=waiter.kind,
                reason=trouble.reason,
                since=after.away_since or now,
                next_try_at=after.next_at,
                at=now,
            )
            await emit(tx, failed, now)

    async def _rest(self, due: datetime | None) -> None:
        """Wait until it is time, or until something was written here."""
        clock = self._backend.clock
        latest = clock.now() + LOOK
        sleeping = asyncio.ensure_future(clock.sleep_until(min(due, latest) if due else latest))
        waking = asyncio.ensure_future(self._backend.stream.written())
        try:
            await asyncio.wait({sleeping, waking}, return_when=asyncio.FIRST_COMPLETED)
            if not sleeping.done():
                await asyncio.wait({sleeping}, timeout=GATHER_S)
        finally:
            sleeping.cancel()
            waking.cancel()
