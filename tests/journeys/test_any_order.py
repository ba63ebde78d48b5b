"""Faults that no restart heals: each process stays, says why it is out of service, and comes back by itself."""

import asyncio
import shutil
import sys
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from tests.support.database import reachable_folder
from tests.support.house import House, until

from raidbot.bot.logins import MOST_A_DAY
from raidbot.database.embedded import EmbeddedServer

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]


async def health(port: int, path: str = "/health") -> dict[str, Any]:
    """What a process says about itself, with the status it says it with."""
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
        return {"status": answer.status, **await answer.json()}


async def gives_as_reason(port: int, part: str, path: str = "/health") -> None:
    async def said() -> bool:
        told = await health(port, path)
        return told["status"] == 503 and part in (told["reason"] or "")

    await until(said, f"{part!r} to be the reason")


async def is_well(port: int) -> None:
    async def said() -> bool:
        told = await health(port)
        return bool(told["status"] == 200 and told["ok"] and told["reason"] is None)

    await until(said, "it to be well")


async def ended(house: House, name: str) -> int:
    """Ask a process to end, and return its exit code."""
    process = house.processes.pop(name)
    process.terminate()
    return await process.wait()


async def start_loopback(house: House, *options: str) -> Process:
    """Run the loopback with other options than usual."""
    command = ["discord_loopback", "--port", str(house.loopback_port), "--identify-seconds", "0"]
    process = await house._spawn("loopback", *command, "--clock-file", str(house.clock_file), *options, stdout=PIPE)
    assert process.stdout
    await process.stdout.readline()
    return process


async def test_bot_backend_database_and_schema_may_come_in_any_order(tmp_path: Path) -> None:
    folder = reachable_folder()
    server = EmbeddedServer(folder / "postgres", options={"fsync": "off"})
    await asyncio.to_thread(server.start)
    house = House(tmp_path, server.url, tmp_path / "clock")
    await asyncio.to_thread(server.stop)
    try:
        await house.start_loopback()
        await house.start_bot(wait=False)
        await gives_as_reason(house.figures_port, "The backend does not answer")
        await house._spawn("backend", "raidbot", "backend")
        await gives_as_reason(house.backend_figures_port, "cannot be reached")
        await gives_as_reason(house.backend_port, "cannot be reached", "/v1/health")

        await asyncio.to_thread(server.start)
        await gives_as_reason(house.backend_figures_port, "Run: raidbot migrate")
        migrating = await create_subprocess_exec(
            sys.executable, "-m", "raidbot", "migrate", env=house._environ(), stdout=PIPE, stderr=PIPE
        )
        await migrating.communicate()

        await is_well(house.backend_figures_port)
        await until(house._bot_compared, "the bot to be ready")
        await is_well(house.figures_port)
        assert house.log("backend").count("cannot be reached") == 1
        assert house.log("bot").count("Events cannot be read") <= 2
        assert await ended(house, "backend") == 0
    finally:
        await house.stop()
        await asyncio.to_thread(server.stop)
        shutil.rmtree(folder)


async def test_a_bot_that_may_not_log_in_says_why_and_comes_in_once_it_may(tmp_path: Path) -> None:
    house = House(tmp_path, "", tmp_path / "clock", environ={"DATA_DIR": str(tmp_path / "var")})
    token = tmp_path / "token"
    logins = tmp_path / "var" / "logins"
    logins.parent.mkdir()
    logins.write_text(f"{datetime.now(UTC).isoformat()}\n" * MOST_A_DAY)
    try:
        await house.start_loopback()
        token.write_text(house.discord["token"])
        house.environ |= {"SECRET_KEY": "", "SECRET_KEY_FILE": str(token)}
        await house.kill("loopback")
        await start_loopback(house, "--deny-intent", "members")
        await house.start_bot(wait=False)
        await gives_as_reason(house.figures_port, "Server Members is off")
        await house.kill("loopback")
        await gives_as_reason(house.figures_port, "Discord does not answer")

        token.write_text("wrong")
        await start_loopback(house)
        await gives_as_reason(house.figures_port, "Copy the token anew from the page Bot")
        token.write_text(house.discord["token"])
        await gives_as_reason(house.figures_port, f"logged in {MOST_A_DAY} times within a day")
        house.clock_file.write_text(str(24 * 3600 + 1))
        await gives_as_reason(house.figures_port, "The backend does not answer")  # so it is connected

        assert house.log("bot").count("Copy the token anew") == 1
        assert (await health(house.figures_port))["guilds"] == 1
        assert await ended(house, "bot") == 0
    finally:
        await house.stop()
