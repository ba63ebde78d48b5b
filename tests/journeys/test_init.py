"""`raidbot init`: from a token to a system that runs, against the loopback."""

import os
import signal
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from collections.abc import AsyncGenerator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from tests.support.database import reachable_folder
from tests.support.house import ROOT, House, until

from raidbot.cli import envfile

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


@pytest_asyncio.fixture
async def house() -> AsyncGenerator[House]:
    """A Discord with a bot that was invited, and nothing else."""
    folder = reachable_folder()
    house = House(folder, "", folder / "clock")
    await house.start_loopback()
    yield house
    await house.stop()
    await stop_everything(folder)


def running(folder: Path) -> int | None:
    try:
        return int((folder / "var" / "up.pid").read_text())
    except OSError:
        return None


def command_of(pid: int) -> bytes:
    """What a process runs; nothing once it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


async def stop_everything(folder: Path) -> None:
    """End `raidbot up`, which `init` left running."""
    pid = running(folder)
    if pid is None:
        return
    os.kill(pid, signal.SIGTERM)

    async def is_gone() -> bool:
        return not command_of(pid)

    await until(is_gone, "everything to end")


async def raidbot(house: House, *arguments: str, given: str = "", **environ: str) -> tuple[int, str]:
    """Run a command of the operator's, and return its code and what it said."""
    inherited = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src"), "HOME": os.environ.get("HOME", "/")}
    own = {
        "APP_ENV": "test",
        "DISCORD_API_URL": house.api_url,
        "PORT": str(house.backend_port),
        "BACKEND_URL": house.backend_url,
        "BACKEND_METRICS_PORT": str(house.backend_figures_port),
        "BOT_METRICS_PORT": str(house.figures_port),
        "REALMEYE_URL": house.realmeye_url,
    }
    process = await create_subprocess_exec(
        sys.executable,
        "-m",
        "raidbot",
        *arguments,
        env={**inherited, **own, **environ},
        cwd=house.folder,
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
    )
    said, faults = await process.communicate(given.encode())
    return process.returncode or 0, said.decode() + faults.decode()


async def test_one_command_leads_from_a_token_to_type_setup_and_a_new_key_costs_nothing(house: House) -> None:
    token, guild = house.discord["token"], house.discord["guild_ids"][0]
    init = ("init", "--yes", "--guild", guild)

    assert (await raidbot(house, *init, SECRET_KEY="wrong"))[1].startswith("Discord does not take the token.")
    code, said = await raidbot(house, "init", "--yes", "--guild", "4711", SECRET_KEY=token)
    assert (code, "The bot is not in 4711. Open the link above" in said) == (1, True)
    assert f"client_id={house.discord['application_id']}&scope=bot+applications.commands&permissions=" in said
    assert not (house.folder / ".env").exists()

    code, said = await raidbot(house, *init, "--token-file", "-", given=token)
    assert (code, said.splitlines()[-1]) == (0, "Everything is well. Go to your server on Discord and type /setup")
    assert token not in said
    before = envfile.read(house.folder / ".env")
    pid = running(house.folder)

    code, said = await raidbot(house, *init)
    assert (code, ".env stays as it is" in said, running(house.folder)) == (0, True, pid)

    code, said = await raidbot(house, "rotate", "api-key")
    assert (code, said.splitlines()[-1]) == (0, "Done. The old key counts no longer.")
    assert envfile.read(house.folder / ".env")["BACKEND_API_KEY"] != before["BACKEND_API_KEY"]
    async with aiohttp.ClientSession() as session:
        url = f"{house.backend_url}/events"
        async with session.get(url, headers={"x-api-key": before["BACKEND_API_KEY"]}) as answer:
            assert answer.status == 401
