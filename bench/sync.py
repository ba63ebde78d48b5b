"""A whole server's names are taken over while members press Join: what it costs, and what those members feel."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import asyncpg
from tests.support.house import House
from tests.support.raid import Raid
from tests.support.reading import buttons, words

from bench.machine import Usage, family, statements, usages, used_since
from bench.tables import Table, p99, spread
from discord_loopback.client import file
from raidbot.database.embedded import EmbeddedServer

MEMBERS = 36_000
CLICKS_A_SECOND = 10
QUIET_S = 15.0
"""So long members press before anything is imported, for comparison."""
SHOWN_S = 60.0
"""So long it is watched how Discord is told afterwards: all of it takes hours, by Discord's own limits."""
LONGEST_S = 1800


@dataclass
class Phase:
    """What was measured while one thing went on."""

    name: str
    seconds: float = 0
    statements: int = 0
    used: dict[str, Usage] = field(default_factory=dict[str, Usage])
    answered: list[float] = field(default_factory=list[float])
    """Milliseconds until Discord had the first answer to a Join."""
    unanswered: int = 0
    requests: int = 0
    """How often Discord was asked to change a member."""
    refused_429: int = 0

    def cells(self) -> list[str]:
        """Return the figures as a row of a table."""
        cpu = ", ".join(f"{one.cpu_s:.1f}" for one in self.used.values())
        memory = ", ".join(f"{one.rss_mb:.0f}" for one in self.used.values())
        clicks = f"{spread(self.answered)}, {self.unanswered}"
        return [
            self.name,
            f"{self.seconds:.1f} s",
            f"{self.statements:,}",
            clicks,
            cpu,
            memory,
            f"{self.requests}",
            f"{self.refused_429}",
        ]

    def figures(self) -> dict[str, float]:
        """Return the figures by their names."""
        return {
            "seconds": self.seconds,
            "statements": self.statements,
            "answered_p99_ms": p99(self.answered),
            "unanswered": self.unanswered,
            **{f"cpu_s_{name}": one.cpu_s for name, one in self.used.items()},
        }


@dataclass(frozen=True)
class Synced:
    """What the import of a whole server came to."""

    members: int
    taken_over: int
    phases: list[Phase]

    def table(self) -> Table:
        """Return the figures as a table."""
        heads = ["while", "took", "statements", "Join answered p50 / p99 / max, unanswered"]
        heads += ["CPU s: bot, backend, PostgreSQL", "MB: the same", "members changed in Discord", "429"]
        return Table(
            f"names of a whole server: {self.members:,} members, {self.taken_over:,} names taken over",
            heads,
            [one.cells() for one in self.phases],
            {f"sync.{one.name}.{name}": value for one in self.phases for name, value in one.figures().items()},
        )


class Sync:
    """The import, watched from outside.

    Args:
        postgres: The server of PostgreSQL.
        raid: The server of Discord, with so many members as are imported.
    """

    def __init__(self, postgres: EmbeddedServer, raid: Raid) -> None:
        self._postgres = postgres
        self._raid = raid
        self._turns = count()
        self.phases: list[Phase] = []

    async def play(self) -> Synced:
        """Judge, take over, and begin to show it in Discord; members press Join all the time."""
        await self._raid.open()
        panel = await self._raid.panel("1 raider")
        async with self._phase("nothing else", panel):
            await asyncio.sleep(QUIET_S)  # noqa: TID251 - real time is measured
        async with self._phase("the file is judged", panel):
            where = (self._raid.house.guild_id, self._raid.channels["bot-commands"])
            names = "\n".join(f"{member},{_name(number)}" for number, member in enumerate(self._raid.extra))
            options = {"file": file("names.csv", names.encode())}
            asked = await self._raid.hands.command(self._raid.people["Alwyn"], *where, "forcesync", options, timeout=60)
        if f"{len(self._raid.extra)} to be verified" not in words(asked["message"]):
            raise RuntimeError(words(asked["message"]))
        async with self._phase("names are taken over", panel):
            await self._raid.press("Alwyn", asked["message"], "Start")
            await self._until_done()
        async with self._phase(f"Discord is told, first {SHOWN_S:.0f} s", panel):
            await asyncio.sleep(SHOWN_S)  # noqa: TID251 - real time is measured
        return Synced(len(self._raid.extra), await self._value("SELECT count(*) FROM raider"), self.phases)

    @asynccontextmanager
    async def _phase(self, name: str, panel: dict[str, Any]) -> AsyncGenerator[None]:
        """Measure what happens in a block."""
        one = Phase(name)
        self.phases.append(one)
        await self._raid.hands.reset_stats()
        before, ran, began = self._used(), await self._statements(), time.monotonic()
        pressing = asyncio.create_task(self._press(one, panel))
        yield
        one.seconds = time.monotonic() - began
        one.statements = await self._statements() - ran
        pressing.cancel()
        await asyncio.gather(pressing, return_exceptions=True)
        one.used = used_since(before, self._used())
        stats = await self._raid.hands.stats()
        one.refused_429 = stats["count_429"]
        changes = [counts for route, counts in stats["routes"].items() if "/members/" in route and route[:3] != "GET"]
        one.requests = sum(sum(counts.values()) for counts in changes)

    async def _press(self, one: Phase, panel: dict[str, Any]) -> None:
        custom_id = buttons(panel)["Join"]
        async with asyncio.TaskGroup() as clicks:
            while True:
                member = self._raid.extra[next(self._turns) % len(self._raid.extra)]
                clicks.create_task(self._click(one, member, int(panel["id"]), custom_id))
                await asyncio.sleep(1 / CLICKS_A_SECOND)  # noqa: TID251 - real time is measured

    async def _click(self, one: Phase, member: int, message_id: int, custom_id: str) -> None:
        told = await self._raid.hands.click(member, message_id, custom_id, timeout=30)
        if told["first_ms"] is None:
            one.unanswered += 1
        else:
            one.answered.append(told["first_ms"])

    async def _until_done(self) -> None:
        async with asyncio.timeout(LONGEST_S):
            while await self._value("SELECT count(*) FROM name_import_line WHERE state = 'new'"):  # noqa: ASYNC110 - real time is measured
                await asyncio.sleep(0.5)  # noqa: TID251 - the same

    async def _value(self, sql: str) -> int:
        return int(await self._run(sql))

    async def _run(self, sql: str) -> Any:
        connection = await asyncpg.connect(self._raid.house.database_url)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    def _used(self) -> dict[str, Usage]:
        pids = _pids(self._raid.house) | {"PostgreSQL": family(self._postgres.pid)}
        return usages(pids)

    async def _statements(self) -> int:
        return await statements(self._raid.house.database_url)


def _pids(house: House) -> dict[str, list[int]]:
    return {name: [house.processes[name].pid] for name in ("bot", "backend")}


def _name(number: int) -> str:
    letters = ""
    for _ in range(4):
        number, rest = divmod(number, 26)
        letters = chr(97 + rest) + letters
    return f"Raider{letters}"
