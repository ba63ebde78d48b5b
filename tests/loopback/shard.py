"""One shard of an application, as a process: `python shard.py URL TOKEN SHARD SHARDS` prints what it hears as JSON."""

import asyncio
import json
import sys
from typing import Any

import discord
from tests.support.loopback import pointed


class Shard(discord.Client):
    """Says what reaches it, and answers presses with its number."""

    def __init__(self, number: int, count: int) -> None:
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
        super().__init__(intents=intents, shard_id=number, shard_count=count, guild_ready_timeout=0.1)
        self.number = number

    def tell(self, what: str, text: object) -> None:
        sys.stdout.write(json.dumps({"shard": self.number, "what": what, "text": text}) + "\n")
        sys.stdout.flush()

    async def on_ready(self) -> None:
        while any(guild.unavailable for guild in self.guilds):  # ready it is also where they are late
            await asyncio.sleep(0.01)
        self.tell("ready", [guild.name for guild in self.guilds])

    async def on_message(self, message: discord.Message) -> None:
        if self.user != message.author:
            self.tell("dm" if message.guild is None else "message", message.content)

    async def on_interaction(self, press: discord.Interaction[Any]) -> None:
        await press.response.send_message(f"shard {self.number}", ephemeral=True)


async def main() -> None:
    url, token, number, count = sys.argv[1:]
    with pointed(url):
        async with Shard(int(number), int(count)) as client:
            await client.start(token)


if __name__ == "__main__":
    asyncio.run(main())
