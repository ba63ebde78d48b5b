"""A thousand members press Join on one panel within ten seconds, on their phones, all at once."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncGenerator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from tests.support.house import a_house
from tests.support.raid import Raid
from tests.support.reading import buttons, words
from tests.support.thirty import most_within

from raidbot.database.pool import Database

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

CROWD = 1000
WITHIN_S = 10


@pytest_asyncio.fixture
async def crowd(database_url: str, tmp_path: Path) -> AsyncGenerator[Raid]:
    async with a_house(database_url, tmp_path, CROWD) as (house, hands):
        yield await Raid.of(house, hands)


async def test_a_thousand_joins_are_counted_exactly_and_drawn_without_a_429_raids_17(
    crowd: Raid, database: Database
) -> None:
    await crowd.open()
    panel = await crowd.panel("1 raider")
    await crowd.hands.reset_stats()
    custom_id = buttons(panel)["Join"]
    start = time.monotonic()

    async def join(raider: int, number: int) -> str:
        await asyncio.sleep(max(0.0, start + WITHIN_S * number / CROWD - time.monotonic()))
        told = await crowd.hands.click(raider, int(panel["id"]), custom_id, timeout=60)
        return words(told["message"])

    told = await asyncio.gather(*(join(raider, number) for number, raider in enumerate(crowd.extra)))

    await crowd.panel(f"{CROWD + 1} raiders")
    stats = await crowd.hands.stats()
    edits = await edits_of(crowd, int(panel["id"]))
    assert Counter("You are in" in one for one in told) == {True: CROWD}
    assert stats["count_429"] == 0
    assert await requests_for_joins(crowd) == CROWD
    assert most_within(edits, 5.0) <= 5
    async with database.transaction() as tx:
        assert await tx.value(int, "SELECT count(*) FROM run_join WHERE state = 'join'") == CROWD + 1
        assert await tx.value(int, "SELECT count(*) FROM run_entry WHERE kind = 'joined'") == CROWD


async def requests_for_joins(raid: Raid) -> int:
    """How many requests the backend got because members pressed: joins, and members told anew."""
    url = f"http://127.0.0.1:{raid.house.backend_figures_port}/metrics"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        told = await answer.text()
    counts = dict(re.findall(r'raidbot_backend_request_seconds_count\{route="([^"]+)"\} (\d+)', told))
    joins = int(counts.pop("POST /guilds/{guild_id}/runs/{run_id}/join"))
    drawn = sum(int(count) for route, count in counts.items() if "/postings/" in route or route.endswith("/{run_id}"))
    assert drawn < CROWD / 10, "drawing follows the panel's edits, not the clicks"
    return joins


async def edits_of(raid: Raid, message_id: int) -> list[float]:
    """When a message was edited, by the loopback's own log."""
    requests = (await raid.hands.log())["requests"]
    return [one["at"] for one in requests if one["method"] == "PATCH" and one.get("message_id") == str(message_id)]
