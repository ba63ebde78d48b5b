"""What an operator types and reads, beyond the runbook: saying no, going back, sealing, and no database at all."""

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.database import reachable_folder
from tests.support.house import ROOT, until
from tests.support.record import Record

from raidbot.backups.folder import Folder
from raidbot.backups.model import Kind
from raidbot.backups.taking import take
from raidbot.core.clock import Clock

KEY = "a key that is long enough"


class Typist:
    """Types commands in a folder of their own."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.folder = folder
        self.environ = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
            "PYTHONPATH": str(ROOT / "src"),
            "DATA_DIR": str(folder / "data"),
            **environ,
        }

    def types(self, command: str, answer: str = "", code: int = 0) -> str:
        told = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "raidbot", *command.split()],
            check=False,
            cwd=self.folder,
            env=self.environ,
            input=answer,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )
        assert told.returncode == code, told.stdout
        return told.stdout


async def test_who_says_no_keeps_what_there_is_and_who_says_yes_can_go_back(record: Record, tmp_path: Path) -> None:
    typist = Typist(tmp_path, DATABASE_URL=record.where.url, BACKUP_KEY=KEY, BACKUP_COPY_TO="cp {} .")
    await record.open_runs(10, Clock().now())
    typist.types("backup")
    assert ".dump.sealed  0 min old" in (listed := typist.types("backup --list"))
    assert "verified, copied" in listed
    await record.open_runs(3, Clock().now())

    refused = typist.types("restore latest", answer="n\n", code=1)
    assert "3 changes of settings" in refused
    assert "Nothing was changed." in refused
    assert await record.databases() == [record.name]
    assert await record.rows() == 13

    done = typist.types("restore latest", answer="y\n")
    assert await record.rows() == 10
    (kept,) = {word.strip(".") for word in done.split() if word.startswith(f"{record.name}_before_")}
    typist.types(f"restore {kept} --yes")
    assert await record.rows() == 13

    listed = typist.types("restore")
    (other,) = {word for word in listed.split() if word.startswith(f"{record.name}_before_")}
    assert f"{other} is deleted." in typist.types(f"restore {other} --forget")
    assert await record.databases() == [record.name]
    assert "does not lie beside" in typist.types(f"restore {other} --forget", code=1)


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        ("backup", 1, "cannot be reached"),
        ("backup --list", 0, "There is no good backup. See docs/operate/runbook/backup-late.md"),
        ("disk", 0, "the tables cannot be asked"),
        ("migrate --status", 1, "cannot be reached"),
    ],
)
def test_without_a_database_it_says_so_in_one_line(tmp_path: Path, command: str, code: int, told: str) -> None:
    typist = Typist(tmp_path, DATABASE_URL="postgres://raidbot:hunter2@127.0.0.1:1/raidbot")

    said = typist.types(command, code=code)

    assert told in said
    assert "Traceback" not in said
    assert "hunter2" not in said


def test_where_there_is_no_database_migrate_makes_none(tmp_path: Path) -> None:
    said = Typist(tmp_path).types("migrate", code=2)

    assert "DATABASE_URL: is missing, and raidbot up made no database in" in said
    assert not (tmp_path / "data").exists()


def test_the_embedded_server_is_started_for_a_backup_and_stopped_after_it() -> None:
    place = reachable_folder()
    try:
        typist = Typist(place)

        said = typist.types("backup")

        assert ", verified" in said
        assert "Not inside: .env" in said
        assert "missing 0001_backend_outbox" in typist.types("migrate --status")
        assert not (place / "data" / "postgres" / "data" / "postmaster.pid").exists()
    finally:
        shutil.rmtree(place)


async def test_the_schedule_ends_in_order_in_the_middle_of_a_backup_and_leaves_nothing(
    record: Record, tmp_path: Path
) -> None:
    await record.restores_that_do_not_end()
    typist = Typist(tmp_path, DATABASE_URL=record.where.url, BACKUP_DIR=str(tmp_path / "backups"))
    with (tmp_path / "said").open("wb") as said:
        keeping = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "raidbot", "backup", "--scheduled"),
            cwd=tmp_path,
            env=typist.environ,
            stdout=said,
            stderr=said,
        )

    async def tries() -> bool:
        assert keeping.returncode is None, (tmp_path / "said").read_text()
        return len(await record.databases()) > 1

    await until(tries, "it to try the backup")
    keeping.terminate()

    assert await asyncio.wait_for(keeping.wait(), 60) == 0
    assert await record.databases() == [record.name]
    [taken] = Folder(tmp_path / "backups").backups()
    assert not taken.is_verified
    assert "Traceback" not in (tmp_path / "said").read_text()


async def test_who_gives_up_a_dump_ends_pg_dump_and_leaves_no_half_file(record: Record, tmp_path: Path) -> None:
    await record.open_runs(2000, Clock().now())
    folder = Folder(tmp_path / "backups")
    async with record.dumps_that_do_not_end():
        taking = asyncio.create_task(take(record.where, folder, Kind.BY_HAND, Clock()))

        async def dumps() -> bool:
            assert not taking.done()
            return any(part.stat().st_size for part in folder.path.glob("*.part"))

        await until(dumps, "it to be dumped")
        taking.cancel()
        await asyncio.wait({taking})

    assert taking.cancelled()
    assert list(folder.path.iterdir()) == []
