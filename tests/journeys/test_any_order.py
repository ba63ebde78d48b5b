"""Faults that no restart heals: each process stays, says why it is out of service, and comes back by itself."""

import asyncio
import re
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
from tests.support.record import Record

from raidbot.bot.logins import MOST_A_DAY
from raidbot.cli.wellness import ailing
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


async def says_of_discord(port: int, part: str) -> dict[str, Any]:
    """Wait until the bot says that of Discord; return what it says of itself then."""

    async def said() -> dict[str, Any] | None:
        told = await health(port)
        return told if told["discord"].startswith(part) else None

    return await until(said, f"Discord to be {part}")


async def discord_goes_and_comes_back(house: House) -> None:
    """Nothing that looks at the bot's health has a reason to start it anew, and whoever may mend something is told."""
    await house.kill("loopback")
    told = await says_of_discord(house.figures_port, "away since 20")
    assert (told["status"], told["ok"], told["reason"]) == (200, True, None)
    assert await seconds_away(house) > 0
    assert await lacking(house) == [f"The bot is out of service: Discord is {told['discord']}."]

    house.clock_file.write_text("200")

    async def is_told() -> bool:
        return "discord_away" in house.log("bot")

    await until(is_told, "the operator to be told")
    await house.start_loopback()
    told = await says_of_discord(house.figures_port, "up")
    assert (told["status"], await seconds_away(house), await lacking(house)) == (200, 0, [])


async def discord_is_away_when_the_bot_starts(house: House) -> None:
    """Neither is it unwell then, however often it tries."""
    await house.kill("bot")
    await house.kill("loopback")
    await house.start_bot(wait=False)
    told = await says_of_discord(house.figures_port, "away since 20")
    assert (told["status"], told["ok"], told["registered"]) == (200, True, False)

    await house.start_loopback()
    await says_of_discord(house.figures_port, "up")
    await is_well(house.figures_port)


async def lacking(house: House) -> list[str]:
    """What `raidbot doctor` and `raidbot update` find wrong with the bot."""
    return await asyncio.to_thread(ailing, {"bot": house.figures_port})


async def seconds_away(house: House) -> float:
    """For how long the bot's figures say that Discord is away."""
    async with aiohttp.ClientSession() as session:
        answer = await session.get(f"http://127.0.0.1:{house.figures_port}/metrics")
        return float(re.findall(r"(?m)^raidbot_bot_discord_away_seconds (\S+)$", await answer.text())[0])


async def test_while_discord_is_away_the_bot_is_well_and_says_since_when(record: Record, tmp_path: Path) -> None:
    house = House(tmp_path, record.where.url, tmp_path / "clock")
    try:
        await asyncio.gather(house.start_loopback(), house.start_backend())
        await house.start_bot()
        await discord_goes_and_comes_back(house)
        await discord_is_away_when_the_bot_starts(house)
    finally:
        await house.stop()


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
        await says_of_discord(house.figures_port, "away since 20")

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
