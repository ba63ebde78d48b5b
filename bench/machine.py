"""What a process used, and how fast this machine is, so that figures from two machines can be compared."""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

import asyncpg

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
ROUNDS = 2000


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


def family(pid: int) -> list[int]:
    """Return a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    return [pid, *(int(one) for one in children.read_text().split())] if children.exists() else [pid]


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
