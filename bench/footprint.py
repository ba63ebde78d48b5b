"""How much memory the processes take with a large server, and how long they take to start."""

import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.support.house import KEY, House

from bench.machine import proportional_mb, usage
from bench.tables import FACTS, Table, fact, over
from raidbot.bot.backend import Backend as Client
from raidbot.cli.practice import make_ready
from raidbot.database.embedded import EmbeddedServer

MEMBERS = 36_000
MEMORY = {"backend": 120.0, "bot": 200.0}
"""In MB, at the most."""
START = {"PostgreSQL": 3.0, "backend": 2.0, "bot": 5.0, "bot again": 5.0}
"""In seconds, at the most."""
TITLES = {
    "PostgreSQL": "embedded PostgreSQL, first start with initdb",
    "backend": "backend, until it answers",
    "bot": f"bot, until all of {MEMBERS:,} members are compared with the record that knows none",
    "bot again": "bot, the same when the record knows them",
}


def first_start_s(folder: Path) -> float:
    """Return the seconds from nothing to a PostgreSQL that answers."""
    began = time.monotonic()
    with EmbeddedServer(folder / "first"):
        return time.monotonic() - began


async def measured(url: str, folder: Path, postgres_s: float) -> Table:
    """Start backend and bot on a migrated database, beside a Discord with all members."""
    house = House(folder, url, folder / "clock", MEMBERS)
    took = {"PostgreSQL": postgres_s}
    try:
        await house.start_loopback()
        took["backend"] = await _seconds(house.start_backend)
        async with Client(house.backend_url, KEY) as client:
            await make_ready(house.api_url, house.discord["token"], house.guild_id, client)
        took["bot"] = await _seconds(house.start_bot)
        await house.kill("bot")
        took["bot again"] = await _seconds(house.start_bot)
        pids = {name: house.processes[name].pid for name in MEMORY}
        memory = {name: (usage(pid).rss_mb, proportional_mb(pid)) for name, pid in pids.items()}
    finally:
        await house.stop()
    return _table(took, memory)


async def _seconds(start: Callable[[], Awaitable[None]]) -> float:
    began = time.monotonic()
    await start()
    return time.monotonic() - began


def _table(took: dict[str, float], memory: dict[str, tuple[float, float]]) -> Table:
    starts = [
        fact(f"start: {TITLES[name]}", f"{took[name]:.1f} s", f"{most:.0f} s", over("", took[name], most, " s"))
        for name, most in START.items()
    ]
    sizes = [
        fact(
            f"memory: {name}, {MEMBERS:,} members (RSS, PSS)",
            f"{memory[name][0]:.0f}, {memory[name][1]:.0f} MB",
            f"{most:.0f} MB",
            over("", memory[name][0], most, " MB"),
        )
        for name, most in MEMORY.items()
    ]
    figures = {f"start_s.{name}": value for name, value in took.items()}
    figures |= {f"rss_mb.{name}": value[0] for name, value in memory.items()}
    return Table("footprint and starts", FACTS, [*starts, *sizes], figures)
