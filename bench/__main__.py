"""`just bench`: prints tables of what the work costs, what members feel in a crowd, and what the processes take."""

import argparse
import asyncio
import logging
import shutil
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Protocol

import structlog
import uvloop
from tests.support.database import administer, another, reachable_folder
from tests.support.house import a_house
from tests.support.raid import Raid
from tests.support.thirty import RUNS

from bench import crowd, footprint, killed, loopback, sync, thirty, work
from bench.community import Size
from bench.machine import calibration
from bench.results import Result, compared, document, load, save
from bench.tables import Table
from raidbot.core.clock import Clock
from raidbot.database import migrate
from raidbot.database.embedded import EmbeddedServer

CROWDS = ((1000, 60.0), (1000, 10.0))
"""Clicks on one panel, and the seconds in which they come."""
EVENINGS = ((1000, 60.0), (10_000, 100.0))
"""The same, spread over thirty runs."""
KILLED = (3000, 60.0)
"""The same, while everything is killed once."""

PARTS = ("work", "growth", "crowds", "footprint", "loopback")
"""What is measured when nothing else is said."""
GROWN = 10
"""So many times the history has the community of the growth row."""

OPTIONS = {"max_wal_size": "8GB"}
"""So that seeding waits for no checkpoint."""


class Told(Protocol):
    """What came of a crowd."""

    def table(self) -> Table:
        """Return the figures as a table."""
        ...


class Bench:
    """Measures part by part, and prints what was found.

    Args:
        server: A PostgreSQL of its own, as an operator's without settings.
        result: Where it is kept.
        given: What was asked for.
    """

    def __init__(self, server: EmbeddedServer, result: Result, given: argparse.Namespace) -> None:
        self._server = server
        self._result = result
        self._given = given
        self._small: list[work.Measured] = []
        self.failed: list[str] = []
        """What could not be measured, and why."""

    async def measure(self, parts: list[str]) -> None:
        """Measure these parts; one that fails is told, and the others are measured all the same."""
        for part in parts:
            async with self._tried(part):
                await getattr(self, f"measure_{part}")()

    @asynccontextmanager
    async def _tried(self, name: str) -> AsyncGenerator[None]:
        try:
            yield
        except (AssertionError, TimeoutError, ConnectionError) as fault:
            self.failed.append(f"{name}: {fault!r}")
            print(f"\nnot measured: {self.failed[-1]}", flush=True)

    async def measure_work(self) -> None:
        """Do each piece of work by itself."""
        size = Size(past_runs=Size.past_runs * self._given.history)
        self._small = await self._worked(size)
        self._tell(work.table(size, self._small))
        for one in self._small:
            for error, times in (one.one.errors + one.many.errors).most_common(3):
                print(f"{one.row.name}: {times} x {error}", flush=True)

    async def measure_growth(self) -> None:
        """Do the same with more history."""
        small = self._small if self._small and self._given.history == 1 else await self._worked(Size())
        large = await self._worked(Size(past_runs=Size.past_runs * GROWN))
        self._tell(work.growth(small, large))

    async def measure_crowds(self) -> None:
        """Let crowds press Join, on one panel, on many, and while everything is killed."""
        for clicks, seconds in CROWDS:
            await self._crowd(clicks, partial(crowd.play, self._server, clicks, seconds))
        await self.measure_thirty()
        clicks, seconds = KILLED
        await self._crowd(RUNS + clicks, partial(killed.play, self._server, clicks, seconds))

    async def measure_one(self) -> None:
        """Let one crowd press Join, as it was asked for."""
        clicks, seconds = self._given.clicks or 1000, self._given.within or 10.0
        await self._crowd(clicks, partial(crowd.play, self._server, clicks, seconds))

    async def measure_thirty(self) -> None:
        """Let crowds press Join in thirty runs."""
        for clicks, seconds in EVENINGS:
            await self._crowd(RUNS + clicks, partial(thirty.play, clicks=clicks, seconds=seconds))

    async def measure_footprint(self) -> None:
        """Start everything beside a large server."""
        folder = reachable_folder()
        try:
            first = footprint.first_start_s(folder)
        finally:
            shutil.rmtree(folder)
        async with self._database() as url:
            with tempfile.TemporaryDirectory(prefix="raidbot-bench-") as house:
                self._tell(await footprint.measured(url, Path(house), first))

    async def measure_loopback(self) -> None:
        """Measure what the loopback itself costs."""
        self._tell((await loopback.measured()).table())

    async def measure_sync(self) -> None:
        """Take over the names of a whole server."""
        await self._crowd(self._given.sync, lambda raid: sync.Sync(self._server, raid).play())

    async def _worked(self, size: Size) -> list[work.Measured]:
        async with self._database() as url:
            with tempfile.TemporaryDirectory(prefix="raidbot-bench-") as folder:
                return await work.play(self._server, url, Path(folder), size, work.Rounds())

    async def _crowd(self, members: int, play: Callable[[Raid], Awaitable[Told]]) -> None:
        """Let something happen on a server with so many members besides the named people."""
        async with self._tried(f"a crowd of {members}"), self._database() as url:
            with tempfile.TemporaryDirectory(prefix="raidbot-bench-") as folder:
                async with a_house(url, Path(folder), members) as (house, hands):
                    told = await play(await Raid.of(house, hands))
            self._tell(told.table())

    @asynccontextmanager
    async def _database(self) -> AsyncGenerator[str]:
        """Return the address of a database with the schema and no row, for as long as the block runs."""
        name = "bench"
        await administer(self._server.url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
        url = another(self._server.url, name)
        await migrate.migrate(url)
        await administer(url, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        yield url
        await administer(another(url, "postgres"), f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _tell(self, table: Table) -> None:
        self._result.tables.append(table)
        print("\n" + "\n".join(table.lines()), flush=True)


async def run(given: argparse.Namespace, parts: list[str]) -> tuple[Result, list[str]]:
    """Measure these parts, with what this machine is worth above and below them."""
    folder, began = reachable_folder(), time.monotonic()
    try:
        with EmbeddedServer(folder / "postgres", options=OPTIONS) as server:
            result = Result(await calibration(server.url), [])
            print(f"calibration: {result.calibration.line()}", flush=True)
            bench = Bench(server, result, given)
            await bench.measure(parts)
            again = await calibration(server.url)
            print(f"\ncalibration afterwards: {again.line()}; took {time.monotonic() - began:.0f} s", flush=True)
            return result, bench.failed
    finally:
        shutil.rmtree(folder)


def asked() -> argparse.Namespace:
    """Return what is asked for."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    for part in (*PARTS, "thirty"):
        parser.add_argument(f"--{part}", action="store_true", help=f"only this part, and others that are named: {part}")
    parser.add_argument("--history", type=int, default=1, help="so many times the past runs, for --work")
    parser.add_argument("--clicks", type=int, help="only one crowd on one panel: members who press Join")
    parser.add_argument("--within", type=float, help="the same: seconds in which they press")
    parser.add_argument("--sync", type=int, nargs="?", const=sync.MEMBERS, help="only the names of so many members")
    parser.add_argument("--json", type=Path, help="keep the result in this file")
    parser.add_argument("--compare", type=Path, help="print ratios to the result in this file")
    parser.add_argument("--document", type=Path, help="put the tables into this page; only when all is measured")
    given = parser.parse_args()
    if given.document and wanted(given) != list(PARTS):
        parser.error("--document replaces all tables of a page, so measure all: leave the other options out")
    return given


def wanted(given: argparse.Namespace) -> list[str]:
    """Return the parts that are asked for: all of them where none is named."""
    named = [part for part in (*PARTS, "thirty", "sync") if getattr(given, part)]
    if given.clicks or given.within:
        named.append("one")
    return named or list(PARTS)


def main() -> None:
    """Read what is asked for and measure it."""
    given = asked()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    before = load(given.compare) if given.compare else None
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result, failed = runner.run(run(given, wanted(given)))
    if given.json:
        save(result, given.json)
    if given.document and not failed:
        document(result, given.document, Clock().now().date())
    if before is not None:
        print("\n" + "\n".join(compared(before, result)))
    if failed:
        raise SystemExit("\n".join(["not all was measured:", *failed]))


if __name__ == "__main__":
    main()
