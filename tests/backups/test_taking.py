"""Backups of a real PostgreSQL: whole, tried, and never half."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.house import ROOT, until
from tests.support.record import Record

from raidbot.backups import taking
from raidbot.backups.folder import Folder
from raidbot.backups.model import BackupFault, Kind
from raidbot.backups.scratch import administer, create
from raidbot.backups.taking import BackupRuns, take
from raidbot.backups.tools import access, tools
from raidbot.core.clock import Clock
from raidbot.database.connection import DatabaseSettings, open_connection
from raidbot.database.migrate import load_migrations

MAKING = "SELECT count(*) FROM pg_stat_activity WHERE starts_with(query, 'CREATE DATABASE ' || $1) AND state = 'active'"


HELD = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"


async def test_a_backup_is_restored_into_an_empty_database_and_counted_before_it_counts(
    record: Record, folder: Folder, clock: Clock
) -> None:
    await record.open_runs(500, clock.now())

    taken = await take(record.where, folder, Kind.BY_HAND, clock)

    assert taken.is_verified
    assert taken.sheet is not None
    assert taken.sheet.counts["guild_change"] == 500
    assert taken.sheet.counts["schema_migration"] == taken.schema == len(load_migrations())
    assert [one.name for one in folder.backups()] == [taken.name]
    assert sorted(file.name for file in folder.path.iterdir()) == sorted([taken.name, taken.sheet_file.name])
    assert taken.file.stat().st_mode & 0o777 == 0o600
    assert await record.databases() == [record.name]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs to be root, who may give files away")
def test_what_root_writes_belongs_to_the_account_that_keeps_backups_by_the_clock(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    os.chown(data, 4711, 4712)
    folder = Folder(data / "backups")

    folder.write("raidbot-one.dump", [b"rows"])

    made = [folder.path, folder.path / "raidbot-one.dump"]
    assert [(one.stat().st_uid, one.stat().st_gid) for one in made] == [(4711, 4712)] * 2


async def test_a_sealed_backup_shows_nothing_and_is_tried_with_its_key(
    record: Record, tmp_path: Path, clock: Clock
) -> None:
    folder = Folder(tmp_path / "sealed", "a key that is long enough")
    await record.open_runs(5, clock.now())

    taken = await take(record.where, folder, Kind.DAILY, clock)

    assert taken.is_verified
    assert taken.name.endswith(".dump.sealed")
    assert b"PGDMP" not in taken.file.read_bytes()
    with pytest.raises(BackupFault, match="Set BACKUP_KEY"):
        next(Folder(folder.path).read(taken))


async def test_what_members_do_meanwhile_is_in_neither_the_dump_nor_the_counts(
    record: Record, folder: Folder, clock: Clock
) -> None:
    await record.open_runs(2000, clock.now())

    async def crowd() -> None:
        for _ in range(40):
            await record.open_runs(10, clock.now())

    taken, _ = await asyncio.gather(take(record.where, folder, Kind.HOURLY, clock), crowd())

    assert taken.is_verified, taken.sheet
    assert await record.rows() == 2400


async def test_two_at_once_take_one(record: Record, folder: Folder, clock: Clock) -> None:
    holder = await open_connection(record.where)
    await holder.execute("SELECT pg_advisory_lock($1)", taking.LOCK)
    try:
        with pytest.raises(BackupRuns, match="Another process"):
            await take(record.where, folder, Kind.HOURLY, clock)
    finally:
        await holder.close()
    assert folder.backups() == []


TAKER = """
import asyncio, sys
from pathlib import Path
from raidbot.backups.folder import Folder
from raidbot.backups.model import Kind
from raidbot.backups.taking import take
from raidbot.core.clock import Clock
from raidbot.database.connection import DatabaseSettings
asyncio.run(take(DatabaseSettings(sys.argv[1]), Folder(Path(sys.argv[2])), Kind.HOURLY, Clock()))
"""


async def test_a_kill_in_the_middle_leaves_no_half_backup_and_the_next_one_sweeps_up(
    record: Record, folder: Folder, clock: Clock
) -> None:
    await record.open_runs(2000, clock.now())
    async with record.dumps_that_do_not_end():
        taker = subprocess.Popen(  # noqa: ASYNC220, S603 - our own program
            [sys.executable, "-c", TAKER, record.where.url, str(folder.path)],
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        )

        async def dumps() -> bool:
            assert taker.poll() is None
            return any(part.stat().st_size for part in folder.path.glob("*.part"))

        await until(dumps, "it to be dumped")
        taker.send_signal(signal.SIGKILL)
        taker.wait()

    async def has_let_go() -> bool:
        return not await record.ask(HELD)

    await until(has_let_go, "PostgreSQL to notice that nobody takes it any more")
    assert folder.backups() == []
    assert [file.suffix for file in folder.path.iterdir()] == [".part"]
    taken = await take(record.where, folder, Kind.HOURLY, clock)
    assert taken.is_verified
    assert not list(folder.path.glob("*.part"))


async def test_a_scratch_database_that_a_killed_process_left_is_swept_away(
    record: Record, folder: Folder, clock: Clock
) -> None:
    number = await record.ask("SELECT oid FROM pg_database WHERE datname = current_database()")
    await record.run(f"CREATE DATABASE raidbot_check_{number}_dead")

    await take(record.where, folder, Kind.HOURLY, clock)

    assert await record.databases() == [record.name]


async def test_a_backup_that_cannot_be_tried_is_kept_and_says_why(record: Record, folder: Folder, clock: Clock) -> None:
    await record.run("CREATE ROLE modest LOGIN PASSWORD 'hunter2'")
    await record.run(f"ALTER DATABASE {record.name} OWNER TO modest")
    await record.run("GRANT SELECT ON ALL TABLES IN SCHEMA public TO modest")
    await record.run("GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO modest")
    password = record.where.url.split("@")[1]
    modest = DatabaseSettings(f"postgres://modest:hunter2@{password}")
    try:
        taken = await take(modest, folder, Kind.HOURLY, clock)
    finally:
        await record.run(f"ALTER DATABASE {record.name} OWNER TO raidbot")
        await record.run("DROP OWNED BY modest")
        await record.run("DROP ROLE modest")

    assert taken.sheet is not None
    assert not taken.is_verified
    assert taken.sheet.verify_fault is not None
    assert "ALTER ROLE modest CREATEDB;" in taken.sheet.verify_fault


def test_without_tools_of_the_servers_version_it_says_what_to_install() -> None:
    with pytest.raises(BackupFault, match="apt-get install postgresql-client-97"):
        tools(97)


def test_the_password_travels_in_the_environment_alone_and_tls_as_it_is_set() -> None:
    url = "postgres://raid%40bot:p%3Ass@db.example.org:6543/raids?sslmode=verify-full&sslrootcert=/etc/ca.pem"

    told = access(DatabaseSettings(url))
    unverified = access(DatabaseSettings(url, ssl_reject_unauthorized=False))
    verified = access(DatabaseSettings("postgres://u@db/raids", ssl_reject_unauthorized=True))

    assert (told["PGHOST"], told["PGPORT"], told["PGUSER"]) == ("db.example.org", "6543", "raid@bot")
    assert (told["PGPASSWORD"], told["PGDATABASE"]) == ("p:ss", "raids")
    assert (told["PGSSLMODE"], told["PGSSLROOTCERT"]) == ("verify-full", "/etc/ca.pem")
    assert unverified["PGSSLMODE"] == "require"
    assert verified["PGSSLMODE"] == "verify-full"
    assert "PGSSLROOTCERT" in verified


def command_lines() -> Iterator[str]:
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            yield line.read_bytes().replace(b"\0", b" ").decode(errors="replace")


async def test_the_password_is_on_no_command_line(record: Record, folder: Folder, clock: Clock) -> None:
    await record.open_runs(2000, clock.now())
    password = access(record.where)["PGPASSWORD"]
    taking_one = asyncio.create_task(take(record.where, folder, Kind.HOURLY, clock))
    seen = set[str]()
    while not taking_one.done():
        seen |= {line for line in command_lines() if "pg_dump" in line or "pg_restore" in line}
        await asyncio.sleep(0.01)
    await taking_one

    assert any("pg_dump" in one for one in seen)
    assert any("pg_restore" in one for one in seen)
    assert not any(password in one for one in seen)


async def test_who_gives_up_while_the_database_to_try_it_in_is_made_leaves_none(record: Record) -> None:
    server = await administer(record.where)
    async with record.databases_that_are_not_made():
        making = asyncio.create_task(create(record.where, f"{record.name}_tried"))

        async def is_made() -> bool:
            assert not making.done()
            return bool(await server.fetchval(MAKING, record.name))

        await until(is_made, "it to be made")
        making.cancel()
    await asyncio.wait({making})
    await server.close()

    assert making.cancelled()
    assert await record.databases() == [record.name]
