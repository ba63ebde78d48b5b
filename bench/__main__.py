"""`just bench`: prints a table of what members feel and what it costs."""

import argparse
import asyncio
import logging
import shutil
import tempfile
from pathlib import Path

import structlog
from tests.support.database import administer, another, reachable_folder
from tests.support.house import a_house
from tests.support.raid import Raid

from bench import loopback
from bench.crowd import Result, play
from bench.machine import json_ms, select_ms
from raidbot.database import migrate
from raidbot.database.embedded import EmbeddedServer

CROWDS = ((1000, 60.0), (1000, 10.0))
"""Clicks, and the seconds in which they come."""


async def measured(server: EmbeddedServer, clicks: int, seconds: float) -> Result:
    """Return what a crowd met with on a database of its own."""
    name = f"bench_{clicks}_{int(seconds)}"
    await administer(server.url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    url = another(server.url, name)
    await migrate.migrate(url)
    with tempfile.TemporaryDirectory(prefix="raidbot-bench-") as folder:
        async with a_house(url, Path(folder), clicks) as (house, hands):
            return await play(await Raid.of(house, hands), server, clicks, seconds)


async def run(crowds: list[tuple[int, float]]) -> None:
    """Print one table a crowd, with what this machine is worth above them, and what the loopback costs below."""
    folder = reachable_folder()
    try:
        with EmbeddedServer(folder / "postgres") as server:
            print(f"calibration: JSON {json_ms():.0f} ms, SELECT 1 {await select_ms(server.url):.3f} ms")
            for clicks, seconds in crowds:
                result = await measured(server, clicks, seconds)
                show("crowd on one panel", result.lines())
    finally:
        shutil.rmtree(folder)
    await run_loopback()


async def run_loopback() -> None:
    """Print what the loopback itself costs."""
    cost = await loopback.measured()
    show(f"loopback with {loopback.MEMBERS:,} members", cost.lines())


def show(title: str, lines: list[str]) -> None:
    """Print a table."""
    print("\n".join(["", f"| {title} | |", "| --- | --- |", *lines]), flush=True)


def main() -> None:
    """Read what is asked for and measure it."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--clicks", type=int, help="members who press Join")
    parser.add_argument("--within", type=float, help="seconds in which they press")
    parser.add_argument("--loopback", action="store_true", help="only what the loopback itself costs")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    crowds = [(given.clicks or 1000, given.within or 10.0)] if given.clicks or given.within else list(CROWDS)
    asyncio.run(run_loopback() if given.loopback else run(crowds))


main()
