"""A crowd presses anything, two dozen at a time. Only by `just soak`, with another seed each time."""

import asyncio
import os
import random
from pathlib import Path

import pytest
from tests.features.runs.test_pay_machine import LEADERS, LED, LIVED, RAIDED, RAIDERS, Paying
from tests.features.runs.worlds import World, a_world

from raidbot.core.ids import RunId
from raidbot.database.embedded import EmbeddedServer

pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]

SEED = int(os.environ.get("SOAK_SEED", "1"))
TURNS = 60
MOST_AT_ONCE = 24


class Crowd(Paying):
    """The presses of the state machine, many at once, chosen by chance instead of by search."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.guild = world.found_guild([*LEADERS, *RAIDERS])
        self.run_id = RunId(0)
        self.pops = 0

    def presses(self, chance: random.Random) -> None:
        """Press this and that at once, let some time pass, and check everything."""
        verbs = [*LED, *RAIDED, *RAIDED, *RAIDED, chance.choice(LIVED)]
        many = chance.randint(2, MOST_AT_ONCE)
        self.together(*((chance.choice(verbs), chance.randrange(4)) for _ in range(many)))
        self.world.served.pass_time(chance.choice([0, 0, 3, 26]))
        self.what_must_hold_holds()


@pytest.mark.parametrize("number", range(5))
def test_whatever_a_crowd_presses_at_once_everybody_has_what_they_are_owed(
    postgres: EmbeddedServer, template: str, tmp_path: Path, number: int
) -> None:
    chance = random.Random(SEED * 1000 + number)  # noqa: S311 - a seed, so that it can be repeated
    with asyncio.Runner() as runner:
        opening = a_world(postgres, template, tmp_path)
        served, database = runner.run(opening.__aenter__())
        try:
            crowd = Crowd(World(runner, served, database))
            crowd.together(("open", 0))
            crowd.together(("start", 0))
            for _ in range(TURNS):
                crowd.presses(chance)
        finally:
            runner.run(opening.__aexit__(None, None, None))
