"""`raidbot up`: everything on one machine, each part a process of its own."""

import asyncio
import contextlib
import json
import secrets
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp
import structlog
import typer

from raidbot.bot.backend import Backend
from raidbot.cli.practice import make_ready
from raidbot.cli.supervising import Part, supervise
from raidbot.core.errors import Unavailable
from raidbot.core.health import AskHealth, health
from raidbot.core.ids import GuildId
from raidbot.database import migrate as migrations
from raidbot.database.embedded import EmbeddedServer
from raidbot.settings import UpSettings

log: structlog.stdlib.BoundLogger = structlog.get_logger()

POLL_S = 0.1

WATCH_S = 1.0
"""How often it is looked whether PostgreSQL still runs."""


@dataclass
class House:
    """All parts of the system on this machine.

    Args:
        wanted: What is to be provided.
        environ: The environment that the parts inherit.
        server: The embedded PostgreSQL, unless there is another one.
    """

    wanted: UpSettings
    environ: Mapping[str, str]
    server: EmbeddedServer | None
    key: str = ""
    discord: dict[str, str] = field(default_factory=dict[str, str])
    discord_stands: asyncio.Event = field(default_factory=asyncio.Event)
    realmeye_url: str = ""
    realmeye_stands: asyncio.Event = field(default_factory=asyncio.Event)
    practice_stands: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT.

        Raises:
            PartGaveUp: a part cannot run.
        """
        self.key = self.wanted.api_key.reveal() if self.wanted.api_key else _own_key(self.wanted.data_dir / "api-key")
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(sign, stopped.set)
        helpers = [asyncio.create_task(self._keep_database())]
        if not self.wanted.token:
            helpers.append(asyncio.create_task(self._prepare()))
        try:
            await supervise(self._parts(), stopped)
        finally:
            for one in helpers:
                one.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)

    @property
    def backend_url(self) -> str:
        """Where the backend is."""
        return f"http://127.0.0.1:{self.wanted.port}/v1"

    def _parts(self) -> list[Part]:
        backups = Part("backups", ["raidbot", "backup", "--scheduled", "--supervised"], self._backend_environ)
        backend = Part("backend", ["raidbot", "backend", "--supervised"], self._backend_environ)
        bot = Part("bot", ["raidbot", "bot", "--supervised"], self._bot_environ)
        if self.wanted.token:
            return [backups, backend, bot]
        practice = [self._practice_discord(), replace(bot, after=self.practice_stands)]
        if self.environ.get("REALMEYE_URL"):
            return [backups, backend, *practice]
        after = replace(backend, after=self.realmeye_stands)
        return [backups, self._practice_realmeye(), after, *practice]

    def _practice_realmeye(self) -> Part:
        command = ["realmeye_loopback", "--supervised", "--port", str(self.wanted.realmeye_port)]
        return Part("practice RealmEye", command, lambda: self.environ, self._take_realmeye)

    def _practice_discord(self) -> Part:
        state = self.wanted.data_dir / "loopback.json"
        command = ["discord_loopback", "--supervised", "--port", str(self.wanted.loopback_port), "--state", str(state)]
        if self.wanted.loopback_server:
            command += ["--server", str(self.wanted.loopback_server)]
        if self.wanted.test_clock_file:
            command += ["--clock-file", str(self.wanted.test_clock_file)]
        return Part("practice Discord", command, lambda: self.environ, self._take_discord)

    def _backend_environ(self) -> Mapping[str, str]:
        own = {"BACKEND_API_KEY": self.key, "PORT": str(self.wanted.port), "BIND": self.wanted.bind}
        if self.server:
            own["DATABASE_URL"] = self.server.url
        if self.realmeye_url:
            own["REALMEYE_URL"] = self.realmeye_url
        return {**self.environ, **own}

    def _bot_environ(self) -> Mapping[str, str]:
        own = {"BACKEND_API_KEY": self.key, "BACKEND_URL": self.environ.get("BACKEND_URL") or self.backend_url}
        if self.realmeye_url:
            own["REALMEYE_URL"] = self.realmeye_url
        return {**self.environ, **own, **self.discord}

    async def _take_discord(self, line: bytes) -> None:
        """Take over where the practice Discord is and what lets a bot in."""
        told = json.loads(line)
        self.discord = {
            "DISCORD_API_URL": f"{told['url']}/api/v10",
            "SECRET_KEY": told["token"],
            "APPLICATION_ID": told["application_id"],
            "DISCORD_GUILD_IDS": ",".join(told["guild_ids"]),
        }
        self.discord_stands.set()
        self._note_practice()

    async def _take_realmeye(self, line: bytes) -> None:
        """Take over where the practice RealmEye is."""
        self.realmeye_url = json.loads(line)["url"]
        self.realmeye_stands.set()
        self._note_practice()
        typer.echo(f"Practice RealmEye: {self.realmeye_url}")

    def _note_practice(self) -> None:
        """Let the bot start once it knows where everything is."""
        if self.discord and (self.realmeye_url or self.environ.get("REALMEYE_URL")):
            self.practice_stands.set()

    async def _prepare(self) -> None:
        """Make the practice server ready to raid, then say where it is."""
        await self.discord_stands.wait()
        found = self.discord
        async with Backend(self.backend_url, self.key) as backend:
            await _until_healthy(self.wanted.port, backend)
            for guild in found["DISCORD_GUILD_IDS"].split(","):
                await make_ready(found["DISCORD_API_URL"], found["SECRET_KEY"], GuildId(int(guild)), backend)
        await self._bot_is_ready()
        page = found["DISCORD_API_URL"].removesuffix("/api/v10")
        typer.echo(f"Ready. Open {page} in a browser, pick a member, and type /run.")

    async def _bot_is_ready(self) -> None:
        """Wait until the bot has registered its commands."""
        url = f"http://127.0.0.1:{self.wanted.bot_metrics_port}/health"
        async with aiohttp.ClientSession() as session:
            while True:
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(url) as told:
                        if (await told.json()).get("registered"):
                            return
                await asyncio.sleep(POLL_S)  # noqa: TID251 - the shared clock of tests must not hurry it

    async def _keep_database(self) -> None:
        """Start the embedded PostgreSQL again when it dies."""
        while self.server:
            await asyncio.sleep(WATCH_S)  # noqa: TID251 - the shared clock of tests must not hurry it
            if not self.server.is_running:
                log.warning("A part died and is started again", part="PostgreSQL")
                await asyncio.to_thread(self.server.start)


async def _until_healthy(port: int, backend: Backend) -> None:
    """Wait until the backend answers; knock first, so that the log is not full of failed requests."""
    while True:
        with contextlib.suppress(OSError, Unavailable):
            _, knocked = await asyncio.open_connection("127.0.0.1", port)
            knocked.close()
            await backend.call(health, AskHealth())
            return
        await asyncio.sleep(POLL_S)  # noqa: TID251 - the shared clock of tests must not hurry it


def bring_up(wanted: UpSettings, environ: Mapping[str, str]) -> None:
    """Start PostgreSQL unless there is one, bring its schema to this release, and run the parts.

    Raises:
        MigrationFault: the schema cannot be brought to this release.
        PartGaveUp: a part cannot run.
    """
    if wanted.database_url:
        _bring_up(wanted, environ, None, wanted.database_url.reveal)
        return
    with EmbeddedServer(wanted.data_dir / "postgres") as server:
        _bring_up(wanted, environ, server, lambda: server.url)


def _bring_up(
    wanted: UpSettings, environ: Mapping[str, str], server: EmbeddedServer | None, url: Callable[[], str]
) -> None:
    asyncio.run(migrations.migrate(url(), ssl_reject_unauthorized=wanted.database_ssl_reject_unauthorized))
    typer.echo(f"Backend: http://{wanted.bind}:{wanted.port}/v1/health")
    asyncio.run(House(wanted, environ, server).run())


def _own_key(file: Path) -> str:
    """Return the API key that was made up at the first start, readable by this user alone."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32))
    typer.echo(f"API key: in {file}")
    return file.read_text().strip()
