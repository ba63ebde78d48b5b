"""Applications of several shards, in one process and in several."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import discord
from discord.http import Route
from tests.loopback.ids import GUILD, RAID, ROOK
from tests.loopback.rules import rule
from tests.loopback.test_discord_py import arrived
from tests.support.loopback import Running, loopback, pointed
from typing_extensions import override

HOME = (GUILD >> 22) % 2
PANEL = {"components": [{"type": 1, "components": [{"type": 2, "style": 1, "label": "x", "custom_id": "x"}]}]}


class Sharded(discord.AutoShardedClient):
    """Hears on two shards at once."""

    def __init__(self) -> None:
        intents = discord.Intents(guilds=True, members=True, guild_messages=True, dm_messages=True)
        super().__init__(intents=intents, shard_count=2, guild_ready_timeout=0.1)
        self.heard: list[str] = []
        self.resumed: list[int] = []

    @override
    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait: the loopback lets both start together."""

    async def on_message(self, message: discord.Message) -> None:
        if message.author != self.user:
            self.heard.append(message.content)

    async def on_shard_resumed(self, shard_id: int) -> None:
        self.resumed.append(shard_id)

    async def on_interaction(self, press: discord.Interaction[Any]) -> None:
        await press.response.send_message("pressed", ephemeral=True)


@rule("Several connections; a guild by `(id >> 22) % shards`, what has no guild on shard 0")
async def test_two_shards_of_one_process_divide_guilds_and_dms() -> None:
    client = Sharded()
    async with loopback(max_concurrency=2) as running, AsyncExitStack() as stack:
        stack.enter_context(pointed(running.url))
        await stack.enter_async_context(client)
        task = asyncio.create_task(client.start(running.token))
        await arrived(client)
        guild = client.get_guild(GUILD)
        assert guild is not None
        channel = guild.get_channel(RAID)
        assert isinstance(channel, discord.TextChannel)
        dm = await (await client.fetch_user(ROOK)).create_dm()
        await running.hands.say(ROOK, dm.id, "by dm")
        await running.hands.say(ROOK, RAID + 2, "in the guild")
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="x", custom_id="x"))
        message = await channel.send(view=view)
        pressed = await running.hands.click(ROOK, message.id, "x")
        await running.hands.faults(gateway="cut")
        async with asyncio.timeout(60):
            while len(client.resumed) < 2 or len(client.heard) < 2:
                await asyncio.sleep(0.01)
        await client.close()
        await asyncio.wait([task], timeout=5)

        assert guild.shard_id == HOME
        assert len(guild.members) == 15
        assert pressed["message"]["content"] == "pressed"
        assert sorted(client.heard) == ["", "by dm"]  # a guild's texts need an intent that it lacks
        assert sorted(client.resumed) == [0, 1]


@dataclass
class Part:
    """A process with one shard, and what it said."""

    process: asyncio.subprocess.Process
    said: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    async def read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.said.append(json.loads(line))

    def told(self, what: str) -> list[Any]:
        return [each["text"] for each in self.said if each["what"] == what]

    async def until(self, what: str) -> Any:
        async with asyncio.timeout(60):
            while not self.told(what):
                await asyncio.sleep(0.01)
        return self.told(what)[0]


@asynccontextmanager
async def part(running: Running, number: int) -> AsyncGenerator[Part]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([".", "src"])}
    script = str(Path(__file__).with_name("shard.py"))
    process = await asyncio.create_subprocess_exec(
        sys.executable, script, running.url, running.token, str(number), "2", stdout=-1, env=environment
    )
    made = Part(process)
    reading = asyncio.create_task(made.read())
    try:
        yield made
    finally:
        process.kill()
        await process.wait()
        await reading


async def test_two_processes_with_a_shard_each_get_every_event_once() -> None:
    async with (
        loopback(max_concurrency=2) as running,
        part(running, HOME) as home,
        part(running, 1 - HOME) as away,
    ):
        assert await home.until("ready") == ["Oryx's Raiders"]
        assert await away.until("ready") == []
        with pointed(running.url):
            async with discord.Client(intents=discord.Intents.none()) as client:
                await client.login(running.token)
                message = await client.http.request(
                    Route("POST", "/channels/{channel_id}/messages", channel_id=RAID), json=PANEL
                )
                dm = await (await client.fetch_user(ROOK)).create_dm()
        pressed = await running.hands.click(ROOK, message["id"], "x")
        bot = running.application_id
        await running.hands.say(ROOK, RAID + 2, f"<@{bot}> hello")
        await running.hands.say(ROOK, dm.id, "psst")

        first, other = (home, away) if HOME == 0 else (away, home)
        assert await first.until("dm") == "psst"
        assert await home.until("message") == f"<@{bot}> hello"
        assert pressed["message"]["content"] == f"shard {HOME}"
        assert other.told("dm") == []
        assert away.told("message") == []
