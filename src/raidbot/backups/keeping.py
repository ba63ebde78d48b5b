"""Keeping backups by the clock: one an hour, one of them a day, copied away, and told when they are late."""

from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from raidbot.backups import rules
from raidbot.backups.copying import Copier
from raidbot.backups.folder import Folder
from raidbot.backups.model import Kind
from raidbot.backups.taking import FAILS, BackupRuns, take
from raidbot.core.alerts import Condition, RunbookPage
from raidbot.core.clock import Clock
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
    wrong: dict[str, Condition] = field(default_factory=dict[str, Condition])
    """What an operator has to know, by its name, for as long as it lasts."""

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

    async def _take(self, kind: Kind) -> Condition | None:
        try:
            taken = await take(self.source, self.folder, kind, self.clock)
        except BackupRuns:
            return None
        except FAILS as fault:
            self.failures += 1
            self._not_before = self.clock.now() + min(timedelta(minutes=2**self.failures / 2), SLOWEST)
            return Condition("backup_failed", f"No backup could be taken: {fault}", RunbookPage.BACKUP_LATE)
        self.failures = 0
        fault = taken.sheet.verify_fault if taken.sheet else None
        return (
            Condition("backup_failed", f"{taken.name} cannot be verified: {fault}", RunbookPage.BACKUP_LATE)
            if fault
            else None
        )

    async def _copy(self, copier: Copier) -> Condition | None:
        troubles = [
            await copier.copy(self.folder, one, self.clock)
            for one in rules.uncopied(self.folder.backups(), self.clock.now())
        ]
        found = next((one for one in troubles if one), None)
        if found or any(one.sheet and one.sheet.copy_fault for one in self.folder.backups()):
            return found or Condition(
                "backup_not_copied", "A backup still waits to be copied.", RunbookPage.BACKUP_LATE
            )
        return None

    def _tell(self, name: str, condition: Condition | None) -> None:
        """Take in whether something is wrong, with a line in the log when that begins and ends."""
        if condition and name not in self.wrong:
            log.warning("Backups need somebody", condition=name, reason=condition.sentence)
        elif condition is None and name in self.wrong:
            log.info("Backups are well again", condition=name)
        if condition:
            self.wrong[name] = condition
        else:
            self.wrong.pop(name, None)
