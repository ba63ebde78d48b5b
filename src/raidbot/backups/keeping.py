"""Keeping backups by the clock: one an hour, one of them a day, copied away, and told when they are late."""

from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from raidbot.backups import rules
from raidbot.backups.copying import Copier
from raidbot.backups.folder import Folder
from raidbot.backups.model import Kind
from raidbot.backups.taking import FAILS, BackupRuns, take
from raidbot.core.clock import Clock
from raidbot.core.troubles import Trouble
from raidbot.database.connection import DatabaseSettings

log: structlog.stdlib.BoundLogger = structlog.get_logger()

LOOK_EVERY_S = 60.0

SLOWEST = timedelta(minutes=15)


@dataclass
class Keeper:
    """Looks once a minute what is to be done. Several may look after one folder: the record's lock lets one do it."""

    source: DatabaseSettings
    folder: Folder
    copier: Copier | None
    clock: Clock
    failures: int = 0
    told: dict[str, str] = field(default_factory=dict[str, str])
    """Troubles that last, by their kind, so that each is told once."""

    def __post_init__(self) -> None:
        self._not_before = self._began = self.clock.now()

    async def run(self) -> None:
        """Keep backups until cancelled."""
        while True:
            await self.turn()
            await self.clock.sleep(LOOK_EVERY_S)

    async def turn(self) -> None:
        """Take what is due, copy what waits, tell what is wrong."""
        now = self.clock.now()
        kind = rules.due(self.folder.backups(), now)
        if kind is not None and now >= self._not_before:
            self._tell("backup_failed", await self._take(kind))
        if self.copier:
            self._tell("backup_not_copied", await self._copy(self.copier))
        if self.clock.now() - self._began >= rules.LATE_AFTER:  # a folder that starts empty is not late yet
            self._tell("backup_late", rules.late(self.folder.backups(), self.clock.now()))

    async def _take(self, kind: Kind) -> Trouble | None:
        try:
            taken = await take(self.source, self.folder, kind, self.clock)
        except BackupRuns:
            return None
        except FAILS as fault:
            self.failures += 1
            self._not_before = self.clock.now() + min(timedelta(minutes=2**self.failures / 2), SLOWEST)
            return Trouble("backup_failed", f"No backup could be taken: {fault}", "backup-late")
        self.failures = 0
        fault = taken.sheet.verify_fault if taken.sheet else None
        return Trouble("backup_failed", f"{taken.name} cannot be verified: {fault}", "backup-late") if fault else None

    async def _copy(self, copier: Copier) -> Trouble | None:
        troubles = [
            await copier.copy(self.folder, one, self.clock)
            for one in rules.uncopied(self.folder.backups(), self.clock.now())
        ]
        found = next((one for one in troubles if one), None)
        if found or any(one.sheet and one.sheet.copy_fault for one in self.folder.backups()):
            return found or Trouble("backup_not_copied", "A backup still waits to be copied.", "backup-late")
        return None

    def _tell(self, kind: str, trouble: Trouble | None) -> None:
        """Log a trouble once when it begins, and once when it is over."""
        if trouble and kind not in self.told:
            log.warning("Trouble", **trouble.fields)
            self.told[kind] = trouble.page
        elif trouble is None and kind in self.told:
            log.info("Trouble is over", trouble=kind, runbook=self.told.pop(kind))
