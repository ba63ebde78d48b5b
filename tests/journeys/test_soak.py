"""Random parts are killed at random moments. Not part of the usual tests: `just soak`, with another seed each time."""

import asyncio
import os
import random
from pathlib import Path

import pytest
from tests.support.house import a_house
from tests.support.raid import Raid
from tests.support.story import RAIDERS, Story

from raidbot.database.embedded import EmbeddedServer
from raidbot.database.pool import Database

pytestmark = [pytest.mark.soak, pytest.mark.timeout(300)]

SEED = int(os.environ.get("SOAK_SEED", "1"))
WITHIN_S = 5.0


@pytest.mark.parametrize("number", range(20))
async def test_a_random_part_at_a_random_moment(
    database_url: str, database: Database, postgres: EmbeddedServer, tmp_path: Path, number: int
) -> None:
    chance = random.Random(SEED * 1000 + number)  # noqa: S311 - a seed, so that it can be repeated
    victim, moment = chance.choice(["bot", "backend", "PostgreSQL"]), chance.uniform(0, WITHIN_S)
    async with a_house(database_url, tmp_path, RAIDERS) as (house, hands):
        story = Story(await Raid.of(house, hands), postgres, {}, f"{victim} after {moment:.2f} s, seed {SEED}")

        async def strike() -> None:
            await asyncio.sleep(moment)
            await story.blow(victim)

        blow = asyncio.create_task(strike())
        await story.play()
        await blow
        await asyncio.gather(*story.blows)

        await story.check(database)
