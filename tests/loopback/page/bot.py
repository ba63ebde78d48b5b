"""A small application on the loopback: it answers presses as it was told, and remembers what it received."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp

Json = dict[str, Any]
Answer = Callable[[Json], Json | None]

MESSAGE, UPDATE, CHOICES, MODAL = 4, 7, 8, 9
EPHEMERAL, COMPONENTS_V2 = 1 << 6, 1 << 15


def says(content: str, **more: Any) -> Json:
    return {"type": MESSAGE, "data": {"content": content, **more}}


def whispers(content: str) -> Json:
    return says(content, flags=EPHEMERAL)


def button(custom_id: str, label: str, style: int = 1, **more: Any) -> Json:
    return {"type": 2, "style": style, "label": label, "custom_id": custom_id, **more}


def row(*components: Json) -> Json:
    return {"type": 1, "components": list(components)}


def text(content: str) -> Json:
    return {"type": 10, "content": content}


@dataclass
class Bot:
    """The application; `answers` holds what it says to a command's name or a custom id."""

    session: aiohttp.ClientSession
    url: str
    token: str
    application_id: str
    guild_id: str
    answers: dict[str, Answer] = field(default_factory=dict[str, Answer])
    received: list[Json] = field(default_factory=list[Json])
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    async def call(self, method: str, path: str, body: Any) -> Any:
        headers = {"Authorization": f"Bot {self.token}"}
        async with self.session.request(method, f"{self.url}/api/v10{path}", json=body, headers=headers) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json() if answer.status != 204 else None

    async def post(self, channel_id: str, **body: Any) -> Json:
        return await self.call("POST", f"/channels/{channel_id}/messages", body)

    async def offer(self, *commands: Json) -> None:
        await self.call("PUT", f"/applications/{self.application_id}/guilds/{self.guild_id}/commands", list(commands))

    async def run(self) -> None:
        async with self.session.ws_connect(self.url.replace("http", "ws") + "/gateway") as socket:
            properties = {"os": "linux", "browser": "test", "device": "test"}
            await socket.send_json({"op": 2, "d": {"token": self.token, "intents": 1, "properties": properties}})
            async for frame in socket:
                packet: Json = frame.json()
                if packet.get("t") == "READY":
                    self.ready.set()
                if packet.get("t") == "INTERACTION_CREATE":
                    await self.answer(packet["d"])

    async def answer(self, interaction: Json) -> None:
        self.received.append(interaction)
        data: Json = interaction["data"]
        made = self.answers.get(data.get("custom_id") or data["name"])
        answer = made(interaction) if made else None
        if answer is not None:
            await self.call("POST", f"/interactions/{interaction['id']}/{interaction['token']}/callback", answer)


@asynccontextmanager
async def connected(ready: Json) -> AsyncGenerator[Bot]:
    """Keep an application connected for as long as the block runs."""
    async with aiohttp.ClientSession() as session:
        bot = Bot(session, ready["url"], ready["token"], ready["application_id"], ready["guild_ids"][0])
        running = asyncio.create_task(bot.run())
        try:
            await asyncio.wait_for(bot.ready.wait(), 10)
            yield bot
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
