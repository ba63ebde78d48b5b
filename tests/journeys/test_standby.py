"""Several bot processes: one serves, another stands by and takes over, and members hardly notice."""

import signal
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from tests.support.house import KEY, House, a_house, until
from tests.support.raid import Raid
from tests.support.reading import words
from tests.support.redis import RedisServer

from raidbot.bot.backend import Backend as Client
from raidbot.core.ids import UserId
from raidbot.features.runs.api import life

pytestmark = pytest.mark.journey


async def health(port: int) -> dict[str, Any]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/health") as answer:
        return {"status": answer.status, **await answer.json()}


async def serves(port: int, guilds: int = 1) -> None:
    async def well() -> bool:
        told = await health(port)
        return bool(told["ok"] and told["compared"] and not told["stands_by_for"] and told["guilds"] == guilds)

    await until(well, "it to serve")


async def stands_by(port: int) -> None:
    async def waits() -> bool:
        told = await health(port)
        return told["status"] == 200 and bool(told["stands_by_for"])

    await until(waits, "it to stand by")
    assert (await health(port))["guilds"] == 0


async def steps_aside(port: int) -> bool:
    return "stepped aside" in str((await health(port))["reason"])


async def stopped(house: House, name: str) -> None:
    """Ask a process to end, and wait until it has."""
    process = house.processes.pop(name)
    process.terminate()
    assert await process.wait() == 0


async def test_one_bot_serves_another_takes_over_and_the_first_stands_by_in_its_turn(
    database_url: str, tmp_path: Path, redis_server: RedisServer
) -> None:
    async with a_house(database_url, tmp_path, REDIS_URL=redis_server.url) as (house, hands):
        raid = await Raid.of(house, hands)
        await raid.open(party="p", location="l")
        panel = await raid.panel("Open")
        await raid.press("Rook", panel, "Join")
        other = await house.start_another_bot("other bot")
        await stands_by(other)

        await house.kill("bot")
        await serves(other)
        redis_server.kill()
        joined = await raid.press("Tansy", panel, "Join")
        assert "You are in" in words(joined["message"])
        await raid.panel("3 raiders")
        assert "Redis is away" in house.log("other bot")

        await house.start_bot(wait=False)
        await stands_by(house.figures_port)
        await stopped(house, "other bot")
        await serves(house.figures_port)
        await raid.press("Pike", panel, "Join")
        await raid.panel("4 raiders")
        assert len(await raid.panels()) == 1

        await hands.faults(slow=[{"route": "POST /interactions/*", "ms": 1000, "times": 1}])
        pressed = await raid.press("Pike", panel, "Leave", wait=None)
        await raid.panel("3 raiders")
        house.processes["bot"].send_signal(signal.SIGUSR1)
        assert words((await hands.wait(pressed["id"]))["message"])
        await until(lambda: steps_aside(house.figures_port), "it to step aside")
        await serves(house.figures_port)
        assert "You are in" in words((await raid.press("Pike", panel, "Join"))["message"])


async def test_each_of_two_bots_serves_the_server_of_its_shard_on_a_backend_of_its_own(
    database_url: str, tmp_path: Path, redis_server: RedisServer
) -> None:
    url = redis_server.url
    async with a_house(database_url, tmp_path, guilds=2, REDIS_URL=url, SHARD_COUNT="2", SHARD_IDS="0") as (
        house,
        hands,
    ):
        raids = [await Raid.of(house, hands, number) for number in range(2)]
        assert [(one.guild_id >> 22) % 2 for one in raids] in ([0, 1], [1, 0])
        backend = await house.start_another_backend("other backend")
        other = await house.start_another_bot("other bot", SHARD_IDS="1", BACKEND_URL=f"http://127.0.0.1:{backend}/v1")
        await serves(house.figures_port)
        await serves(other)

        for raid in raids:
            await a_run_is_drawn(raid)
        await each_dies_alone(house, raids)
        for raid in raids:
            await stands_once(raid)


async def stands_once(raid: Raid) -> None:
    """Look for the run, and for the call that it is live, which goes after half a minute."""
    shown = [words(one) for one in await raid.panels()]
    assert sum("Led by" in one for one in shown) == 1
    assert sum("is live" in one for one in shown) == len(shown) - 1 <= 1


async def a_run_is_drawn(raid: Raid) -> None:
    """A run goes live with four raiders, and a note comes by the backend that the first bot speaks with."""
    opened = await raid.open(party="p", location="l")
    panel = await raid.panel("Open")
    for who in ("Rook", "Tansy", "Pike"):
        await raid.press(who, panel, "Join")
    await raid.press("Odalys", opened["message"], "Start")
    await raid.panel("Live", "4 raiders", number=0)
    await raid.call("Lost Halls", "is live")
    await stands_once(raid)
    odalys = UserId(raid.people["Odalys"])
    async with Client(raid.house.backend_url, KEY) as client:
        [run] = await client.call(life.list_runs, life.ListRuns(raid.guild_id), actor=odalys)
        await client.call(life.note_run, life.NoteRun(raid.guild_id, run.id, note="By the other"), actor=odalys)
    await raid.panel("By the other", number=0)


async def each_dies_alone(house: House, raids: list[Raid]) -> None:
    """Without the bot of shard 1 its server is silent, and the other one's run goes on."""
    here, there = sorted(raids, key=lambda one: (one.guild_id >> 22) % 2)
    await house.kill("other bot")
    panel = (await here.panels())[0]
    assert "You are in" in words((await here.press("Wren", panel, "Join"))["message"])
    await here.panel("5 raiders", number=0)
    silent = await there.press("Wren", (await there.panels())[0], "Join")
    assert silent["state"] == "unanswered"
    await there.panel("4 raiders", number=0)
