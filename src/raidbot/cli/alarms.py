"""Telling the operator: a process looks at itself, posts what begins and ends to `ALERT_URL`, and beats its heart."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, TypeAlias

import aiohttp
import structlog

from raidbot.core.alerts import Change, Condition, Watch
from raidbot.core.clock import Clock
from raidbot.settings import AlertFormat, AlertSettings

log: structlog.stdlib.BoundLogger = structlog.get_logger()

LOOK_EVERY_S = 15.0
BEAT_EVERY_S = 60.0
TIMEOUT = aiohttp.ClientTimeout(total=10)
TRIES = 3
PAUSE_S = 5.0

Look: TypeAlias = Callable[[], Iterable[Condition]]
"""Returns everything that is wrong with the process now."""


class Noted(Enum):
    """What came of writing a change down."""

    FIRST = auto()
    """Nobody had told it before."""
    KNOWN = auto()
    """Another process told it."""
    ALONE = auto()
    """It could not be written down, so nobody else knows."""


Note: TypeAlias = Callable[[Change], Awaitable[Noted]]
"""Writes a change down. Raises nothing."""


@dataclass(frozen=True, slots=True)
class Alarms:
    """What goes out of a process by itself.

    Args:
        settings: Where to.
        who: Names the process, as in `backend`.
        clock: Times looks and beats.
    """

    settings: AlertSettings
    who: str
    clock: Clock

    async def keep(self, look: Look, note: Note, is_well: Callable[[], Awaitable[bool]] | None = None) -> None:
        """Look every 15 seconds until cancelled, and beat the heart each minute while the system is well.

        Args:
            look: Tells what is wrong.
            note: Writes it down.
            is_well: Whether the heart may beat; without it this process has none.
        """
        watch, alone = Watch(), set[str]()
        async with aiohttp.ClientSession(timeout=TIMEOUT) as session, asyncio.TaskGroup() as tasks:
            if is_well is not None and self.settings.heartbeat_url is not None:
                tasks.create_task(self._beat(session, is_well))
            while True:
                for change in watch.look(look(), self.clock.now().timestamp()):
                    said = log.warning if change.raised else log.info
                    said("Alert" if change.raised else "Alert is over", alert=change.condition.name)
                    noted, name = await note(change), change.condition.name
                    if noted is not Noted.KNOWN or name in alone:
                        tasks.create_task(self.post(session, change))
                    alone = alone | {name} if change.raised and noted is Noted.ALONE else alone - {name}
                await self.clock.sleep(LOOK_EVERY_S)

    async def post(self, session: aiohttp.ClientSession, change: Change) -> None:
        """Post a change to `ALERT_URL`; what cannot be posted after three tries is a line in the log."""
        url = self.settings.alert_url
        if url is None:
            return
        for attempt in range(1, TRIES + 1):
            try:
                async with session.post(url.reveal(), **self._letter(change)) as answer:
                    answer.raise_for_status()
            except (aiohttp.ClientError, TimeoutError) as fault:  # its text may name the address, which is a secret
                if attempt == TRIES:
                    log.warning("ALERT_URL does not take alerts", reason=type(fault).__name__)
                else:
                    await self.clock.sleep(PAUSE_S)
            else:
                return

    def _letter(self, change: Change) -> dict[str, Any]:
        one = change.condition
        title = f"Raid bot: {one.name.replace('_', ' ')}{'' if change.raised else ' is over'}"
        where = f"{self.who} on {socket.gethostname()}"
        text = f"{title}. {one.sentence} ({where}; docs/operate/runbook/{one.page}.md)"
        if self.settings.alert_format is AlertFormat.TEXT:
            return {"data": text.encode(), "headers": {"Content-Type": "text/plain; charset=utf-8", "Title": title}}
        told = {"content": text, "text": text, "alert": one.name, "raised": change.raised, "page": one.page}
        return {"json": told}

    async def _beat(self, session: aiohttp.ClientSession, is_well: Callable[[], Awaitable[bool]]) -> None:
        url = self.settings.heartbeat_url
        while url is not None:
            if await is_well():
                try:
                    async with session.get(url.reveal()) as answer:
                        answer.raise_for_status()
                except (aiohttp.ClientError, TimeoutError) as fault:
                    log.warning("HEARTBEAT_URL does not answer", reason=type(fault).__name__)
            await self.clock.sleep(BEAT_EVERY_S)
