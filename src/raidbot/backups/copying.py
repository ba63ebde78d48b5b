"""Copying a backup away from this machine, by a command of the operator's."""

import asyncio
import shlex
from collections.abc import Mapping
from pathlib import Path

import structlog
from msgspec.structs import replace

from raidbot.backups.folder import Folder
from raidbot.backups.model import Backup
from raidbot.core.alerts import Condition, RunbookPage
from raidbot.core.clock import Clock

log: structlog.stdlib.BoundLogger = structlog.get_logger()

LONGEST_S = 30 * 60.0

PLACE = "{}"


class Copier:
    """Runs the command for a backup and its sheet, without a shell.

    Args:
        command: As in `BACKUP_COPY_TO`: `{}` stands for the file; without it the file comes last.
        environ: What the command may know.
    """

    def __init__(self, command: str, environ: Mapping[str, str]) -> None:
        self._words = shlex.split(command)
        self._environ = environ

    async def copy(self, folder: Folder, backup: Backup, clock: Clock) -> Condition | None:
        """Copy a backup and write down what came of it; return what an operator has to know."""
        if backup.sheet is None:
            return None
        fault = await self._run(backup.file) or await self._run(backup.sheet_file)
        now = clock.now()
        sheet = replace(backup.sheet, copied_at=None if fault else now, copy_tried_at=now, copy_fault=fault)
        folder.keep_sheet(backup.file, sheet)
        if fault is None:
            log.info("Backup copied", file=backup.name)
            return None
        told = f"{backup.name} was not copied: {fault}"
        return Condition("backup_not_copied", told, RunbookPage.BACKUP_LATE)

    async def _run(self, file: Path) -> str | None:
        """Run the command for a file; return what it said if it failed."""
        named = [word.replace(PLACE, str(file)) for word in self._words]
        command = named if named != self._words else [*named, str(file)]
        try:
            running = await asyncio.create_subprocess_exec(
                *command,
                env=dict(self._environ),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
        except OSError as fault:
            return f"{command[0]}: {fault.strerror}."
        try:
            async with asyncio.timeout(LONGEST_S):
                said, _ = await running.communicate()
        except TimeoutError:
            running.kill()
            return f"{command[0]} took longer than {LONGEST_S / 60:.0f} minutes."
        except BaseException:
            running.kill()
            raise
        return f"{command[0]} ended with {running.returncode}: {_end(said)}" if running.returncode else None


def _end(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1][-300:] if lines else "it said nothing"
