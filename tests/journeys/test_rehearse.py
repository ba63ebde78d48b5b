"""`raidbot rehearse` as an operator types it, against the loopback."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from tests.support.database import reachable_folder
from tests.support.house import PATIENCE_S, ROOT, House

from discord_loopback.client import Hands

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]


@pytest_asyncio.fixture
async def house() -> AsyncGenerator[House]:
    """A Discord with a bot that was invited, and nothing else."""
    folder = reachable_folder()
    house = House(folder, "", folder / "clock")
    await house.start_loopback()
    yield house
    await house.stop()


async def rehearse(house: House, *arguments: str) -> Process:
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "src"),
        "APP_ENV": "test",
        "DATA_DIR": str(house.folder / "var"),
        "DISCORD_API_URL": house.api_url,
        "BOT_METRICS_PORT": str(house.figures_port),
        "SECRET_KEY": house.discord["token"],
    }
    command = (sys.executable, "-m", "raidbot", "rehearse", "--guild", str(house.guild_id), "--part", "discord")
    return await create_subprocess_exec(
        *command, *arguments, env=environ, cwd=house.folder, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )


async def heard(process: Process, until_said: str) -> str:
    """Read what a process says until it has said that."""
    assert process.stdout is not None
    said = ""
    async with asyncio.timeout(PATIENCE_S):
        while until_said not in said:
            line = (await process.stdout.readline()).decode()
            assert line, said
            said += line
    return said


async def test_a_person_is_walked_through_and_neither_ctrl_c_nor_a_kill_leaves_anything(house: House) -> None:
    async with Hands(house.discord["url"]) as hands:
        process = await rehearse(house, "--only", "replies", "--only", "token-life")
        told = await heard(process, "Enter begins.")
        assert "It creates a category with three channels" in told
        assert await left(hands, house) == []
        await typed(process)
        await heard(process, "Press Four in #rehearsal-")
        await press(hands, house, "Rook")
        await heard(process, "Press Three in #rehearsal-")
        assert len(await left(hands, house)) == 5

        process.send_signal(signal.SIGINT)
        said, faults = await process.communicate()

        assert process.returncode == 1
        assert faults.decode().splitlines() == ["Stopped. Run the same command again to go on where it stopped."]
        assert "Taking everything down." in said.decode()
        assert await left(hands, house) == []

        await killed(house)
        assert len(await left(hands, house)) == 5

        again = await rehearse(house, "--only", "embeds")
        said, faults = await again.communicate(b"\n")

        assert (again.returncode, faults) == (0, b"")
        assert "An earlier rehearsal was cut off. Taking down rehearsal-" in said.decode()
        assert "  confirmed  embeds: 403 with 50013 (Missing Permissions)." in said.decode()
        report = (house.folder / "var" / "rehearsal.md").read_text()
        assert "| Embeds without EMBED_LINKS are refused for bots | confirmed |" in report
        assert house.discord["token"] not in said.decode() + report
        assert await left(hands, house) == []


async def killed(house: House) -> None:
    """Rehearse, and be killed in the middle."""
    process = await rehearse(house, "--only", "token-life")
    await typed(process)
    await heard(process, "Press Four in #rehearsal-")
    process.kill()
    await process.wait()


async def person(hands: Hands, name: str) -> int:
    return next(int(user["id"]) for user in (await hands.state())["users"] if user["name"] == name)


async def left(hands: Hands, house: House) -> list[str]:
    """Return what the server has of a rehearsal."""
    view = await hands.view(house.guild_id, await person(hands, "Alwyn"))
    return [one["name"] for one in (*view["channels"], *view["roles"]) if one["name"].startswith("rehearsal")]


async def typed(process: Process) -> None:
    """Press Enter."""
    assert process.stdin is not None
    process.stdin.write(b"\n")
    await process.stdin.drain()


async def press(hands: Hands, house: House, name: str) -> None:
    """Press the button that the rehearsal posted last."""
    who = await person(hands, name)
    channels = (await hands.view(house.guild_id, who))["channels"]
    place = next(one for one in channels if re.fullmatch(r"rehearsal-\w+-open", one["name"]))
    message = (await hands.messages(int(place["id"]), who))[-1]
    await hands.click(who, message["id"], message["components"][0]["components"][0]["custom_id"])
