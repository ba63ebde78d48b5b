"""Jobs that fail say so louder each time, and never run twice at once."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from structlog.testing import capture_logs
from structlog.types import EventDict

from raidbot.backend import jobs
from raidbot.backend.jobs import ALARM_AFTER, Job, NextDue, Runner, Tick
from raidbot.backend.metrics import Metrics
from raidbot.core.clock import Clock
from raidbot.database.pool import Database
from raidbot.database.transaction import Transaction

EVERY = timedelta(minutes=2)


async def fails(tick: Tick) -> int:
    del tick
    raise RuntimeError("the disk is gone")


async def works(tick: Tick) -> int:
    del tick
    return 0


def said(lines: Sequence[EventDict], words: str) -> int:
    return sum(words in str(line["event"]) for line in lines)


async def test_the_third_failure_in_a_row_raises_the_alarm_and_a_success_ends_the_row_raids_45_community_w25_b11(
    database: Database,
) -> None:
    runner = Runner(database, Clock(), lambda: None, Metrics())
    failing, working = Job("fragile", EVERY, fails, None), Job("fragile", EVERY, works, None)

    with capture_logs() as lines:
        for _ in range(ALARM_AFTER - 1):
            await runner.turn(failing)
        assert said(lines, "consecutively") == 0
        await runner.turn(failing)
        assert said(lines, "consecutively") == 1
        await runner.turn(working)
        for _ in range(ALARM_AFTER - 1):
            await runner.turn(failing)

    assert said(lines, "consecutively") == 1


async def test_a_job_that_another_process_is_at_is_left_out_and_the_log_says_so(database: Database) -> None:
    turns = 0

    async def looks_again(tick: Tick) -> int:
        nonlocal turns
        del tick
        turns += 1
        await Runner(database, Clock(), lambda: None, Metrics()).turn(one)
        return 0

    one = Job("slow", EVERY, looks_again, None)
    with capture_logs() as lines:
        await Runner(database, Clock(), lambda: None, Metrics()).turn(one)

    assert (turns, said(lines, "still running"), said(lines, "Job failed")) == (1, 1, 0)


async def test_a_change_wakes_who_waits_for_rows_and_nobody_who_keeps_hours(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[str] = []

    def turning(name: str, next_due: NextDue | None) -> Job:
        async def work(tick: Tick) -> int:
            del tick
            turns.append(name)
            return 0

        return Job(name, timedelta(days=1), work, next_due)

    async def nothing_due(tx: Transaction) -> None:
        del tx

    monkeypatch.setattr(jobs, "registered", {"rows": turning("rows", nothing_due), "nightly": turning("nightly", None)})
    runner = Runner(database, Clock(), lambda: None, Metrics())
    running = asyncio.create_task(runner.run())
    try:
        async with asyncio.timeout(60):
            while turns.count("rows") < 2:  # the first turn is the start
                if "rows" in turns:
                    runner.look_again()
                await asyncio.sleep(0.05)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    assert turns.count("nightly") == 1
