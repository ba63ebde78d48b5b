"""Runs with 200 raiders in which processes are killed: nothing confirmed is lost, nothing happens twice."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from tests.support.house import a_house
from tests.support.raid import Raid
from tests.support.story import RAIDERS, Story

from raidbot.database.embedded import EmbeddedServer
from raidbot.database.pool import Database

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

EVENINGS = [
    {
        "as /run is sent": "bot",
        "after the first join": "backend",
        "after 60 joins": "PostgreSQL",
        "as Start is pressed": "bot",
        "as End is pressed": "backend",
    },
    {
        "as /run is sent": "PostgreSQL",
        "once the panel stands": "bot",
        "after 120 joins": "backend",
        "as End is pressed": "bot",
    },
    {
        "as /run is sent": "backend",
        "after 60 joins": "bot",
        "as End is pressed": "PostgreSQL",
    },
]
"""What is killed when: each part in each piece of a run, whatever else was killed before."""


@pytest_asyncio.fixture
async def crowd(database_url: str, tmp_path: Path) -> AsyncGenerator[Raid]:
    async with a_house(database_url, tmp_path, RAIDERS) as (house, hands):
        yield await Raid.of(house, hands)


@pytest.mark.parametrize("killed", EVENINGS, ids=lambda killed: f"{killed['as /run is sent']} first")
async def test_whatever_is_killed_and_whenever(
    crowd: Raid, postgres: EmbeddedServer, database: Database, killed: dict[str, str]
) -> None:
    story = Story(crowd, postgres, dict(killed))

    await story.play()

    await story.check(database)
