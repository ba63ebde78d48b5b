"""What a process used, and how fast this machine is, so that figures from two machines can be compared."""

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from raidbot.database.connection import DatabaseSettings, open_connection

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
ROUNDS = 2000

STATEMENTS = """
SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
 WHERE d.datname = current_database() AND toplevel AND query !~* '^(begin|commit|rollback)'
   AND query !~ 'pg_stat_statements'
"""
"""How many statements a database has run, without BEGIN and COMMIT."""


@dataclass(frozen=True)
class Usage:
    """What a process and its children have used so far."""

    cpu_s: float
    rss_mb: float

    def since(self, before: "Usage") -> "Usage":
        """Return what was used in between, with the memory of now."""
        return Usage(self.cpu_s - before.cpu_s, self.rss_mb)


def usage(*pids: int) -> Usage:
    """Return what these processes have used; those that are gone count as nothing."""
    cpu, memory = 0.0, 0.0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            resident = Path(f"/proc/{pid}/statm").read_text().split()[1]
        except OSError:
            continue
        cpu += (int(fields[11]) + int(fields[12]) + int(fields[13]) + int(fields[14])) / TICKS
        memory += int(resident) * PAGE / 1e6
    return Usage(cpu, memory)


def usages(pids: Mapping[str, Sequence[int]]) -> dict[str, Usage]:
    """Return what the processes of each name have used."""
    return {name: usage(*ids) for name, ids in pids.items()}


def used_since(before: Mapping[str, Usage], after: Mapping[str, Usage]) -> dict[str, Usage]:
    """Return what was used between two looks."""
    return {name: after[name].since(before[name]) for name in before}


def proportional_mb(*pids: int) -> float:
    """Return the memory of processes in which what they share counts once (PSS)."""
    total = 0.0
    for pid in pids:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6
    return total


def family(pid: int) -> list[int]:
    """Return a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    return [pid, *(int(one) for one in children.read_text().split())] if children.exists() else [pid]


class Calibration(msgspec.Struct, frozen=True):
    """How fast this machine is just now."""

    json_ms: float
    """Writing and reading a small JSON text 10,000 times."""
    select_ms: float
    """One `SELECT 1` over one connection."""

    def line(self) -> str:
        """Return it as it is printed."""
        return f"JSON {self.json_ms:.0f} ms, SELECT 1 {self.select_ms:.3f} ms"


async def calibration(url: str) -> Calibration:
    """Measure how fast this machine is just now."""
    return Calibration(json_ms(), await select_ms(url))


def json_ms() -> float:
    """Return the milliseconds that writing and reading a small JSON 10,000 times takes here."""
    value = {"run_id": 41, "joined": True, "names": ["Rook", "Tansy"] * 5}
    started = time.perf_counter()
    for _ in range(10_000):
        json.loads(json.dumps(value))
    return (time.perf_counter() - started) * 1000


async def select_ms(url: str) -> float:
    """Return the milliseconds of one `SELECT 1` over one connection."""
    connection = await asyncpg.connect(url)
    try:
        started = time.perf_counter()
        for _ in range(ROUNDS):
            await connection.fetchval("SELECT 1")
        return (time.perf_counter() - started) * 1000 / ROUNDS
    finally:
        await connection.close()


async def statements(url: str) -> int:
    """Return how many statements a database has run; `pg_stat_statements` must be there."""
    connection = await open_connection(DatabaseSettings(url))
    try:
        ran: Any = await connection.fetchval(STATEMENTS)
        return int(ran)
    finally:
        await connection.close()
