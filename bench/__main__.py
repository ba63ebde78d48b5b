"""`just bench`: prints a table of what members feel and what it costs."""

import argparse
import asyncio
import logging
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import structlog
from tests.support.database import administer, another, reachable_folder
from tests.support.house import a_house
from tests.support.raid import Raid

from bench import crowd, loopback, sync, thirty
from bench.machine import json_ms, select_ms
from raidbot.database import migrate
from raidbot.database.embedded import EmbeddedServer

CROWDS = ((1000, 60.0), (1000, 10.0))
"""Clicks, and the seconds in which they come."""

EVENING = (1000, 60.0)
"""The same, spread over thirty runs."""


class Told(Protocol):
    """What came of a crowd, as rows of a table."""

    def lines(self) -> list[str]:
        """Return the figures as rows of a table."""
        ...


async def measured(
    server: EmbeddedServer, name: str, members: int, play: Callable[[Raid], Coroutine[Any, Any, Told]]
) -> Told:
    """Return what a crowd met with on a database of its own."""
    await administer(server.url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    url = another(server.url, name)
    await migrate.migrate(url)
    with tempfile.TemporaryDirectory(prefix="raidbot-bench-") as folder:
        async with a_house(url, Path(folder), members) as (house, hands):
            return await play(await Raid.of(house, hands))


async def run(crowds: list[tuple[int, float]], *, with_thirty: bool) -> None:
    """Print one table a crowd, with what this machine is worth above them."""
    folder = reachable_folder()
    try:
        with EmbeddedServer(folder / "postgres") as server:
            print(f"calibration: JSON {json_ms():.0f} ms, SELECT 1 {await select_ms(server.url):.3f} ms")
            for clicks, seconds in crowds:
                name = f"bench_{clicks}_{int(seconds)}"
                one = await measured(server, name, clicks, partial(crowd.play, server, clicks, seconds))
                _print("crowd on one panel", one)
            if with_thirty:
                members = thirty.RUNS + EVENING[0]
                _print("thirty runs in a channel", await measured(server, "bench_thirty", members, _evening))
    finally:
        shutil.rmtree(folder)


async def _evening(raid: Raid) -> Told:
    return await thirty.play(raid, *EVENING)


async def run_sync(members: int) -> None:
    """Print what it costs to take over the names of a whole server."""
    folder = reachable_folder()
    try:
        with EmbeddedServer(folder / "postgres") as server:
            print(f"calibration: JSON {json_ms():.0f} ms, SELECT 1 {await select_ms(server.url):.3f} ms")
            told = await measured(server, "bench_sync", members, lambda raid: sync.Sync(server, raid).play())
            _print("names of a whole server", told)
    finally:
        shutil.rmtree(folder)


async def run_loopback() -> None:
    """Print what the loopback itself costs."""
    _print(f"loopback with {loopback.MEMBERS:,} members", await loopback.measured())


def _print(title: str, told: Told) -> None:
    print("\n".join(["", f"| {title} | |", "| --- | --- |", *told.lines()]), flush=True)


def main() -> None:
    """Read what is asked for and measure it."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--clicks", type=int, help="members who press Join")
    parser.add_argument("--within", type=float, help="seconds in which they press")
    parser.add_argument("--thirty", action="store_true", help="only the thirty runs in one channel")
    parser.add_argument("--loopback", action="store_true", help="only what the loopback itself costs")
    parser.add_argument("--sync", type=int, nargs="?", const=sync.MEMBERS, help="only the names of so many members")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    one = given.clicks or given.within
    crowds = [(given.clicks or 1000, given.within or 10.0)] if one else list(CROWDS)
    if given.sync:
        asyncio.run(run_sync(given.sync))
        return
    if given.loopback:
        asyncio.run(run_loopback())
        return
    asyncio.run(run([] if given.thirty else crowds, with_thirty=given.thirty or not one))
    if not (one or given.thirty):
        asyncio.run(run_loopback())


main()
