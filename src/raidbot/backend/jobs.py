"""What falls due by itself: one process at a time runs a job, and never twice at once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

import structlog

from raidbot.backend.metrics import Metrics
from raidbot.core.clock import Clock
from raidbot.database.pool import Database
from raidbot.database.transaction import Transaction

log: structlog.stdlib.BoundLogger = structlog.get_logger()

ALARM_AFTER = 3
"""Failures in a row after which the log says `consecutively`."""

BREATH = timedelta(milliseconds=200)
"""Between two turns at the least: a due row that another process works on is not asked for in a tight loop."""

GATHER_S = 1.0
"""Seconds after a change before the jobs look again, so that a crowd of clicks makes one look."""


@dataclass(frozen=True, slots=True)
class Tick:
    """One turn of a job."""

    now: datetime
    tx: Transaction


Work: TypeAlias = Callable[[Tick], Awaitable[int]]
"""Does up to one batch and returns how many things it did; more than 0 means: there may be more."""
NextDue: TypeAlias = Callable[[Transaction], Awaitable[datetime | None]]
"""Returns when the next row falls due. A job that has it looks again after each change; another one keeps its hours."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work that is done when a row falls due, and at the latest every so often."""

    name: str
    every: timedelta
    work: Work
    next_due: NextDue | None


registered: dict[str, Job] = {}
"""Every job by its name, filled as the features are loaded."""


def job(name: str, *, every: timedelta, next_due: NextDue | None = None) -> Callable[[Work], Work]:
    """Run the decorated function every so often, and exactly when `next_due` says, whichever comes first.

    Raises:
        ValueError: the name is taken.
    """

    def register(work: Work) -> Work:
        if name in registered:
            raise ValueError(f"two jobs are called {name}")
        registered[name] = Job(name, every, work, next_due)
        return work

    return register


class Runner:
    """Runs the registered jobs of one backend process.

    Args:
        wake: Called after each committed batch, so that bots hear of it.
        metrics: Where it is counted how long turns take and which fail.
    """

    def __init__(self, database: Database, clock: Clock, wake: Callable[[], None], metrics: Metrics) -> None:
        self._database = database
        self._metrics = metrics
        self._clock = clock
        self._wake = wake
        self._failures: dict[str, int] = {}
        self._changed = {name: asyncio.Event() for name in registered}

    def look_again(self) -> None:
        """Tell the jobs that rows changed and something may fall due sooner."""
        for changed in self._changed.values():
            changed.set()

    async def run(self) -> None:
        """Run all jobs until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for one in registered.values():
                tasks.create_task(self._repeat(one), name=f"job {one.name}")

    async def _repeat(self, one: Job) -> None:
        while True:
            due = await self.turn(one)
            await self._wait(one, due)

    async def turn(self, one: Job) -> datetime | None:
        """Do all batches of a job that are due; return when the next thing falls due, if known."""
        try:
            with self._metrics.jobs.labels(one.name).time():
                while await self._batch(one):
                    self._wake()
            self._count(one, 0)
            return await self._next(one)
        except Exception:
            count = self._count(one, self._failures.get(one.name, 0) + 1)
            self._metrics.failed_jobs.labels(one.name).inc()
            log.exception("Job failed", job=one.name, failures=count)
            if count >= ALARM_AFTER:
                log.exception("Job failed %s times consecutively", count, job=one.name)
            return None

    @property
    def failing(self) -> dict[str, int]:
        """The jobs that failed so often in a row that the log says `consecutively`, and how often."""
        return {name: count for name, count in self._failures.items() if count >= ALARM_AFTER}

    def _count(self, one: Job, failures: int) -> int:
        self._failures[one.name] = failures
        self._metrics.job_failures_in_a_row.labels(one.name).set(failures)
        return failures

    async def _batch(self, one: Job) -> int:
        async with self._database.transaction(label=f"job-{one.name}") as tx:
            if not await tx.value(bool, "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 7))", f"job {one.name}"):
                log.info("Job is still running elsewhere; this turn is left out", job=one.name)
                return 0
            return await one.work(Tick(self._clock.now(), tx))

    async def _next(self, one: Job) -> datetime | None:
        if one.next_due is None:
            return None
        async with self._database.transaction(label=f"job-{one.name}") as tx:
            return await one.next_due(tx)

    async def _wait(self, one: Job, due: datetime | None) -> None:
        now = self._clock.now()
        latest = now + one.every
        if one.next_due is None:  # no change brings it nearer
            await self._clock.sleep_until(latest)
            return
        moment = min(max(due, now + BREATH), latest) if due else latest
        changed = self._changed[one.name]
        sleeping = asyncio.ensure_future(self._clock.sleep_until(moment))
        waking = asyncio.ensure_future(changed.wait())
        try:
            await asyncio.wait({sleeping, waking}, return_when=asyncio.FIRST_COMPLETED)
            if not sleeping.done():
                await self._clock.sleep(GATHER_S)
        finally:
            sleeping.cancel()
            waking.cancel()
            changed.clear()
