"""RealmEye asked by real processes: a backend that is killed while it asks loses no wish."""

from pathlib import Path

import pytest
from tests.support.house import House, until

from raidbot.core.clock import Clock
from raidbot.core.ids import GuildId, UserId
from raidbot.database.pool import Database
from raidbot.features.realmeye import service
from raidbot.features.realmeye.model.facts import known
from raidbot.features.realmeye.model.queue import Lookup, Read, Wanted
from realmeye_loopback.client import RealmEye
from realmeye_loopback.troubles import Mode

pytestmark = pytest.mark.journey

PEOPLE = ("Rook", "Tansy", "Pike")


async def asked(database: Database, house: House, ign: str) -> Lookup:
    wanted = Wanted(guild_id=GuildId(700), user_id=UserId(sum(ign.encode())), ign=ign)
    async with database.transaction() as tx:
        return await service.ask(tx, wanted, Clock(house.clock_file).now())


async def test_who_waits_is_answered_in_order_after_the_backend_is_killed_in_the_middle(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    house = House(tmp_path, database_url, tmp_path / "clock")
    await house.start_realmeye()
    try:
        async with RealmEye(house.realmeye_url) as realmeye:
            await realmeye.trouble(Mode.SLOW, seconds=60, times=1)
            await house.start_backend()
            for ign in PEOPLE:
                await asked(database, house, ign)

            async def under_way() -> bool:
                return (await realmeye.stats()).most_at_once > 0

            await until(under_way, "the first page to be asked for")
            await house.kill("backend")
            await realmeye.no_trouble()
            house.clock_file.write_text("20")
            await house.start_backend()

            async def all_read() -> list[Read] | None:
                found = [await asked(database, house, ign) for ign in PEOPLE]
                return (
                    [one for one in found if isinstance(one, Read)] if all(isinstance(x, Read) for x in found) else None
                )

            told = await until(all_read, "all pages to be read")
            visits = (await realmeye.stats()).visits
    finally:
        await house.stop()

    assert [one.facts.stars for one in told] == [known(62), known(31), known(12)]
    visited = [visit.path.rpartition("/")[2] for visit in sorted(visits, key=lambda one: one.began)]
    assert visited == ["rook", "rook", "tansy", "pike"]  # the first is the one that was being read
