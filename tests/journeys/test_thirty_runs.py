"""An evening at its height: thirty live runs in one raid channel, ten of their panels more than an hour old."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from tests.support.house import KEY, a_house, until
from tests.support.raid import Raid
from tests.support.reading import Json, parts, words
from tests.support.thirty import OLD, RUNS, Thirty, most_within

from raidbot.bot.backend import Backend as Client
from raidbot.core.ids import RunId, UserId
from raidbot.database.pool import Database
from raidbot.features.runs.api import joins
from raidbot.features.runs.api import life as api

pytestmark = [pytest.mark.journey, pytest.mark.timeout(400)]

CLICKS, WITHIN_S = 300, 15
LOCKED_WHILE_AWAY, JOINED_WHILE_AWAY = (4, 21), (0, 7, 12, 25)
LOCKED = (2, 5, 17)


@pytest_asyncio.fixture
async def thirty(database_url: str, tmp_path: Path) -> AsyncGenerator[Thirty]:
    async with a_house(database_url, tmp_path, RUNS + CLICKS + RUNS) as (house, hands):
        evening = Thirty(await Raid.of(house, hands))
        await evening.open()
        yield evening


async def test_a_bot_that_starts_draws_status_first_and_a_crowd_is_counted_within_the_budgets_of_the_channel(
    thirty: Thirty, database: Database
) -> None:
    await comes_back(thirty, database)
    await is_crowded(thirty)


async def comes_back(thirty: Thirty, database: Database) -> None:
    """Let runs change while there is no bot, and look at what the next one draws."""
    house, hands = thirty.raid.house, thirty.raid.hands
    run_ids = [int(one["custom_id"].split(":")[2]) for panel in thirty.panels for one in _joins(panel)]
    await until(lambda: all_drawn(database), "the record to know that all panels are drawn")
    await house.kill("bot")
    async with Client(house.backend_url, KEY) as client:
        for number in JOINED_WHILE_AWAY:
            ask = joins.JoinRun(house.guild_id, RunId(run_ids[number]))
            await client.call(joins.join_run, ask, actor=UserId(thirty.raiders[CLICKS + number]))
        for number in LOCKED_WHILE_AWAY:
            lock = api.LockRun(house.guild_id, RunId(run_ids[number]), locked=True)
            await client.call(api.lock_run, lock, actor=UserId(thirty.organizers[number]))
    await thirty.begin()

    await house.start_bot()

    await thirty.all_count([_at_first(number) for number in range(RUNS)])
    assert [await thirty.locked(number) for number in LOCKED_WHILE_AWAY] == [True, True]
    drawn = [number for _, number in await thirty.edits()]
    assert sorted(drawn[:2]) == sorted(LOCKED_WHILE_AWAY)
    assert set(drawn) == {*LOCKED_WHILE_AWAY, *JOINED_WHILE_AWAY}
    assert (await hands.stats())["count_429"] == 0


async def is_crowded(thirty: Thirty) -> None:
    """Let members press while some runs are locked, and look at what is drawn when."""
    await thirty.begin()

    async def locks() -> None:
        await asyncio.sleep(WITHIN_S / 3)
        await asyncio.gather(*(thirty.lock(number) for number in LOCKED))

    told, _ = await asyncio.gather(thirty.press_all(CLICKS, WITHIN_S), locks())
    joined = [0] * RUNS
    for number, one in enumerate(told):
        is_in = "You are in" in words(one["message"])
        assert is_in or number % RUNS in {*LOCKED, *LOCKED_WHILE_AWAY}
        joined[number % RUNS] += is_in
    await thirty.all_count([_at_first(number) + count for number, count in enumerate(joined)])

    edits = await thirty.edits()
    assert (await thirty.raid.hands.stats())["count_429"] == 0
    assert most_within([at for at, _ in edits], 5.0) <= 5
    assert most_within([at for at, number in edits if number < OLD], 6.0) <= 3


def _at_first(number: int) -> int:
    """How many are in a run before the crowd comes."""
    return 2 if number in JOINED_WHILE_AWAY else 1


async def all_drawn(database: Database) -> bool:
    async with database.transaction() as tx:
        behind = await tx.value(
            int,
            """
            SELECT count(*) FROM run r
              LEFT JOIN posting p ON p.guild_id = r.guild_id AND p.kind = 'run' AND p.subject_id = r.id
             WHERE coalesce(p.drawn_version, 0) < r.version
            """,
        )
    return behind == 0


def _joins(panel: Json) -> list[Json]:
    return [one for one in parts(panel) if str(one.get("custom_id", "")).startswith("run:join:")]
