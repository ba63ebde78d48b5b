"""Whatever button of ours still stands somewhere, of things that are gone or never were: everybody is answered."""

import asyncio
import random
from collections.abc import AsyncGenerator, Iterator, Sequence
from itertools import cycle
from pathlib import Path

import pytest
import pytest_asyncio
from tests.bot.test_custom_ids import RELEASED
from tests.support.house import a_house
from tests.support.raid import Raid
from tests.support.reading import words

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

STAFF = ("Alwyn", "Officer Oda", "Mira", "Security Sten", "Odalys", "Quill")
PLACES = ("raid", "bot-commands", "party-finder", "role-pings")
ROWS, IN_A_ROW = 5, 5


@pytest_asyncio.fixture
async def raid(database_url: str, tmp_path: Path) -> AsyncGenerator[Raid]:
    async with a_house(database_url, tmp_path, 60) as (house, hands):
        yield await Raid.of(house, hands)


def stale() -> Iterator[str]:
    """Every id that was ever released, about things that are not there, as large as they come, and garbage."""
    luck = random.Random(41)  # noqa: S311 - the same garbage each time
    for one in RELEASED:
        yield one.replace("41", str(luck.choice([0, 41, 2**53, 2**63 - 1, 10**18])))
    yield from (one + luck.choice([":", ":1", "x", "9" * 30]) for one in luck.sample(sorted(RELEASED), 20))
    yield from ("".join(luck.choices("run:joinéñ🗝 41-", k=luck.randrange(1, 40))) for _ in range(20))


def parts(listed: Sequence[str], most: int) -> list[Sequence[str]]:
    return [listed[at : at + most] for at in range(0, len(listed), most)]


async def test_everybody_is_answered_and_nothing_breaks(raid: Raid) -> None:
    people = cycle([*(raid.people[one] for one in STAFF), *raid.extra])
    places = cycle(PLACES)  # Discord takes five messages in five seconds in each
    for some in parts(list(dict.fromkeys(stale())), ROWS * IN_A_ROW):
        message = await raid.replay(next(places), some)
        pressing = [
            raid.hands.click(who, int(message["id"]), one, wait="answered")
            for one in some
            for who in (next(people), next(people))
        ]
        for told in await asyncio.gather(*pressing):
            assert told["message"] is None or "Reference" not in words(told["message"])

    log = raid.house.log("bot")
    assert "Interaction failed" not in log, log[log.index("Interaction failed") - 200 :][:3000]
    assert "Request failed" not in raid.house.log("backend")
