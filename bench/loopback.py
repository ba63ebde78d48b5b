"""What the loopback Discord itself costs: building a large server, and an interaction from the press to its answer."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import aiohttp
from tests.support.loopback import Running, loopback

from bench.machine import Usage, usage
from bench.tables import FACTS, Table, fact, over

MEMBERS = 36_000
PRESSES = 4000
AT_ONCE = 16
FIRST_EXTRA, BETWEEN_EXTRA = 510_000_000_000_000_000, 40_000_000_000
BUTTON = {"type": 1, "components": [{"type": 2, "style": 1, "label": "Join", "custom_id": "join"}]}


@dataclass(frozen=True)
class Cost:
    """What was measured."""

    built_s: float
    presses: int
    seconds: float
    used: Usage

    def table(self) -> Table:
        """Return the figures as a table."""
        cpu_ms, memory = self.used.cpu_s * 1000 / self.presses, self.used.rss_mb
        rows = [
            fact(
                "built, from the start of the process", f"{self.built_s:.2f} s", "5 s", over("", self.built_s, 5, " s")
            ),
            fact("presses, each answered by a message", f"{self.presses} in {self.seconds:.1f} s"),
            fact("CPU a press", f"{cpu_ms:.2f} ms", "0.7 ms", over("", cpu_ms, 0.7, " ms")),
            fact("memory, with all members sent once", f"{memory:.0f} MB", "300 MB", over("", memory, 300, " MB")),
        ]
        figures = {"built_s": self.built_s, "cpu_ms": cpu_ms, "rss_mb": memory}
        return Table(
            f"the practice Discord itself, with {MEMBERS:,} members",
            FACTS,
            rows,
            {f"loopback.{name}": value for name, value in figures.items()},
        )


async def measured() -> Cost:
    """Let many members press one button of an application that answers at once."""
    began = time.monotonic()
    async with loopback(members=MEMBERS) as running, aiohttp.ClientSession() as session:
        built = time.monotonic() - began
        async with _application(running, session):
            panel = await _panel(running, session)
            await _press(running, panel, 200)
            before, began = usage(running.process.pid), time.monotonic()
            await _press(running, panel, PRESSES)
            seconds = time.monotonic() - began
            return Cost(built, PRESSES, seconds, usage(running.process.pid).since(before))


async def _panel(running: Running, session: aiohttp.ClientSession) -> str:
    people = (await running.hands.state())["users"]
    channels = (await running.hands.view(running.guild_id, int(people[1]["id"])))["channels"]
    channel = next(each["id"] for each in channels if each["name"] == "raid")
    headers = {"Authorization": f"Bot {running.token}"}
    url = f"{running.url}/api/v10/channels/{channel}/messages"
    async with session.post(url, json={"content": "Raid", "components": [BUTTON]}, headers=headers) as answer:
        return (await answer.json())["id"]


async def _press(running: Running, panel: str, times: int) -> None:
    waiting = iter(range(times))

    async def hand() -> None:
        for number in waiting:
            member = FIRST_EXTRA + (1 + number % MEMBERS) * BETWEEN_EXTRA
            await running.hands.click(member, panel, "join")

    await asyncio.gather(*(hand() for _ in range(AT_ONCE)))


@contextlib.asynccontextmanager
async def _application(running: Running, session: aiohttp.ClientSession) -> AsyncGenerator[None]:
    """Ask for all members as a bot does when it starts, then answer every press with a private message."""
    async with session.ws_connect(running.url.replace("http", "ws", 1) + "/gateway") as socket:
        await socket.send_json({"op": 2, "d": {"token": running.token, "intents": 3, "properties": {}}})
        await socket.send_json({"op": 8, "d": {"guild_id": str(running.guild_id), "query": "", "limit": 0}})
        while (packet := await socket.receive_json())["t"] != "GUILD_MEMBERS_CHUNK" or not _is_last(packet["d"]):
            pass
        answering = asyncio.create_task(_answer(running, session, socket))
        try:
            yield
        finally:
            answering.cancel()
            await asyncio.gather(answering, return_exceptions=True)


def _is_last(chunk: dict[str, Any]) -> bool:
    return chunk["chunk_index"] == chunk["chunk_count"] - 1


async def _answer(running: Running, session: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse) -> None:
    async with asyncio.TaskGroup() as answers:
        async for frame in socket:
            packet = frame.json()
            if packet["t"] == "INTERACTION_CREATE":
                answers.create_task(_whisper(running, session, packet["d"]))


async def _whisper(running: Running, session: aiohttp.ClientSession, press: dict[str, Any]) -> None:
    url = f"{running.url}/api/v10/interactions/{press['id']}/{press['token']}/callback"
    async with session.post(url, json={"type": 4, "data": {"content": "You are in", "flags": 64}}) as answer:
        await answer.read()
