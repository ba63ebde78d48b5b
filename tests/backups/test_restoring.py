"""Putting a backup back: beside the record first, then in its place."""

import asyncio
import contextlib
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from tests.support.record import Record
from tools import tables

from raidbot.backend import events
from raidbot.backups import losses, restoring
from raidbot.backups.folder import Folder
from raidbot.backups.model import Backup, BackupFault, Kind, read_name
from raidbot.backups.taking import take
from raidbot.core.clock import Clock
from raidbot.database.connection import DatabaseSettings, open_connection
from raidbot.database.faults import DatabaseAway, DatabaseBusy
from raidbot.database.migrate import MIGRATIONS, migrate
from raidbot.database.pool import Database
from raidbot.database.transaction import Transaction


async def settle(tx: Transaction, _: datetime) -> None:
    await events.begin_anew(tx)


async def put_beside(record: Record, folder: Folder, backup: Backup, clock: Clock) -> restoring.Restored:
    programs = await restoring.check(record.where, folder, backup)
    return await restoring.put_beside(record.where, folder, backup, programs, clock)


async def test_a_backup_takes_the_place_of_the_record_which_is_kept_and_can_come_back_within_the_same_second(
    record: Record, folder: Folder, clock: Clock
) -> None:
    await record.open_runs(41, clock.now() - timedelta(hours=5))
    backup = await take(record.where, folder, Kind.HOURLY, clock)
    await record.open_runs(6, clock.now() + timedelta(minutes=1))

    made = await put_beside(record, folder, backup, clock)

    assert made.lost == [(6, "changes of settings")]
    assert await record.rows() == 47, "nothing was changed yet"
    kept = await restoring.swap(record.where, made.database, settle, clock)
    assert await record.rows() == 41
    assert kept is not None
    (aside,) = await restoring.asides(record.where)
    assert aside.name == kept
    again = await restoring.swap(record.where, kept, settle, clock)
    assert await record.rows() == 47
    assert again not in {kept, None}


async def test_members_who_act_meanwhile_come_back_to_the_restored_record(
    record: Record, folder: Folder, backup: Backup, clock: Clock
) -> None:
    made = await put_beside(record, folder, backup, clock)
    pool = await Database.connect(record.where)
    over = asyncio.Event()

    async def act() -> None:
        while not over.is_set():
            with contextlib.suppress(DatabaseAway, DatabaseBusy):
                async with pool.transaction() as tx:
                    await tx.value(int, "SELECT count(*) FROM guild_change")
            await asyncio.sleep(0)

    acting = [asyncio.create_task(act()) for _ in range(5)]
    await restoring.swap(record.where, made.database, settle, clock)
    async with pool.transaction() as tx:
        assert await tx.value(str, "SELECT current_database()::text") == record.name
    over.set()
    await asyncio.gather(*acting)
    await pool.close()


async def test_a_swap_that_others_are_in_the_way_of_changes_nothing(
    record: Record, folder: Folder, backup: Backup, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await put_beside(record, folder, backup, clock)
    monkeypatch.setattr(restoring, "PATIENCE_S", 0.5)
    await record.run("CREATE ROLE watcher LOGIN SUPERUSER PASSWORD 'hunter2'")
    place = record.where.url.split("@")[1]
    stranger = await open_connection(DatabaseSettings(f"postgres://watcher:hunter2@{place}"))
    try:
        with pytest.raises(BackupFault, match=r"watcher \(raidbot\). Nothing was changed"):
            await restoring.swap(record.where, made.database, settle, clock)
        assert record.name in await record.databases()
    finally:
        await stranger.close()
        await record.run("DROP ROLE watcher")


async def test_where_the_database_is_gone_the_backup_becomes_it(
    record: Record, folder: Folder, backup: Backup, clock: Clock
) -> None:
    server = await restoring.administer(record.where)
    await server.execute(f"DROP DATABASE {record.name} WITH (FORCE)")
    await server.close()

    made = await put_beside(record, folder, backup, clock)

    assert made.lost is None
    assert await restoring.swap(record.where, made.database, settle, clock) is None
    assert await record.rows() == 3


async def test_a_file_that_was_changed_is_refused_before_anything_is_touched(
    record: Record, folder: Folder, backup: Backup
) -> None:
    content = bytearray(backup.file.read_bytes())
    content[len(content) // 2] ^= 1
    backup.file.write_bytes(content)

    with pytest.raises(BackupFault, match="SHA-256 differs"):
        await restoring.check(record.where, folder, backup)
    assert await record.databases() == [record.name]


async def test_the_schema_of_a_newer_release_is_refused_by_name(record: Record, folder: Folder, backup: Backup) -> None:
    newer = replace(backup, schema=9999)

    with pytest.raises(BackupFault, match="the release that took it or a newer one"):
        await restoring.check(record.where, folder, newer)


async def test_another_key_is_refused_before_anything_is_touched(record: Record, tmp_path: Path, clock: Clock) -> None:
    backup = await take(record.where, Folder(tmp_path / "sealed", "the right key of them all"), Kind.HOURLY, clock)

    with pytest.raises(BackupFault, match="BACKUP_KEY is not the key"):
        await restoring.check(record.where, Folder(tmp_path / "sealed", "a wrong key of them all"), backup)


async def test_rows_that_do_not_come_back_are_told_and_nothing_is_left_beside(
    record: Record, folder: Folder, backup: Backup, clock: Clock
) -> None:
    assert backup.sheet is not None
    wrong = replace(backup, sheet=replace(backup.sheet, counts={**backup.sheet.counts, "run": 5}))

    with pytest.raises(BackupFault, match="run: 0 instead of 5"):
        await put_beside(record, folder, wrong, clock)
    assert await record.databases() == [record.name]


async def test_a_backup_without_its_sheet_can_be_put_back(
    record: Record, folder: Folder, backup: Backup, clock: Clock
) -> None:
    backup.sheet_file.unlink()
    (found,) = folder.backups()

    made = await put_beside(record, folder, found, clock)

    assert found.sheet is None
    assert made.rows > 3


async def test_an_older_schema_is_brought_to_this_release(
    record: Record, folder: Folder, clock: Clock, tmp_path: Path
) -> None:
    before = tmp_path / "before"
    before.mkdir()
    for file in sorted(MIGRATIONS.glob("*.sql"))[:-1]:
        shutil.copy(file, before)
    await record.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    await migrate(record.where.url, before)
    backup = await take(record.where, folder, Kind.BEFORE_UPDATE, clock)

    made = await put_beside(record, folder, backup, clock)

    assert len(made.migrated) == 1


async def test_bots_find_a_gap_in_the_events_of_a_restored_record(record: Record, folder: Folder, clock: Clock) -> None:
    """On another server the numbers of transactions begin anew: what was kept of them would hide what happens next."""
    await record.run(
        "INSERT INTO outbox (transaction, guild_id, kind, body, happened_at)"
        " VALUES ('9999999999'::xid8, 700, 'RunEnded', '{}', $1)",
        clock.now(),
    )
    await record.run("INSERT INTO outbox_forgotten (transaction, id) VALUES ('9999999998'::xid8, 1)")
    backup = await take(record.where, folder, Kind.HOURLY, clock)
    made = await put_beside(record, folder, backup, clock)
    await restoring.swap(record.where, made.database, settle, clock)
    pool = await Database.connect(record.where)
    stream = events.Stream(pool, clock)

    page = await stream.read(events.ReadEvents("5-1", 0, 1, 0))
    after = await stream.read(events.ReadEvents(page.place, 0, 1, 0))
    await pool.close()

    assert page.gap
    assert not after.gap


class Column(msgspec.Struct, frozen=True):
    table: str
    column: str


async def test_what_a_restore_loses_is_counted_in_tables_that_are_there(database: Database) -> None:
    async with database.transaction() as tx:
        there = await tx.many(
            Column,
            'SELECT table_name::text AS "table", column_name::text AS "column" FROM information_schema.columns'
            " WHERE table_schema = 'public'",
        )

    assert {Column(one.table, one.column) for one in losses.DEEDS} <= set(there)
    assert {name for name in tables.tables() if name == "punishment"} <= {one.table for one in losses.DEEDS}


@pytest.mark.parametrize(
    ("lost", "told"),
    [
        ([(41, "runs"), (1919, "verifications")], "Would be lost: 3 h 12 min: 41 runs, 1,919 verifications."),
        ([], "Would be lost: 3 h 12 min: nothing that is counted."),
    ],
)
def test_a_loss_is_told_in_one_sentence(lost: list[tuple[int, str]], told: str) -> None:
    assert losses.told(timedelta(hours=3, minutes=12), lost) == told


def test_a_folder_is_listed_newest_first_and_knows_latest(folder: Folder) -> None:
    folder.path.mkdir()
    for hour in ("10", "12", "11"):
        (folder.path / f"raidbot-20261124T{hour}0000Z-hourly-s0033.dump").write_bytes(b"x")

    names = [one.taken_at.hour for one in folder.backups()]

    assert names == [12, 11, 10]
    assert folder.find("latest").taken_at.hour == 12
    assert folder.find("raidbot-20261124T100000Z-hourly-s0033").taken_at.hour == 10
    with pytest.raises(BackupFault, match="backup --list"):
        folder.find("raidbot-20261124T100000Z-hourly-s0034")
    assert read_name(folder.path / "raidbot-20261124T100000Z-hourly-s0033.dump", 1, None) is not None
