"""Work of the bot that goes on beside its answers: woken by what happens, and when something falls due."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

import aiohttp
import discord
import structlog

from raidbot.bot.backend import Fault
from raidbot.core.clock import Clock
from raidbot.core.errors import Refusal
from raidbot.core.ids import GuildId

log: structlog.stdlib.BoundLogger = structlog.get_logger()

RETRY_S = 2.0
"""Pause after a round that failed."""

Round: TypeAlias = Callable[[], Awaitable[datetime | None]]
"""Does what is to be done now, and returns when there is more; None: when somebody wakes it."""


@dataclass(slots=True)
class Beat:
    """One kind of work in a guild, which never runs twice at once."""

    guild_id: GuildId
    go: Round
    """The latest: a guild that the bot comes back to is another object."""
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


class Rounds:
    """Makes rounds, each of its own kind one after the other.

    Args:
        clock: Tells when something falls due.
        is_here: Tells whether anything can be done in a guild now. Where not, its rounds wait until they are woken.
    """

    def __init__(self, clock: Clock, is_here: Callable[[GuildId], bool]) -> None:
        self._clock = clock
        self._is_here = is_here
        self._beats: dict[tuple[str, GuildId], Beat] = {}

    def wake(self, name: str, guild_id: GuildId, go: Round) -> None:
        """Let a round begin as soon as the last one of that name in the guild is over."""
        beat = self._beats.setdefault((name, guild_id), Beat(guild_id, go))
        beat.go = go
        beat.woken.set()
        if beat.task is None or beat.task.done():
            beat.task = asyncio.create_task(self._repeat(beat), name=f"rounds {name} {guild_id}")

    async def close(self) -> None:
        """Make no more rounds. What was not done is found at the next start."""
        tasks = [beat.task for beat in self._beats.values() if beat.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _repeat(self, beat: Beat) -> None:
        while True:
            beat.woken.clear()
            try:
                await self._until(beat.woken, await beat.go() if self._is_here(beat.guild_id) else None)
            except (Refusal, Fault, discord.HTTPException, aiohttp.ClientError, TimeoutError) as away:
                log.warning("A round will be made again", reason=str(away))
                await self._clock.sleep(RETRY_S)
            except Exception as broken:
                log.exception("A round failed", exc_info=broken)
                await self._clock.sleep(RETRY_S)

    async def _until(self, woken: asyncio.Event, moment: datetime | None) -> None:
        if moment is None:
            await woken.wait()
            return
        waits = [asyncio.ensure_future(woken.wait()), asyncio.ensure_future(self._clock.sleep_until(moment))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()
