"""`raidbot up`: the whole system with one command, and parts that come back when they die."""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import AsyncGenerator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from tests.support.database import reachable_folder
from tests.support.house import ROOT, House, until
from tests.support.raid import Raid
from tests.support.reading import words

from discord_loopback.client import Hands, HandsError

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]


async def start(house: House) -> Process:
    ports = {
        "PORT": house.backend_port,
        "LOOPBACK_PORT": house.loopback_port,
        "PRACTICE_REALMEYE_PORT": house.realmeye_port,
        "BOT_METRICS_PORT": house.figures_port,
        "BACKEND_METRICS_PORT": house.backend_figures_port,
    }
    inherited = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "SECRET_KEY", "REALMEYE_URL"}
    }
    environ = {**inherited, **{name: str(port) for name, port in ports.items()}, "DATA_DIR": str(house.folder)}
    said = (house.folder / "up.log").open("ab")
    process = await create_subprocess_exec(
        sys.executable,
        "-m",
        "raidbot",
        "up",
        env={**environ, "PYTHONPATH": str(ROOT / "src"), "APP_ENV": "test"},
        cwd=house.folder,
        stdout=PIPE,
        stderr=said,
    )
    said.close()
    return process


async def the_word_that_it_is_ready(process: Process) -> str:
    """Read what is printed until it says where the page is."""
    assert process.stdout is not None
    async with asyncio.timeout(60):
        while line := (await process.stdout.readline()).decode():
            if line.startswith("Ready. Open "):
                return line
    raise AssertionError("it ended without getting ready")


PARTS = ("backend", "bot", "discord_loopback", "postgres", "realmeye_loopback")


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and is only remembered by its parent does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children_of(pid: int) -> dict[str, int]:
    """The processes that a process started, by what they are."""
    told = dict[str, int]()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            command = {part.rpartition("/")[2] for part in (folder / "cmdline").read_text().split("\0")}
        except OSError:
            continue
        if int(parent) == pid and is_alive(int(folder.name)):
            told |= {one: int(folder.name) for one in PARTS if one in command}
    return told


@pytest_asyncio.fixture
async def up() -> AsyncGenerator[tuple[House, Process]]:
    folder = reachable_folder()
    house = House(folder, "", folder / "clock")
    process = await start(house)
    try:
        yield house, process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def practised(house: House, hands: Hands) -> Raid:
    house.discord = {"url": f"http://127.0.0.1:{house.loopback_port}", "guild_ids": []}
    state = await hands.state()
    house.discord["guild_ids"] = [guild["id"] for guild in state["guilds"]]
    return await Raid.of(house, hands)


async def test_one_command_brings_up_a_server_that_is_ready_to_raid(up: tuple[House, Process]) -> None:
    house, process = up
    page = (await the_word_that_it_is_ready(process)).split()[2]
    reading = asyncio.create_task(process.communicate())

    async with aiohttp.ClientSession() as session, session.get(page) as answer:
        assert (answer.status, "Discord" in await answer.text()) == (200, True)
    async with aiohttp.ClientSession() as session, session.get(f"{house.realmeye_url}/player/Rook") as answer:
        assert (answer.status, "entity-name" in await answer.text()) == (200, True)
    async with Hands(page) as hands:
        raid = await practised(house, hands)
        opened = await raid.open(party="Practice", location="USEast")
        await raid.press("Rook", await raid.panel("1 raider"), "Join")
        await raid.panel("2 raiders")

        for part in ("bot", "backend", "postgres"):
            os.kill(children_of(process.pid)[part], signal.SIGKILL)
        await until(lambda: shows_live(raid, opened["message"]), "the parts to come back")

    process.terminate()
    await reading
    assert process.returncode == 0
    assert children_of(process.pid) == {}


async def shows_live(raid: Raid, private: dict[str, object]) -> bool:
    """Press Start as an organizer would who gets no answer, until the panel says that it is live."""
    shown = words((await raid.panels())[-1])
    if "Live" in shown:
        assert "2 raiders" in shown
        return True
    with contextlib.suppress(HandsError):  # the button is gone as soon as it has worked
        await raid.press("Odalys", private, "Start")
    return False


async def test_parts_end_when_the_one_that_watches_over_them_is_killed(up: tuple[House, Process]) -> None:
    _, process = up
    await the_word_that_it_is_ready(process)
    parts = list(children_of(process.pid).values())
    assert len(parts) == len(PARTS)

    process.kill()
    await process.wait()

    async def all_gone() -> bool:
        return not any(is_alive(pid) for pid in parts)

    await until(all_gone, "the parts to end")
