"""Backups by the clock, copied away, and trouble told once."""

import shlex
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from tests.support.database import another
from tests.support.record import Record, pass_time

from raidbot.backups.copying import Copier
from raidbot.backups.folder import Folder
from raidbot.backups.keeping import Keeper
from raidbot.backups.model import Kind
from raidbot.core.clock import Clock
from raidbot.database.connection import DatabaseSettings

HOUR = 3600


@pytest.fixture(autouse=True)
def noon(clock: Clock, tmp_path: Path) -> float:
    """Let it be noon, so that no day ends in a test that does not mean it; return how far the clock runs ahead."""
    next_noon = (clock.now() + timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)
    ahead = (next_noon - clock.now()).total_seconds()
    pass_time(tmp_path, ahead)
    return ahead


def a_copier(command: str) -> Copier:
    return Copier(command, {"PATH": "/usr/bin:/bin"})


async def test_one_an_hour_is_taken_and_the_first_of_a_day_is_kept_a_week(
    record: Record, folder: Folder, clock: Clock, tmp_path: Path, noon: float
) -> None:
    keeper = Keeper(record.where, folder, None, clock)
    for ahead in (0, 30, 1 * HOUR, 1 * HOUR + 60, 2 * HOUR + 60, 24 * HOUR):
        pass_time(tmp_path, noon + ahead)
        await keeper.turn()

    assert [one.kind for one in folder.backups()] == [Kind.DAILY, Kind.HOURLY, Kind.HOURLY, Kind.DAILY]
    assert all(one.is_verified for one in folder.backups())


async def test_two_who_keep_one_folder_take_one(record: Record, folder: Folder, clock: Clock) -> None:
    for keeper in (Keeper(record.where, folder, None, clock), Keeper(record.where, folder, None, clock)):
        await keeper.turn()

    assert len(folder.backups()) == 1


async def test_each_backup_is_copied_with_its_sheet_and_a_copy_that_fails_is_told_once_and_tried_again(
    record: Record, folder: Folder, clock: Clock, tmp_path: Path, noon: float
) -> None:
    there = tmp_path / "elsewhere"
    keeper = Keeper(record.where, folder, a_copier(f"cp {{}} {shlex.quote(str(there))}/"), clock)

    await keeper.turn()
    await keeper.turn()
    (waiting,) = folder.backups()
    told = dict(keeper.wrong)
    there.mkdir()
    pass_time(tmp_path, noon + 301)
    await keeper.turn()

    assert waiting.sheet is not None
    assert waiting.sheet.copied_at is None
    assert waiting.sheet.copy_fault is not None
    assert waiting.sheet.copy_fault.startswith("cp ended with 1: cp: ")
    assert [(one.name, one.page) for one in told.values()] == [("backup_not_copied", "backup-late")]
    assert keeper.wrong == {}
    assert sorted(file.name for file in there.iterdir()) == sorted([waiting.name, waiting.sheet_file.name])


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("no-such-program {}", "no-such-program: No such file or directory."),
        (f"{sys.executable} -c 'raise SystemExit(3)'", f"{sys.executable} ended with 3: it said nothing"),
    ],
)
async def test_a_command_that_fails_says_what_it_said(
    record: Record, folder: Folder, clock: Clock, command: str, told: str
) -> None:
    await Keeper(record.where, folder, a_copier(command), clock).turn()

    (backup,) = folder.backups()
    assert backup.sheet is not None
    assert backup.sheet.copy_fault == told


async def test_a_database_that_is_away_is_told_once_and_asked_again_with_growing_pauses(
    record: Record, folder: Folder, clock: Clock, tmp_path: Path, noon: float
) -> None:
    away = DatabaseSettings(another(record.where.url, "nowhere"))
    keeper = Keeper(away, folder, None, clock)

    for ahead in (0, 30, 61, 120, 3 * HOUR):
        pass_time(tmp_path, noon + ahead)
        await keeper.turn()

    assert set(keeper.wrong) == {"backup_failed", "backup_late"}
    assert keeper.failures == 3  # at once, after one minute, after three hours: not at each look
    keeper.source = record.where
    pass_time(tmp_path, noon + 4 * HOUR)
    await keeper.turn()
    assert keeper.wrong == {}
