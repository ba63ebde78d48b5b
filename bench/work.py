"""The work that a click is made of, each piece by itself over HTTP, by one client and by many at once."""

import os
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from tests.support.database import administer
from tests.support.house import KEY, House

from bench.community import GUILD, LIVE_DUNGEON, Community, LiveRun, Size, member, seeded
from bench.driver import Answer, Sent, Writer, in_lanes, send
from bench.machine import Usage, family, statements, usages, used_since
from bench.tables import Table, over, p50, p99, under, verdict
from raidbot.core.clock import Clock
from raidbot.core.ids import RunId, UserId
from raidbot.database.embedded import EmbeddedServer
from raidbot.database.pool import Database, DatabaseSettings
from raidbot.features.points import api as points
from raidbot.features.runs.api import joins, life, offers, pops, timeline
from raidbot.features.runs.jobs import BATCH
from raidbot.features.runs.store.life import hold_due

Lanes = Sequence[Sequence[bytes]]

FREE_KEYS = ("void_key", "vial_of_pure_darkness")
"""Keys of the live runs' dungeon that nobody offers yet."""


@dataclass(frozen=True)
class Rounds:
    """How often everything is done."""

    clients: int = 50
    warm: int = 200
    """Requests before anything is measured: connections are opened and statements prepared."""
    one: int = 500
    """By one client."""
    many: int = 4000
    """By all clients together, as many each."""
    pops: int = 6
    """Of each run, while all are popped at once."""
    ends: int = 3
    """Of runs by each client; the first ones of all clients at once."""
    ends_alone: int = 30


@dataclass(frozen=True)
class Limits:
    """What is aimed at; None: nothing is said."""

    sql: int | None = None
    cpu_ms: float | None = None
    """Of backend and PostgreSQL together, for one piece, at many clients."""
    rate: float | None = None
    """Pieces a second at many clients, at the least."""
    p50_ms: float | None = None

    def words(self) -> str:
        """Return them as they are printed."""
        said = [
            None if self.sql is None else f"{self.sql} SQL",
            None if self.cpu_ms is None else f"{self.cpu_ms:.2f} ms CPU",
            None if self.rate is None else f"{self.rate:.0f}/s",
            None if self.p50_ms is None else f"p50 {self.p50_ms} ms",
        ]
        return ", ".join(one for one in said if one) or "-"


@dataclass(frozen=True)
class Load:
    """The requests of one row."""

    warm: Lanes
    one: Sequence[bytes]
    many: Lanes
    runs: Sequence[LiveRun] = ()
    """Runs made for this row alone."""


@dataclass(frozen=True)
class Row:
    """One row of the table."""

    name: str
    title: str
    baseline: str
    limits: Limits
    load: Callable[["Loads"], Awaitable[Load]]


@dataclass
class Measured:
    """What one row came to."""

    row: Row
    one: Sent
    many: Sent
    used: dict[str, Usage]
    """While many clients sent."""
    sql: float
    """Statements a piece, with those of jobs that ran meanwhile."""

    @property
    def cpu_ms(self) -> dict[str, float]:
        """CPU of a piece."""
        return {name: one.cpu_s * 1000 / self.many.items for name, one in self.used.items()}

    @property
    def errors(self) -> int:
        """How many requests did not work."""
        return self.one.errors.total() + self.many.errors.total()

    @property
    def misses(self) -> list[str]:
        """What was aimed at and missed."""
        limits = self.row.limits
        return [
            *over("SQL", max(self.one.statements, self.many.statements), limits.sql),
            *over("CPU", sum(self.cpu_ms.values()), limits.cpu_ms, " ms"),
            *under("rate", self.many.rate, limits.rate, "/s"),
            *over("p50", p50(self.one.times_ms), limits.p50_ms, " ms"),
            *over("errors", self.errors, 0),
        ]

    def cells(self) -> list[str]:
        """Return the row as it is printed."""
        one, many = self.one, self.many
        return [
            self.row.title,
            f"{max(one.statements, many.statements)} ({self.sql:.1f})",
            f"{p50(one.times_ms):.1f} / {p99(one.times_ms):.1f} ms",
            f"{many.rate:.0f}/s, {p99(many.times_ms):.0f} ms, {self.errors}",
            " + ".join(f"{one:.2f}" for one in self.cpu_ms.values()) + " ms",
            self.row.baseline,
            self.row.limits.words(),
            verdict(self.misses),
        ]

    def figures(self) -> dict[str, float]:
        """Return the figures by their names."""
        return {
            "sql": max(self.one.statements, self.many.statements),
            "p50_ms": p50(self.one.times_ms),
            "p99_ms": p99(self.one.times_ms),
            "rate": self.many.rate,
            "p99_ms_at_many": p99(self.many.times_ms),
            "errors": self.errors,
            **{f"cpu_ms_{name}": one for name, one in self.cpu_ms.items()},
        }


@dataclass
class Loads:
    """Writes the requests of each row.

    Args:
        community: Who sends them.
        writer: Writes one.
        rounds: How many.
        raiders: Who is in the runs that go on.
        organizers: The number of the next organizer who leads nothing.
    """

    community: Community
    writer: Writer
    rounds: Rounds
    raiders: dict[RunId, list[UserId]]
    organizers: int

    def _load(self, requests: Iterator[bytes]) -> Load:
        rounds = self.rounds
        warm, one = list(islice(requests, rounds.warm)), list(islice(requests, rounds.one))
        many = list(islice(requests, rounds.many))
        return Load(in_lanes(warm, rounds.clients), one, in_lanes(many, rounds.clients))

    def _numbers(self) -> Iterator[int]:
        """Return members who are no organizers, again and again, in an order that jumps about."""
        size = self.community.size
        return (size.organizers + number * 7919 % (size.members - size.organizers) for number in range(1_000_000))

    async def show(self) -> Load:
        """Read a run with all its counts."""
        runs = cycle(self.community.live)
        return self._load(self.writer.write(life.show_run, life.ShowRun(GUILD, one.run_id)) for one in runs)

    async def own(self) -> Load:
        """Read the run that an organizer leads."""
        runs = cycle(self.community.live)
        return self._load(self.writer.write(life.own_run, life.OwnRun(GUILD), one.organizer_id) for one in runs)

    async def recent(self) -> Load:
        """Read the runs that a member was part of lately."""
        ask = timeline.RecentRuns(GUILD)
        return self._load(self.writer.write(timeline.recent_runs, ask, member(one)) for one in self._numbers())

    async def by_hand(self) -> Load:
        """Write an entry by hand, which reads what the member has."""
        by = member(0)

        def write(number: int) -> bytes:
            ask = points.LogKey(guild_id=GUILD, user_id=member(number), dungeon=LIVE_DUNGEON, reason="A key by hand")
            return self.writer.write(points.log_key, ask, by)

        return self._load(write(one) for one in self._numbers())

    async def offer(self) -> Load:
        """Offer a key in a run that goes on."""
        places = range(1, self.community.size.raiders)

        def write(run_id: RunId, key: str, place: int) -> bytes:
            return self.writer.write(offers.offer_key, offers.OfferKey(GUILD, run_id, key), self.raiders[run_id][place])

        return self._load(
            write(one.run_id, key, place) for key in FREE_KEYS for place in places for one in self.community.live
        )

    async def join(self) -> Load:
        """Join a run that goes on, all of them in turn."""
        inside = {run_id: set(ids) for run_id, ids in self.raiders.items()}
        asks = cycle([joins.JoinRun(GUILD, one.run_id) for one in self.community.live])
        return self._load(
            self.writer.write(joins.join_run, ask, member(number))
            for ask, number in zip(asks, self._numbers(), strict=False)
            if member(number) not in inside[ask.run_id]
        )

    async def pop(self) -> Load:
        """Pop a key; the window of the one before closes, and all raiders are paid."""
        rounds = self.rounds
        runs = await self._go_live(rounds.clients)

        def write(run: LiveRun, number: int) -> bytes:
            return self.writer.write(pops.pop_key, pops.PopKey(GUILD, run.run_id, number), run.organizer_id)

        return Load(
            [[write(run, 1)] for run in runs],
            [write(run, 2) for run in runs],
            [[write(run, number) for number in range(3, 3 + rounds.pops)] for run in runs],
            runs,
        )

    async def end(self) -> Load:
        """End a run without pops: all raiders are paid."""
        rounds = self.rounds
        runs = await self._go_live(rounds.clients * rounds.ends + rounds.ends_alone + rounds.clients)
        written = [self.writer.write(life.end_run, life.EndRun(GUILD, one.run_id), one.organizer_id) for one in runs]
        warm, one = written[: rounds.clients], written[rounds.clients : rounds.clients + rounds.ends_alone]
        many = written[rounds.clients + rounds.ends_alone :]
        return Load(in_lanes(warm, rounds.clients), one, in_lanes(many, rounds.clients), runs)

    async def _go_live(self, count: int) -> list[LiveRun]:
        runs = await self.community.go_live(self.organizers, count)
        self.organizers += count
        return runs


CLICK = "10.2 ms, 213/s; 3.4 + 4.0 ms; 15 SQL in 7 requests. The request alone: 2.9 ms, 776/s; 1.3 + 1.3 ms; 4 SQL"
CLICK_LIMITS = Limits(sql=2, cpu_ms=min((3.4 + 4.0) / 5, (1.3 + 1.3) / 2), rate=5 * 213)
"""Of the whole click a fifth, of the request half; for us one is the other."""

ROWS = (
    Row("run", "run with all its counts", "2.4-5.0 ms; 0.9 + 1.0 ms; 4 SQL in 2 requests", Limits(1, 0.95), Loads.show),
    Row("own_run", "active run of an organizer", "0.7 ms; 0.5 + 0.3 ms; 1 SQL", Limits(1, p50_ms=0.7), Loads.own),
    Row("recent", "the last 25 runs of a member", "-", Limits(1), Loads.recent),
    Row("by_hand", "entry by hand, with the member's total", "-", Limits(), Loads.by_hand),
    Row("offer", "key reaction", "2.8 ms; 1.2 + 1.3 ms; 5 SQL", Limits(2, 1.25), Loads.offer),
    Row("join", "Join click: one request", CLICK, CLICK_LIMITS, Loads.join),
    Row("pop", "key pop with 60 raiders", "45 ms; 11.5 + 22 ms; 63-185 SQL", Limits(6, (11.5 + 22) / 6), Loads.pop),
    Row(
        "end",
        "end of a run with 60 raiders",
        "34 ms; 6.4 + 20 ms; 72 SQL; 93 % fail at 50",
        Limits(6, (6.4 + 20) / 6),
        Loads.end,
    ),
)
HEADS = [
    "work",
    "SQL (with jobs)",
    "1 client: p50 / p99",
    "50 clients: rate, p99, errors",
    "CPU: backend + PostgreSQL",
    "baseline",
    "aim at most",
    "met",
]

UNLIMITED = "100000"
"""Requests a second: what the backend can do is measured, not what it is told to refuse."""

DUE = ("due", "expired runs: what the job asks", "9.1 ms; 1.0 + 7.3 ms; 1 SQL", Limits(1, p50_ms=0.5))

GROWN = 4 / 3
"""So much more may something take with ten times the history."""


@dataclass(frozen=True)
class Bench:
    """A backend on a community, and what it is measured with.

    Args:
        url: The database.
        port: Where the backend listens.
        pids: The processes by name.
    """

    url: str
    port: int
    pids: Callable[[], dict[str, list[int]]]

    async def measured(self, row: Row, loads: Loads) -> Measured:
        """Do the work of one row."""
        load = await row.load(loads)
        await send(self.port, load.warm)
        sql = await statements(self.url)
        one = await send(self.port, [load.one])
        before = usages(self.pids())
        many = await send(self.port, load.many)
        used = used_since(before, usages(self.pids()))
        sql = await statements(self.url) - sql
        await loads.community.clear(load.runs)
        return Measured(row, one, many, used, sql / (one.items + many.items))

    async def due(self, rounds: Rounds) -> Measured:
        """Look for runs whose time is up as the job does; this process stands for the backend, and nobody else asks."""
        name, title, baseline, limits = DUE
        database, clock, sent = await Database.connect(DatabaseSettings(self.url)), Clock(), Sent()

        def pids() -> dict[str, list[int]]:
            return {**self.pids(), "backend": [os.getpid()]}

        before, start = usages(pids()), time.perf_counter()
        try:
            for _ in range(rounds.one):
                began = time.perf_counter()
                async with database.transaction() as tx:
                    await hold_due(tx, clock.now(), BATCH)
                sent.note(Answer(200, tx.statements, b""), time.perf_counter() - began)
            sent.seconds, used = time.perf_counter() - start, used_since(before, usages(pids()))
        finally:
            await database.close()
        row = Row(name, title, baseline, limits, Loads.show)
        return Measured(row, sent, sent, used, 1)


async def play(server: EmbeddedServer, url: str, folder: Path, size: Size, rounds: Rounds) -> list[Measured]:
    """Seed an empty database with the schema, and do all work on it."""
    await administer(url, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    async with seeded(url, size) as community, a_backend(url, folder) as house:
        backend = house.processes["backend"].pid
        bench = Bench(url, house.backend_port, lambda: {"backend": [backend], "PostgreSQL": family(server.pid)})
        loads = Loads(community, Writer(KEY), rounds, await community.raiders(), size.live_runs)
        return [await bench.due(rounds), *[await bench.measured(row, loads) for row in ROWS]]


@asynccontextmanager
async def a_backend(url: str, folder: Path) -> AsyncGenerator[House]:
    """Run a backend as a process of its own, and nothing else."""
    house = House(folder, url, folder / "clock", environ={"API_RATE": UNLIMITED})
    try:
        await house.start_backend()
        yield house
    finally:
        await house.stop()


def table(size: Size, done: Sequence[Measured]) -> Table:
    """Return what all work came to."""
    title = f"work, with {size.members:,} members, {size.past_runs:,} past runs, {size.awards:,} ledger entries"
    figures = {f"work.{one.row.name}.{name}": value for one in done for name, value in one.figures().items()}
    return Table(title, HEADS, [one.cells() for one in done], figures)


def growth(before: Sequence[Measured], after: Sequence[Measured]) -> Table:
    """Return how the same work changed with the history."""
    rows: list[list[str]] = []
    figures: dict[str, float] = {}
    for small, large in zip(before, after, strict=True):
        told = {name: (_costs(small)[name], _costs(large)[name]) for name in ("p50", "CPU")}
        grown = {name: b / a for name, (a, b) in told.items() if a}  # what is too short to be measured grew by nothing
        missed = [miss for name, ratio in grown.items() for miss in over(name, ratio, GROWN)]
        cells = [f"{a:.2f} -> {b:.2f} ms, x {grown.get(name, 1):.2f}" for name, (a, b) in told.items()]
        rows.append([small.row.title, *cells, verdict(missed)])
        figures |= {f"growth.{small.row.name}.{name}": ratio for name, ratio in grown.items()}
    return Table("ten times the history", ["work", "p50, 1 client", "CPU", "at most a third more"], rows, figures)


def _costs(one: Measured) -> dict[str, float]:
    return {"p50": p50(one.one.times_ms), "CPU": sum(one.cpu_ms.values())}
