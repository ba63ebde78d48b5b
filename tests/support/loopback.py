"""A loopback Discord as a process of its own, and discord.py pointed at it."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import yarl
from discord import asset, gateway, http

from discord_loopback.client import Hands


@dataclass
class Running:
    """A loopback that runs."""

    url: str
    token: str
    application_id: int
    guild_id: int
    hands: Hands
    process: asyncio.subprocess.Process


@asynccontextmanager
async def loopback(**options: object) -> AsyncGenerator[Running]:
    """Start `python -m discord_loopback` on a free port, with options as on its command line."""
    given = [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", str(value))]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(["src", os.environ.get("PYTHONPATH", "")])}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "discord_loopback", *given, stdout=asyncio.subprocess.PIPE, env=environment
    )
    try:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), 30)
        ready = json.loads(line)
        async with Hands(ready["url"]) as hands:
            yield Running(
                url=ready["url"],
                token=ready["token"],
                application_id=int(ready["application_id"]),
                guild_id=int(ready["guild_ids"][0]),
                hands=hands,
                process=process,
            )
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), 5)
            except TimeoutError:
                process.kill()
                await process.wait()


@contextmanager
def pointed(url: str) -> Generator[None]:
    """Let discord.py speak to a loopback."""
    places: list[tuple[Any, str, object]] = [
        (http.Route, "BASE", f"{url}/api/v10"),
        (gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(url.replace("http", "ws", 1) + "/gateway")),
        (asset.Asset, "BASE", f"{url}/cdn"),
    ]
    usual = [getattr(holder, name) for holder, name, _ in places]
    for holder, name, value in places:
        setattr(holder, name, value)
    try:
        yield
    finally:
        for (holder, name, _), value in zip(places, usual, strict=True):
            setattr(holder, name, value)
