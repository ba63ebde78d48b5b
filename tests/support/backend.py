"""A backend served on a real socket, and callers that speak to it as the bot does."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest_asyncio
import uvicorn

from raidbot import features
from raidbot.backend.app import Backend, application
from raidbot.bot.backend import Backend as Client
from raidbot.core.clock import Clock
from raidbot.core.ids import ChannelId, GuildId, InteractionId, RoleId, UserId
from raidbot.core.ranks import RoleKey
from raidbot.database.pool import Database
from raidbot.features.discord_state import api as discord_state
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.guild_config import api as guild_config

KEY = "a-key-that-is-long-enough-for-everyone"
GUILD = GuildId(700)
CHANNEL = ChannelId(800)
ADMIN, ORGANIZER, SECOND_ORGANIZER, RAIDER, STRANGER, SUSPENDED = (UserId(n) for n in range(1, 7))
NO_LIMIT = 100_000
"""Requests a second: tests ask for more in one member's name than any member does."""
ROLES = {
    RoleKey.ORGANIZER: RoleId(31),
    RoleKey.VERIFIED_RAIDER: RoleId(32),
    RoleKey.SUSPENDED: RoleId(33),
}


@dataclass
class Served:
    """A backend that runs, and what speaks to it."""

    url: str
    client: Client
    clock_file: Path
    presses: int = 1000
    shift: float = 0
    headers: dict[str, str] = field(default_factory=lambda: {"x-api-key": KEY})

    async def ask(self, endpoint: Any, ask: Any, by: UserId, key: InteractionId | None = None) -> Any:
        """Call an endpoint for a member, as one press of its own unless a press is given."""
        self.presses += 1
        return await self.client.call(endpoint, ask, actor=by, key=key or InteractionId(self.presses))

    async def raw(self, method: str, path: str, **options: Any) -> tuple[int, dict[str, Any]]:
        """Send a request as anybody could."""
        headers = {**self.headers, **options.pop("headers", {})}
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, self.url + path, headers=headers, **options) as answer,
        ):
            return answer.status, await answer.json()

    def pass_time(self, seconds: float) -> None:
        """Move the clock of all processes forward."""
        self.shift += seconds
        self.clock_file.write_text(str(self.shift))

    async def mirror(self, *members: MirroredMember) -> None:
        """Tell what members hold, as the bot does."""
        await self.client.call(discord_state.mirror_members, discord_state.MirrorMembers(GUILD, list(members)))


@asynccontextmanager
async def serving(
    database: Database,
    clock_file: Path,
    beside: Sequence[Callable[[Backend], Awaitable[None]]] = (),
    api_rate: int = NO_LIMIT,
) -> AsyncGenerator[Served]:
    """Serve the backend for as long as the block runs, with what else is to run beside it."""
    features.load("service")
    features.load("jobs")

    async def current() -> str:
        return "current"

    backend = Backend(database, Clock(clock_file), KEY, "test", current, beside, api_rate=api_rate)
    server = uvicorn.Server(
        uvicorn.Config(application(backend), port=0, log_level="error", timeout_graceful_shutdown=2)
    )
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    url = f"http://127.0.0.1:{port}/v1"
    try:
        async with Client(url, KEY) as client:
            yield Served(url, client, clock_file)
    finally:
        backend.stream.close()
        server.should_exit = True
        await running


async def furnish(up: Served) -> None:
    """Let a backend have a guild whose roles are mapped and whose members are mirrored."""
    await up.mirror(MirroredMember(ADMIN, [], administrator=True))
    await up.ask(guild_config.set_roles, guild_config.SetRoles(GUILD, dict(ROLES)), ADMIN)
    organizer, verified, suspended = ROLES.values()
    await up.mirror(
        MirroredMember(ORGANIZER, [organizer, verified]),
        MirroredMember(SECOND_ORGANIZER, [organizer, verified]),
        MirroredMember(RAIDER, [verified]),
        MirroredMember(SUSPENDED, [verified, suspended]),
    )


@pytest_asyncio.fixture
async def served(database: Database, tmp_path: Path) -> AsyncIterator[Served]:
    """A backend with a guild whose roles are mapped and whose members are mirrored."""
    async with serving(database, tmp_path / "clock") as up:
        await furnish(up)
        yield up
