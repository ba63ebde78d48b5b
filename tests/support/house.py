"""All processes of the system for journeys: real ones, which can be killed and started again.

The loopback Discord is real too. Only its ids are known beforehand, because they stand in its sample server.
"""

import asyncio
import contextlib
import itertools
import json
import os
import random
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process, create_subprocess_exec
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import aiohttp

from discord_loopback.client import Hands
from raidbot.bot.backend import Backend as Client
from raidbot.cli.practice import make_ready
from raidbot.core.errors import Unavailable
from raidbot.core.health import AskHealth, health
from raidbot.core.ids import GuildId

KEY = "a-key-that-is-long-enough-for-everyone"
ROOT = Path(__file__).parents[2]
PATIENCE_S = 60

Value = TypeVar("Value")


def share(worker: int, workers: int) -> range:
    """Return the ports of one of the test processes of a run, below those that the system hands out by itself."""
    return range(15_000 + worker % workers, 32_000, workers)


PORTS = share(
    int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")),
    int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")),
)

_in_turn = itertools.cycle(random.SystemRandom().sample(PORTS, len(PORTS)))


def a_free_port() -> int:
    """A port that nobody else gets until it is used: each of ours has its turn before it comes again."""
    for port in itertools.islice(_in_turn, 100):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no free port")


async def until(ask: Callable[[], Awaitable[Value | None]], what: str = "it to happen") -> Value:
    """Ask until there is an answer that is not empty; fail after a minute."""
    last: object = None
    try:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                try:
                    if value := await ask():
                        return value
                    last = value
                except (Unavailable, aiohttp.ClientError, OSError) as away:
                    last = away
                await asyncio.sleep(0.03)
    except TimeoutError:
        raise AssertionError(f"waited {PATIENCE_S} s for {what}; last: {last!r}") from None


@dataclass
class House:
    """The processes, where they are, and hands to act as members."""

    folder: Path
    database_url: str
    clock_file: Path
    members: int = 0
    """So many verified raiders besides the named people."""
    server: Path | None = None
    """Another server than the sample server, as its file describes it."""
    guilds: int = 1
    """So many servers like that one, with the same people."""
    backend_port: int = field(default_factory=a_free_port)
    loopback_port: int = field(default_factory=a_free_port)
    realmeye_port: int = field(default_factory=a_free_port)
    figures_port: int = field(default_factory=a_free_port)
    backend_figures_port: int = field(default_factory=a_free_port)
    processes: dict[str, Process] = field(default_factory=dict[str, Process])
    discord: dict[str, Any] = field(default_factory=dict[str, Any])
    environ: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def backend_url(self) -> str:
        return f"http://127.0.0.1:{self.backend_port}/v1"

    @property
    def realmeye_url(self) -> str:
        """Where players' pages are read, once `start_realmeye` was called. Nobody else is ever asked."""
        return f"http://127.0.0.1:{self.realmeye_port}"

    @property
    def api_url(self) -> str:
        return f"{self.discord['url']}/api/v10"

    @property
    def guild_ids(self) -> list[GuildId]:
        return [GuildId(int(one)) for one in self.discord["guild_ids"]]

    @property
    def guild_id(self) -> GuildId:
        """The first one."""
        return self.guild_ids[0]

    async def start_loopback(self) -> None:
        told = await self._spawn(
            "loopback",
            "discord_loopback",
            "--port",
            str(self.loopback_port),
            "--clock-file",
            str(self.clock_file),
            "--members",
            str(self.members),
            "--guilds",
            str(self.guilds),
            "--identify-seconds",
            "0",  # a bot that a test kills comes back at once
            *(["--server", str(self.server)] if self.server else []),
            stdout=PIPE,
        )
        assert told.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            self.discord = json.loads(await told.stdout.readline())

    async def start_realmeye(self) -> None:
        """Run a local RealmEye with its sample players."""
        told = await self._spawn("realmeye", "realmeye_loopback", "--port", str(self.realmeye_port), stdout=PIPE)
        assert told.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            await told.stdout.readline()

    async def start_backend(self) -> None:
        await self._spawn("backend", "raidbot", "backend")
        await until(self._backend_listens, "the backend to listen")
        async with Client(self.backend_url, KEY) as client:
            await until(lambda: client.call(health, AskHealth()), "the backend")

    async def start_bot(self, *, wait: bool = True) -> None:
        """Run the bot."""
        await self._spawn("bot", "raidbot", "bot")
        if wait:
            await until(self._bot_compared, "the bot to be ready")

    async def kill(self, name: str) -> None:
        """Kill a process as kill -9 does."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        await process.wait()

    async def stop(self) -> None:
        first = ("bot", "backend", "loopback", "realmeye")
        for name in sorted(self.processes, key=lambda one: first.index(one) if one in first else -1):
            await self.kill(name)

    def keeps_its_secrets(self) -> None:
        """Look for our keys in everything that our processes said."""
        secrets = [KEY, self.discord["token"], urlsplit(self.database_url).password]
        for file in self.folder.glob("*.log"):
            said = file.read_text(errors="replace") if file.stem != "loopback" else ""
            assert not [one for one in secrets if one and one in said], f"a secret stands in {file.name}"

    def log(self, name: str) -> str:
        """What a process has said so far."""
        return (self.folder / f"{name}.log").read_text()

    async def _backend_listens(self) -> bool:
        _, knocked = await asyncio.open_connection("127.0.0.1", self.backend_port)
        knocked.close()
        return True

    async def _bot_compared(self) -> bool:
        url = f"http://127.0.0.1:{self.figures_port}/health"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            told = await answer.json()
            return bool(told["ok"] and told["compared"])

    async def start_another_bot(self, name: str, **environ: str) -> int:
        """Run one more bot under a name of its own; return the port on which it tells how it is."""
        port = a_free_port()
        await self._spawn(name, "raidbot", "bot", environ={"BOT_METRICS_PORT": str(port), **environ})
        return port

    async def start_another_backend(self, name: str) -> int:
        """Run one more backend on the same database; return its port."""
        port, figures = a_free_port(), a_free_port()
        await self._spawn(name, "raidbot", "backend", environ={"PORT": str(port), "BACKEND_METRICS_PORT": str(figures)})
        async with Client(f"http://127.0.0.1:{port}/v1", KEY) as client:
            await until(lambda: client.call(health, AskHealth()), name)
        return port

    async def types(self, *words: str) -> tuple[int, str]:
        """Type a command of the operator's on this machine; return its exit code and what it says."""
        process = await create_subprocess_exec(
            sys.executable,
            "-m",
            "raidbot",
            *words,
            env={**self._environ(), "DATA_DIR": str(self.folder)},
            cwd=self.folder,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
        )
        told, _ = await process.communicate()
        assert process.returncode is not None
        return process.returncode, told.decode()

    async def _spawn(
        self, name: str, *command: str, stdout: int | None = None, environ: Mapping[str, str] | None = None
    ) -> Process:
        with (self.folder / f"{name}.log").open("ab") as said:
            process = await create_subprocess_exec(
                sys.executable,
                "-m",
                *command,
                env={**self._environ(), **(environ or {})},
                cwd=self.folder,
                stdin=DEVNULL,
                stdout=said if stdout is None else stdout,
                stderr=said,
            )
        self.processes[name] = process
        return process

    def _environ(self) -> dict[str, str]:
        own = {
            "APP_ENV": "test",
            "DATABASE_URL": self.database_url,
            "PORT": str(self.backend_port),
            "BACKEND_METRICS_PORT": str(self.backend_figures_port),
            "BOT_METRICS_PORT": str(self.figures_port),
            "BACKEND_API_KEY": KEY,
            "BACKEND_URL": self.backend_url,
            "TEST_CLOCK_FILE": str(self.clock_file),
            "REALMEYE_URL": self.realmeye_url,
            "REALMEYE_PAUSE_S": "0.2",
            "PYTHONPATH": str(ROOT / "src"),
        }
        if self.discord:
            own |= {
                "DISCORD_API_URL": self.api_url,
                "SECRET_KEY": self.discord["token"],
                "APPLICATION_ID": self.discord["application_id"],
                "DISCORD_GUILD_IDS": ",".join(self.discord["guild_ids"]),
            }
        return {**os.environ, **own, **self.environ}


@asynccontextmanager
async def a_house(
    database_url: str, folder: Path, members: int = 0, server: Path | None = None, guilds: int = 1, **environ: str
) -> AsyncGenerator[tuple[House, Hands]]:
    """Run backend, loopback and bot, with the sample server ready to raid, or another server, or several like it."""
    house = House(folder, database_url, folder / "clock", members, server, guilds, environ=environ)
    try:
        await asyncio.gather(house.start_loopback(), house.start_backend())
        async with Client(house.backend_url, KEY) as client:
            for guild_id in house.guild_ids:
                await make_ready(house.api_url, house.discord["token"], guild_id, client)
        await house.start_bot()
        async with Hands(house.discord["url"]) as hands:
            yield house, hands
        house.keeps_its_secrets()
    finally:
        await house.stop()
