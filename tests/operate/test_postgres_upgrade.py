"""From Debian's PostgreSQL 15 to the 18 of the wheel, by the commands of the page."""

import shutil
from pathlib import Path

import pytest
from tests.operate.pages import OPERATE, steps
from tests.operate.test_runbook import typed
from tests.operate.worlds import World
from tests.support.database import HASTY, reachable_folder
from tests.support.record import Record

from raidbot.database.connection import DatabaseSettings
from raidbot.database.embedded import EmbeddedServer
from raidbot.database.migrate import migrate

DEBIANS = Path("/usr/lib/postgresql/15/bin")

pytestmark = pytest.mark.skipif(not DEBIANS.is_dir(), reason="Debian's PostgreSQL 15 is not installed")


async def test_the_record_goes_from_15_to_18_and_not_back(record: Record, tmp_path: Path) -> None:
    before, after = steps(OPERATE / "postgres-upgrade.md")
    place = reachable_folder()
    try:
        with EmbeddedServer(place / "postgres", options=HASTY, programs=DEBIANS) as old:
            await migrate(old.url)
            there = Record(DatabaseSettings(old.url), "raidbot")
            world = World(there, tmp_path)
            await there.open_runs(25, world.clock.now())
            said = typed(world, before)
            assert "verified" in said
            assert "not verified" not in said
            world.record = record

            told = typed(world, after)

            assert "is now what was restored." in told
            assert "The schema is as it should be." in told
            assert await record.rows() == 25
            assert str(await record.ask("SHOW server_version")).startswith("18")
            await refuse_the_way_back(world, there)
    finally:
        shutil.rmtree(place)


async def refuse_the_way_back(world: World, there: Record) -> None:
    """Take a backup of the new server, and try to put it back into the old one."""
    before, after = steps(OPERATE / "postgres-upgrade.md")
    typed(world, before)
    world.record = there
    with pytest.raises(AssertionError, match="there is no way back"):
        typed(world, after)
    assert await there.rows() == 25
