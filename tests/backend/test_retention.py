"""Old events are deleted, and who missed some is told."""

from datetime import timedelta

import pytest
import pytest_asyncio

from raidbot.backend import events
from raidbot.backend.events import Stream, emit
from raidbot.backend.jobs import Runner, registered
from raidbot.backend.metrics import Metrics
from raidbot.core.clock import Clock
from raidbot.core.events import ReadEvents
from raidbot.core.ids import GuildId
from raidbot.database.pool import Database
from raidbot.features.guild_config.model import MappingsChanged

GUILD = GuildId(700)
OLD = timedelta(days=1, minutes=1)
FRESH = timedelta(hours=23)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def stream(database: Database, clock: Clock) -> Stream:
    return Stream(database, clock)


async def happened(database: Database, clock: Clock, age: timedelta, times: int = 1) -> None:
    async with database.transaction() as tx:
        for _ in range(times):
            await emit(tx, MappingsChanged(guild_id=GUILD), clock.now() - age)


async def forget(database: Database, clock: Clock) -> None:
    await Runner(database, clock, lambda: None, Metrics()).turn(registered["outbox-retention"])


async def kept(database: Database) -> int:
    async with database.transaction() as tx:
        return await tx.value(int, "SELECT count(*) FROM outbox") or 0


async def test_only_what_is_older_than_a_day_is_deleted_in_as_many_batches_as_it_takes_raids_30(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "BATCH", 10)
    await happened(database, clock, OLD, times=25)
    await happened(database, clock, FRESH, times=3)

    await forget(database, clock)

    assert await kept(database) == 3


async def test_a_reader_that_stands_before_what_was_deleted_is_told_of_the_gap(
    database: Database, clock: Clock, stream: Stream
) -> None:
    start = (await stream.read(ReadEvents())).place
    await happened(database, clock, OLD)
    await forget(database, clock)

    told = await stream.read(ReadEvents(after=start, wait=0))

    assert (told.gap, told.events) == (True, [])
    assert not (await stream.read(ReadEvents(after=told.place, wait=0))).gap


async def test_a_reader_that_has_read_what_was_deleted_goes_on_without_a_gap(
    database: Database, clock: Clock, stream: Stream
) -> None:
    start = (await stream.read(ReadEvents())).place
    await happened(database, clock, OLD, times=2)
    read = await stream.read(ReadEvents(after=start, wait=5))
    await forget(database, clock)
    await happened(database, clock, FRESH)

    rest = await stream.read(ReadEvents(after=read.place, wait=5))

    assert (len(read.events), len(rest.events), rest.gap) == (2, 1, False)


async def test_what_was_deleted_last_is_remembered_however_often_the_job_runs(
    database: Database, clock: Clock, stream: Stream
) -> None:
    start = (await stream.read(ReadEvents())).place
    for _ in range(2):
        await happened(database, clock, OLD)
        await forget(database, clock)
        await forget(database, clock)

    assert (await stream.read(ReadEvents(after=start, wait=0))).gap
