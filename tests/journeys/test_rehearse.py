"""`raidbot rehearse` as an operator types it, against the loopback."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import AsyncGenerator
from typing import Any

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


async def test_a_person_is_walked_through_and_cutting_it_off_leaves_nothing(house: House) -> None:
    async with Hands(house.discord["url"]) as hands:
        state = await hands.state()
        rook = next(int(user["id"]) for user in state["users"] if user["name"] == "Rook")

        async def channels() -> list[dict[str, Any]]:
            shown = (await hands.view(house.guild_id, rook))["channels"]
            return [one for one in shown if one["name"].startswith("rehearsal-")]

        process = await rehearse(house, "--only", "replies", "--only", "token-life")
        assert process.stdin is not None
        told = await heard(process, "Enter begins.")
        assert "It creates a category with three channels" in told
        assert await channels() == []
        process.stdin.write(b"\n")
        await heard(process, "Press Four in #rehearsal-")
        place = next(one for one in await channels() if one["name"].endswith("-open"))
        message = (await hands.messages(int(place["id"]), rook))[-1]
        await hands.click(rook, message["id"], message["components"][0]["components"][0]["custom_id"])
        await heard(process, "Press Three in #rehearsal-")

        process.send_signal(signal.SIGINT)
        said, faults = await process.communicate()

        assert process.returncode == 1
        assert faults.decode().splitlines() == ["Stopped. Run the same command again to go on where it stopped."]
        assert "Taking everything down." in said.decode()
        assert await channels() == []

        again = await rehearse(house, "--only", "embeds")
        said, faults = await again.communicate(b"\n")
        assert (again.returncode, faults) == (0, b"")
        assert "  confirmed  embeds: 403 with 50013 (Missing Permissions)." in said.decode()
        report = (house.folder / "var" / "rehearsal.md").read_text()
        assert "| Embeds without EMBED_LINKS are refused for bots | confirmed |" in report
        assert house.discord["token"] not in said.decode() + report
        assert await channels() == []


async def test_killing_it_leaves_only_what_the_next_one_takes_down(house: House) -> None:
    process = await rehearse(house, "--only", "token-life")
    assert process.stdin is not None
    process.stdin.write(b"\n")
    await heard(process, "Press Four in #rehearsal-")
    process.kill()
    await process.wait()

    again = await rehearse(house, "--only", "embeds")
    said, _ = await again.communicate(b"\n")

    assert "An earlier rehearsal was cut off. Taking down rehearsal-" in said.decode()
    async with Hands(house.discord["url"]) as hands:
        state = await hands.state()
        owner = next(int(user["id"]) for user in state["users"] if user["name"] == "Alwyn")
        view = await hands.view(house.guild_id, owner)
    assert [one for one in (*view["channels"], *view["roles"]) if one["name"].startswith("rehearsal")] == []
