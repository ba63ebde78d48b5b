"""A loopback in the test's own process, and a bare application on it."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest_asyncio
from aiohttp import web
from tests.loopback.ids import BOT_ROLE, GUILD

from discord_loopback import permissions
from discord_loopback.app import Loopback, Options, build
from discord_loopback.client import Hands
from discord_loopback.world import World

Json = dict[str, Any]
EVERYTHING = (1 << 17) - 1


@dataclass
class Answer:
    """What the API said."""

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def code(self) -> int:
        return (self.body or {}).get("code", 0)

    def error(self, *path: str | int) -> str:
        """Return the code of the error at a field."""
        node = self.body["errors"]
        for part in path:
            node = node[str(part)]
        return node["_errors"][0]["code"]


@dataclass
class Connected:
    """A connection to the gateway that remembers what it heard, and how large it was on the way."""

    socket: aiohttp.ClientWebSocketResponse
    inflate: Callable[[bytes], bytes] = bytes
    packets: list[Json] = field(default_factory=list[Json])
    frames: list[tuple[aiohttp.WSMsgType, int]] = field(default_factory=list[tuple[aiohttp.WSMsgType, int]])
    reader: "asyncio.Task[None] | None" = None

    async def read(self) -> None:
        async for frame in self.socket:
            self.frames.append((frame.type, len(frame.data)))
            binary = frame.type is aiohttp.WSMsgType.BINARY
            self.packets.append(json.loads(self.inflate(frame.data) if binary else frame.data))

    async def until(self, right: Callable[[Json], bool]) -> Json:
        async with asyncio.timeout(10):
            while True:
                for packet in self.packets:
                    if right(packet):
                        return packet
                await asyncio.sleep(0.002)

    async def event(self, name: str) -> Json:
        return (await self.until(lambda packet: packet["t"] == name))["d"]

    async def op(self, number: int) -> Json:
        return await self.until(lambda packet: packet["op"] == number)

    async def say(self, op: int, data: Any = None) -> None:
        await self.socket.send_json({"op": op, "d": data})

    def names(self) -> list[str]:
        return [packet["t"] for packet in self.packets if packet["op"] == 0]

    def deeds(self) -> list[str]:
        """The events that have come, besides those of the audit log, which each deed of a moderator adds."""
        return [name for name in self.names() if name != "GUILD_AUDIT_LOG_ENTRY_CREATE"]

    async def closed(self) -> int | None:
        assert self.reader is not None
        await asyncio.wait_for(self.reader, 10)
        return self.socket.close_code


@dataclass
class Held:
    """Seconds that pass only when a test says so."""

    seconds: float

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Here:
    """The loopback, the hands, and the application's calls."""

    loopback: Loopback
    hands: Hands
    session: aiohttp.ClientSession
    stack: AsyncExitStack

    @property
    def world(self) -> World:
        return self.loopback.world

    async def call(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        options.setdefault("headers", {"Authorization": f"Bot {self.world.token}"})
        url = f"{self.world.url}/api/v10{path}"
        async with self.session.request(method, url, json=body, **options) as answer:
            content = None if answer.status == 204 else await answer.json(content_type=None)
            return Answer(answer.status, content, dict(answer.headers))

    async def post(self, channel: int, **body: Any) -> Answer:
        return await self.call("POST", f"/channels/{channel}/messages", body)

    def hold(self) -> Held:
        """Let what limits and deadlines count by stand still, so that no busy machine makes a window end."""
        self.world.clock.elapsed = held = Held(self.world.clock.elapsed())
        return held

    def grant(self, *names: str) -> None:
        """Give the bot's role permissions that the sample server does not give it."""
        self.world.guilds[GUILD].roles[BOT_ROLE].permissions |= permissions.bits(*names)

    def revoke(self, *names: str) -> None:
        """Take permissions from the bot's role."""
        self.world.guilds[GUILD].roles[BOT_ROLE].permissions &= ~permissions.bits(*names)

    async def patiently(self, method: str, path: str) -> Answer:
        """Ask until a small budget lets it through."""
        async with asyncio.timeout(60):
            while (answer := await self.call(method, path)).status == 429:
                await asyncio.sleep(answer.body["retry_after"])
        return answer

    async def callback(self, interaction: Json, kind: int, data: Json | None = None, **options: Any) -> Answer:
        path = f"/interactions/{interaction['id']}/{interaction['token']}/callback"
        return await self.call("POST", path, {"type": kind, "data": data or {}}, headers={}, **options)

    async def webhook(self, method: str, interaction: Json, path: str = "", body: Any = None) -> Answer:
        url = f"/webhooks/{self.world.application_id}/{interaction['token']}{path}"
        return await self.call(method, url, body, headers={})

    async def dial(self, query: str = "", inflate: Callable[[bytes], bytes] = bytes) -> Connected:
        socket = await self.session.ws_connect(f"{self.world.url}/gateway?{query}")
        connected = Connected(socket, inflate)
        connected.reader = asyncio.create_task(connected.read())
        self.stack.push_async_callback(socket.close)
        return connected

    async def connect(self, intents: int = EVERYTHING, **more: Any) -> Connected:
        connected = await self.dial()
        await self.identify(connected, intents=intents, **more)
        await connected.event("READY")
        return connected

    async def identify(self, connected: Connected, **more: Any) -> None:
        await connected.say(2, {"token": self.world.token, "intents": EVERYTHING, "properties": {}, **more})

    async def resume(self, session_id: str, seq: int | None) -> Connected:
        connected = await self.dial()
        await connected.say(6, {"token": self.world.token, "session_id": session_id, "seq": seq})
        return connected


@asynccontextmanager
async def served(options: Options | None = None) -> AsyncGenerator[Here]:
    loopback = build(options or Options())
    runner = web.AppRunner(loopback.app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    loopback.world.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        async with aiohttp.ClientSession() as session, Hands(loopback.world.url) as hands, AsyncExitStack() as stack:
            yield Here(loopback, hands, session, stack)
    finally:
        await runner.cleanup()


@pytest_asyncio.fixture
async def here(tmp_path: Path) -> AsyncGenerator[Here]:
    async with served(Options(clock_file=tmp_path / "clock")) as running:
        yield running
