"""Looking at the disk once a minute, for as long as a process runs."""

import asyncio
from pathlib import Path

import structlog

from raidbot.core.clock import Clock
from raidbot.database.faults import DatabaseAway, DatabaseBusy
from raidbot.database.pool import Database
from raidbot.disk import measuring, rules
from raidbot.disk.reserve import Reserve
from raidbot.disk.rules import Level, Reading, Room, Share

log: structlog.stdlib.BoundLogger = structlog.get_logger()

LOOK_EVERY_S = 60.0


class Watch:
    """Keeps a process's knowledge of the disk fresh.

    Args:
        room: What the process knows.
        data: The folder of data, on the disk that matters.
        backups: The folder of backups.
        reserve: Made anew when there is room; None where none is kept.
    """

    def __init__(self, room: Room, data: Path, backups: Path, reserve: Reserve | None) -> None:
        self._room = room
        self._data = data
        self._backups = backups
        self._reserve = reserve
        self._told = Level.FINE

    async def run(self, database: Database, clock: Clock) -> None:
        """Look until cancelled."""
        while True:
            await self.turn(await asyncio.to_thread(measuring.read, self._data), database)
            await clock.sleep(LOOK_EVERY_S)

    async def turn(self, reading: Reading, database: Database) -> None:
        """Take a reading into account, and tell when the level has changed."""
        level = self._room.take(reading)
        if self._reserve:
            await asyncio.to_thread(self._reserve.keep, reading, level)
        if level is self._told:
            return
        self._room.condition = rules.condition(reading, level, await self._shares(database))
        self._told = level

    async def _shares(self, database: Database) -> list[Share]:
        found = await asyncio.to_thread(measuring.files, self._data, self._backups)
        try:
            async with database.transaction(label="disk") as tx:
                return [*found, *await measuring.tables(tx)]
        except (DatabaseAway, DatabaseBusy) as away:
            log.warning("Tables cannot be measured", reason=str(away))
            return found
