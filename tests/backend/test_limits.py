"""A caller who asks for too much is told to wait, and nobody else has to."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from structlog.testing import capture_logs
from tests.support.backend import ADMIN, GUILD, KEY, STRANGER, Served, serving

from raidbot.backend.limits import ACTOR_AT_ONCE, WINDOW_S, WRONG_KEYS, Limit
from raidbot.bot import metrics
from raidbot.bot.backend import LONGEST_WAIT_S
from raidbot.bot.backend import Backend as Client
from raidbot.core.clock import Clock
from raidbot.core.errors import NotAllowed, Overrun, Unavailable
from raidbot.database.pool import Database
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.guild_config import api
from raidbot.features.guild_config.model import Mappings

RATE = 20
OF_ACTOR = RATE * WINDOW_S // 10
OF_KEY = RATE * WINDOW_S
MAP_NOTHING = api.SetRoles(GUILD, {})
MAPPINGS = f"/guilds/{int(GUILD)}/mappings"


@pytest_asyncio.fixture
async def narrow(database: Database, tmp_path: Path) -> AsyncGenerator[Served]:
    """A backend that takes little, at the beginning of ten seconds."""
    clock_file = tmp_path / "clock"
    async with serving(database, clock_file, api_rate=RATE) as up:
        await up.mirror(MirroredMember(ADMIN, [], administrator=True))
        to_the_next(up)
        yield up


def to_the_next(up: Served, *, but_s: float = 0) -> None:
    """Move the clock to the next ten seconds, or to that many before the ones after it."""
    now = time.time() + up.shift
    up.pass_time(WINDOW_S - now % WINDOW_S + (WINDOW_S - but_s if but_s else 0))


async def many(up: Served, times: int, path: str, headers: dict[str, str]) -> list[tuple[int, str | None, Any]]:
    """Ask that often, as fast as it goes; return statuses, Retry-After and bodies."""

    async def once(session: aiohttp.ClientSession) -> tuple[int, str | None, Any]:
        async with session.get(up.url + path, headers=headers) as answer:
            return answer.status, answer.headers.get("Retry-After"), await answer.json()

    async with aiohttp.ClientSession() as session:
        return [await once(session) for _ in range(times)]


async def until_refused(up: Served, client: Client | None = None) -> tuple[int, Overrun]:
    """Let an administrator ask until they have to wait; return how often they were answered, and what they read."""
    for times in range(2 * OF_ACTOR + 1):
        try:
            await (client or up.client).call(api.set_roles, MAP_NOTHING, actor=ADMIN)
        except Overrun as refused:
            return times, refused
    raise AssertionError("nobody was refused")


async def test_a_member_who_asks_for_too_much_is_told_when_again_while_others_are_served(narrow: Served) -> None:
    with capture_logs() as lines:
        times, refused = await until_refused(narrow)
        others = await narrow.client.call(api.read_mappings, api.ReadMappings(GUILD))
        with pytest.raises(NotAllowed):
            await narrow.ask(api.set_roles, MAP_NOTHING, STRANGER)

    seconds = refused.details["retry_after"]
    assert times >= OF_ACTOR
    assert LONGEST_WAIT_S < seconds <= WINDOW_S
    assert refused.sentence.endswith(f"Nothing was changed; press again in {seconds} s.")
    assert others.roles == {}
    told = [line for line in lines if line["event"] == "Requests refused"]
    assert [(line["limit"], line["who"]) for line in told] == [("actor", str(int(ADMIN)))]

    narrow.pass_time(seconds)
    assert await narrow.ask(api.set_roles, MAP_NOTHING, ADMIN)


def too_many(endpoint: str) -> float:
    labels = {"path": endpoint, "outcome": "429"}
    return metrics.REGISTRY.get_sample_value("raidbot_bot_backend_seconds_count", labels) or 0


async def test_the_bot_waits_for_its_turn_once_where_that_is_soon(narrow: Served) -> None:
    async with Client(narrow.url, KEY, clock=Clock(narrow.clock_file)) as client:
        to_the_next(narrow, but_s=LONGEST_WAIT_S - 0.5)
        before = too_many(api.set_roles.path)
        asking = [
            asyncio.create_task(client.call(api.set_roles, MAP_NOTHING, actor=ADMIN)) for _ in range(OF_ACTOR + 1)
        ]
        async with asyncio.timeout(60):
            while too_many(api.set_roles.path) == before:
                await asyncio.sleep(0.01)
        narrow.pass_time(WINDOW_S)

        assert len(await asyncio.gather(*asking)) == OF_ACTOR + 1


async def test_one_key_is_answered_in_the_one_shape_with_retry_after_and_counted(narrow: Served) -> None:
    asked = await many(narrow, 2 * OF_KEY + 1, MAPPINGS, narrow.headers)

    statuses = Counter(status for status, _, _ in asked)
    assert statuses[200] >= OF_KEY - 1
    assert set(statuses) == {200, 429}
    _, retry_after, body = next(one for one in asked if one[0] == 429)
    assert body["error"]["code"] == "overrun"
    assert str(body["error"]["details"]["retry_after"]) == retry_after
    assert "has more to do than it can take" in body["error"]["message"]


async def test_wrong_keys_are_held_up_soon_and_the_right_one_never(narrow: Served) -> None:
    guesses = await many(narrow, 3 * WRONG_KEYS, MAPPINGS, {"x-api-key": "guess"})
    right = await many(narrow, 1, MAPPINGS, narrow.headers)

    statuses = Counter(status for status, _, _ in guesses)
    assert statuses.keys() == {401, 429}
    assert statuses[401] <= 2 * WRONG_KEYS
    assert "wrong x-api-key" in guesses[-1][2]["error"]["message"]
    assert right[0][0] == 200


async def test_while_fifty_of_one_members_requests_are_under_way_more_are_refused(
    database: Database, tmp_path: Path
) -> None:
    async with serving(database, tmp_path / "clock") as up, Client(up.url, KEY, clock=Clock(up.clock_file)) as client:
        await up.mirror(MirroredMember(ADMIN, [], administrator=True))
        before = too_many(api.set_roles.path)
        async with database.transaction() as tx:
            await tx.run("LOCK TABLE member")
            asks = [client.call(api.set_roles, MAP_NOTHING, actor=ADMIN) for _ in range(ACTOR_AT_ONCE + 10)]
            asking = [asyncio.create_task(ask) for ask in asks]
            async with asyncio.timeout(60):
                while too_many(api.set_roles.path) < before + 10:
                    await asyncio.sleep(0.01)
        up.pass_time(LONGEST_WAIT_S)
        outcomes = await asyncio.gather(*asking, return_exceptions=True)

        assert all(isinstance(one, Mappings | Unavailable) for one in outcomes)
        assert await up.ask(api.set_roles, MAP_NOTHING, ADMIN)


def test_a_caller_has_room_again_with_the_next_ten_seconds_and_with_each_answer() -> None:
    limit = Limit("key", in_window=3, at_once=2, sentence="")

    assert [limit.enter("a", 1000.0) for _ in range(3)] == [None, None, 1]
    limit.leave("a")
    assert [limit.enter("a", 1001.5) for _ in range(2)] == [None, 9]
    assert limit.enter("b", 1001.5) is None
    limit.leave("a")
    limit.leave("a")

    assert limit.enter("a", 1010.0) is None


def test_a_clock_that_was_set_back_holds_nobody_up() -> None:
    limit = Limit("key", in_window=1, at_once=9, sentence="")
    limit.enter("a", 5000.0)

    assert limit.enter("a", 1000.0) is None
