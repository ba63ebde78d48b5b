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
import msgspec
import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from raidbot.backend.app import Backend
from raidbot.backend.events import emit
from raidbot.core.events import Event
from raidbot.database.transaction import Transaction
from raidbot.features.realmeye import store
from raidbot.features.realmeye.jobs import site
from raidbot.features.realmeye.jobs.site import Manners, Trouble
from raidbot.features.realmeye.model.facts import Reading, Standing
from raidbot.features.realmeye.model.queue import PageFailed, PageRead, SiteReturned, SiteState
from raidbot.features.realmeye.rules import asking, circuit, reading
from raidbot.features.realmeye.store import Claim, StoredPage, Waiter

log: structlog.stdlib.BoundLogger = structlog.get_logger()

TURN = timedelta(seconds=15)
"""How long a turn lasts at the most: longer than a request may take."""

LOOK = timedelta(seconds=5)
"""How often it is looked whether somebody waits, besides after each write of this process."""

GATHER_S = 0.25
"""Seconds after a write before it is looked, so that a crowd of clicks makes one look."""

FAULT_S = 1.0
"""The pause after a fault of our own, such as a database that is away."""

ASIDE = timedelta(minutes=1)
"""How long it is waited where a page was read, and what follows from it went wrong."""

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
        if isinstance(found, Turn):
            await self._use(found)
            await self._hand_on(found.claim)
        elif isinstance(found, Claim):
            await self._hand_on(found)
        else:
            return found
        self._backend.stream.wake()
        self._backend.jobs.look_again()
        return self._backend.clock.now()

    async def _take(self) -> Turn | Claim | datetime | None:
        """Return the turn, or a page that is known already and waited for all the same, or when to look again."""
        now = self._backend.clock.now()
        async with self._backend.database.transaction(label="realmeye") as tx:
            await self._measure(tx, now)
            due = await store.next_turn(tx)
            if due is None or due > now:
                return due
            claim = await store.first_in_line(tx, now)
            if claim is not None and claim.is_known:
                return claim
            if claim is None or not await store.take_turn(tx, now, now + TURN):
                return now + timedelta(seconds=GATHER_S)
        return Turn(claim, now, now + TURN)

    async def _use(self, turn: Turn) -> None:
        """Ask for the page, and write down what came of it. Who is told to stop meanwhile gives the turn back."""
        started = time.monotonic()
        claim = turn.claim
        try:
            page = await site.fetch(self._session, self._manners, claim.kind, claim.name, turn.asked_at)
        except Trouble as trouble:
            await self._missed(turn, trouble)
        except asyncio.CancelledError:
            await self._give_back(turn)
            raise
        else:
            await self._arrived(turn, reading.read(claim.kind, page, claim.name), time.monotonic() - started)

    async def _give_back(self, turn: Turn) -> None:
        async with self._backend.database.transaction(label="realmeye") as tx:
            before = await store.site(tx)
            next_at = max(before.next_at, self._backend.clock.now() + self._manners.pause)
            await store.end_turn(tx, turn.until, msgspec.structs.replace(before, next_at=next_at))

    async def _measure(self, tx: Transaction, now: datetime) -> None:
        line = await store.line(tx)
        self._figures.waiting.set(line.waiting)
        self._figures.oldest.set((now - line.oldest_wanted_at).total_seconds() if line.oldest_wanted_at else 0)

    async def _arrived(self, turn: Turn, told: Reading, took_s: float) -> None:
        """Write down what a page says, unless it makes no sense and is worth another look."""
        now = self._backend.clock.now()
        pause = self._manners.pause * (1 + random.random() / 2)  # noqa: S311 - it only has to differ
        claim = turn.claim
        self._figures.reads.labels(told.standing).inc()
        self._figures.away.set(0)
        async with self._backend.database.transaction(label="realmeye") as tx:
            before = await store.site(tx)
            ours = await store.end_turn(tx, turn.until, circuit.after_page(before, now, pause, took_s))
            if told.standing is Standing.UNREADABLE and claim.tries + 1 < MOST_TRIES:
                log.warning("A page of RealmEye makes no sense", kind=claim.kind, tries=claim.tries + 1)
            else:
                page = StoredPage(kind=claim.kind, standing=told.standing, facts=told.facts, asked_at=turn.asked_at)
                await store.save_page(tx, claim.name, page)
            await store.put_off(tx, claim, turn.asked_at, turn.asked_at + asking.REREAD)
            waiters = await store.waiters(tx) if ours and before.away_since else []
        for guild_id in dict.fromkeys(waiter.guild_id for waiter in waiters):
            await self._tell(SiteReturned(guild_id=guild_id, at=now))

    async def _missed(self, turn: Turn, trouble: Trouble) -> None:
        """Write down that the site did not answer, and tell those who wait once it counts as away."""
        now = self._backend.clock.now()
        self._figures.reads.labels(trouble.reason).inc()
        async with self._backend.database.transaction(label="realmeye") as tx:
            before = await store.site(tx)
            jitter = random.random()  # noqa: S311 - it only has to differ
            after = circuit.after_failure(before, now, trouble.reason, trouble.retry_after, jitter)
            went = await store.end_turn(tx, turn.until, after) and not before.away_since and after.away_since
            waiters = await store.waiters(tx) if went else []
        log.warning("RealmEye did not answer", reason=trouble.reason, next_try_at=after.next_at.isoformat())
        self._figures.away.set(after.away_since is not None)
        for waiter in waiters:
            await self._tell(_failed(waiter, after, trouble, now))

    async def _hand_on(self, claim: Claim) -> None:
        """Tell everybody for whom the page that is known will do, each by themselves.

        What follows from a page for one member must not keep it from the others, nor hold up the line.
        """
        async with self._backend.database.transaction(label="realmeye") as tx:
            waiters = await store.answerable(tx, claim)
        for waiter in waiters:
            try:
                async with self._backend.database.transaction(label="realmeye") as tx:
                    await self._end_wish(tx, waiter)
            except Exception:
                log.exception("A page could not be handed on", kind=waiter.kind, guild_id=int(waiter.guild_id))
                await self._set_aside(waiter)

    async def _end_wish(self, tx: Transaction, waiter: Waiter) -> None:
        """Let other features react to a page, and the member wait no more."""
        standing = await store.standing_for(tx, waiter) if await store.hold(tx, waiter) else None
        if standing is not None:
            now = self._backend.clock.now()
            await emit(tx, _arrival(waiter, standing, now), now)
            await store.release(tx, waiter)

    async def _set_aside(self, waiter: Waiter) -> None:
        """Try it again later with a member for whom something went wrong, and give up after a few times."""
        async with self._backend.database.transaction(label="realmeye") as tx:
            await store.set_aside(tx, waiter, self._backend.clock.now() + ASIDE, MOST_TRIES)

    async def _tell(self, happened: Event) -> None:
        """Tell what is on record already; whoever reacts to it with a fault keeps it from nobody else."""
        try:
            async with self._backend.database.transaction(label="realmeye") as tx:
                await emit(tx, happened, self._backend.clock.now())
        except Exception:
            log.exception("What happened could not be told", kind=type(happened).__name__)

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


def _arrival(waiter: Waiter, standing: Standing, now: datetime) -> PageRead:
    return PageRead(
        guild_id=waiter.guild_id, user_id=waiter.user_id, ign=waiter.ign, kind=waiter.kind, standing=standing, at=now
    )


def _failed(waiter: Waiter, after: SiteState, trouble: Trouble, now: datetime) -> PageFailed:
    return PageFailed(
        guild_id=waiter.guild_id,
        user_id=waiter.user_id,
        ign=waiter.ign,
        kind=waiter.kind,
        reason=trouble.reason,
        since=after.away_since or now,
        next_try_at=after.next_at,
        at=now,
    )
