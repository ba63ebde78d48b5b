"""What grows with each run is found by an index: nobody waits longer because a guild has raided for years."""

from collections.abc import AsyncGenerator
from pathlib import Path
from urllib.parse import urlsplit

import pytest_asyncio
from tests.features.runs.steps import cancel, end, join, leave, live, pop, reopen, shown, tell, undo, window_closed
from tests.support.backend import RAIDER, SECOND_ORGANIZER, furnish, serving
from tests.support.database import administer

from raidbot.database.connection import DatabaseSettings, open_connection
from raidbot.database.pool import Database
from raidbot.features.runs.model.pops import Outcome

GROWING = ("run", "run_leader", "run_join", "run_entry", "run_pop", "run_snapshot", "run_offer", "key_use", "award")


@pytest_asyncio.fixture
async def without_scans(database_url: str) -> AsyncGenerator[Database]:
    """A pool that reads a whole table only where there is no other way."""
    name = urlsplit(database_url).path.removeprefix("/")
    await administer(database_url, f'ALTER DATABASE "{name}" SET enable_seqscan = off')
    pool = await Database.connect(DatabaseSettings(database_url))
    yield pool
    await pool.close()


async def scans(database_url: str) -> dict[str, int]:
    """Return which of the growing tables were read whole. What a connection did is told once it is closed."""
    connection = await open_connection(DatabaseSettings(database_url))
    try:
        found = await connection.fetch(
            "SELECT relname, seq_scan FROM pg_stat_user_tables WHERE relname = ANY ($1) AND seq_scan > 0", GROWING
        )
        return {one["relname"]: one["seq_scan"] for one in found}
    finally:
        await connection.close()


async def test_no_step_of_a_run_reads_what_all_runs_left_behind(
    database_url: str, without_scans: Database, tmp_path: Path
) -> None:
    before = await scans(database_url)
    async with serving(without_scans, tmp_path / "clock") as served:
        await furnish(served)
        run = await live(served)
        await join(served, run, RAIDER)
        await pop(served, run, 1)
        await pop(served, run, 2)
        await undo(served, run, 2)
        await window_closed(served, run)
        await tell(served, run, 1, outcome=Outcome.FAILED)
        await leave(served, run, RAIDER)
        await end(served, run)
        await reopen(served, run)
        await end(served, run)
        await shown(served, run)
        await cancel(served, await live(served, SECOND_ORGANIZER), SECOND_ORGANIZER)
    await without_scans.close()

    assert await scans(database_url) == before
