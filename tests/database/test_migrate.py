import asyncio
import re
from pathlib import Path

import asyncpg
import pytest
from structlog.testing import capture_logs
from tests.support.database import administer

from raidbot.database import migrate as migrator
from raidbot.database.connection import DatabaseSettings, open_connection
from raidbot.database.migrate import MIGRATIONS, MigrationFault, load_migrations, migrate, status, verify
from raidbot.database.pool import Database

RUNS = "-- Why: runs are kept.\nCREATE TABLE run (id integer PRIMARY KEY);\n"
NOTES = "-- Why: runs have notes.\nALTER TABLE run ADD COLUMN note text;\nINSERT INTO run VALUES (1, 'first');\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "0001_runs_table.sql").write_text(RUNS)
    (tmp_path / "0002_runs_note.sql").write_text(NOTES)
    return tmp_path


async def rows(url: str, sql: str) -> list[asyncpg.Record]:
    connection = await open_connection(DatabaseSettings(url))
    try:
        return await connection.fetch(sql)
    finally:
        await connection.close()


async def test_what_is_missing_is_applied_once_in_order(folder: Path, empty_url: str) -> None:
    first = await migrate(empty_url, folder)
    second = await migrate(empty_url, folder)

    assert first == ["0001_runs_table", "0002_runs_note"]
    assert second == []
    assert [row["note"] for row in await rows(empty_url, "SELECT note FROM run")] == ["first"]


async def test_the_record_holds_number_name_checksum_and_time(folder: Path, empty_url: str) -> None:
    await migrate(empty_url, folder)

    kept = await rows(empty_url, "SELECT * FROM schema_migration ORDER BY number")

    assert [(row["number"], row["name"]) for row in kept] == [(1, "0001_runs_table"), (2, "0002_runs_note")]
    assert [row["checksum"] for row in kept] == [one.checksum for one in load_migrations(folder)]
    assert all(row["applied_at"].tzinfo for row in kept)


async def test_two_files_with_one_number_are_refused_by_name(folder: Path, empty_url: str) -> None:
    """The guide's story of 045_performance_indexes and 045_role_ping_channel."""
    (folder / "0002_role_pings_channel.sql").write_text("-- Why: pings have a channel.\n")

    with pytest.raises(
        MigrationFault, match=r"0002_role_pings_channel\.sql and 0002_runs_note\.sql have the same number"
    ):
        await migrate(empty_url, folder)

    assert await rows(empty_url, "SELECT FROM pg_tables WHERE schemaname = 'public'") == []


async def test_a_number_left_out_is_refused(folder: Path, empty_url: str) -> None:
    (folder / "0004_runs_party.sql").write_text("-- Why: runs have parties.\n")

    with pytest.raises(MigrationFault, match="There is no migration 0003"):
        await migrate(empty_url, folder)


def test_a_file_without_a_statement_is_refused(folder: Path) -> None:
    (folder / "0003_runs_party.sql").write_text("-- Why: runs have parties.\n\n")

    with pytest.raises(MigrationFault, match=r"0003_runs_party\.sql is empty"):
        load_migrations(folder)


@pytest.mark.parametrize("name", ["3_runs_party.sql", "0003_runs.sql", "0003-runs-party.sql", "0003_Runs_Party.sql"])
def test_a_name_that_breaks_the_rule_is_refused(folder: Path, name: str) -> None:
    (folder / name).write_text("-- Why: runs have parties.\n")

    with pytest.raises(MigrationFault, match=f"{name} is not called"):
        load_migrations(folder)


async def test_a_file_edited_after_it_was_applied_is_named_and_nothing_is_done(folder: Path, empty_url: str) -> None:
    await migrate(empty_url, folder)
    (folder / "0001_runs_table.sql").write_text(RUNS + "-- A new thought.\n")
    (folder / "0003_runs_party.sql").write_text("-- Why: more.\nCREATE TABLE party (id integer);\n")

    with pytest.raises(MigrationFault, match=r"0001_runs_table\.sql was changed after it was applied"):
        await migrate(empty_url, folder)

    assert await rows(empty_url, "SELECT FROM pg_tables WHERE tablename = 'party'") == []
    assert len((await status(empty_url, folder)).faults) == 1


async def test_a_file_renamed_after_it_was_applied_is_named(folder: Path, empty_url: str) -> None:
    await migrate(empty_url, folder)
    (folder / "0002_runs_note.sql").rename(folder / "0002_runs_remark.sql")

    with pytest.raises(MigrationFault, match="applied as 0002_runs_note, and its file is now called 0002_runs_remark"):
        await migrate(empty_url, folder)


async def test_a_number_slipped_in_behind_is_refused(folder: Path, empty_url: str) -> None:
    await migrate(empty_url, folder)
    await administer(empty_url, "DELETE FROM schema_migration WHERE number = 1")

    with pytest.raises(MigrationFault, match="0001_runs_table was never applied, while later ones were"):
        await migrate(empty_url, folder)


async def test_a_file_that_fails_is_undone_and_those_before_it_stay(folder: Path, empty_url: str) -> None:
    broken = folder / "0003_runs_party.sql"
    broken.write_text("-- Why: more.\nCREATE TABLE party (id integer);\nSELECT nonsense;\n")

    with pytest.raises(MigrationFault, match=r"0003_runs_party failed: column .nonsense. does not exist"):
        await migrate(empty_url, folder)
    left = await rows(empty_url, "SELECT tablename FROM pg_tables WHERE tablename IN ('run', 'party')")
    broken.write_text("-- Why: more.\nCREATE TABLE party (id integer);\n")
    then = await migrate(empty_url, folder)

    assert [row["tablename"] for row in left] == ["run"]
    assert then == ["0003_runs_party"]


async def test_a_file_that_ends_its_own_transaction_is_refused(folder: Path, empty_url: str) -> None:
    (folder / "0003_runs_party.sql").write_text("-- Why: more.\nCOMMIT;\n")

    with pytest.raises(MigrationFault, match=r"0003_runs_party\.sql ends its own transaction"):
        await migrate(empty_url, folder)


async def test_two_processes_that_migrate_at_once_apply_each_file_once(folder: Path, empty_url: str) -> None:
    (folder / "0003_runs_slow.sql").write_text("-- Why: to meet.\nSELECT pg_sleep(0.3);\n")

    done = await asyncio.gather(*(migrate(empty_url, folder) for _ in range(3)))

    assert sorted(done, key=len) == [[], [], ["0001_runs_table", "0002_runs_note", "0003_runs_slow"]]


async def test_one_that_waits_does_not_hold_up_an_index_made_concurrently(folder: Path, empty_url: str) -> None:
    (folder / "0003_runs_index.sql").write_text(
        "-- Why: notes are searched.\n-- Transaction: none\n"
        "DROP INDEX CONCURRENTLY IF EXISTS idx_run_note;\nCREATE INDEX CONCURRENTLY idx_run_note ON run (note);\n"
    )

    done = await asyncio.gather(*(migrate(empty_url, folder) for _ in range(2)))

    assert sorted(len(one) for one in done) == [0, 3]
    assert len(await rows(empty_url, "SELECT FROM pg_indexes WHERE indexname = 'idx_run_note'")) == 1


async def test_an_index_that_was_not_finished_is_reported_and_can_be_repeated(folder: Path, empty_url: str) -> None:
    await migrate(empty_url, folder)
    await administer(empty_url, "INSERT INTO run VALUES (2, 'first')")
    (folder / "0003_runs_index.sql").write_text(
        "-- Why: notes are unique.\n-- Transaction: none\n"
        "DROP INDEX CONCURRENTLY IF EXISTS idx_run_note;\n"
        "CREATE UNIQUE INDEX CONCURRENTLY idx_run_note ON run (note);\n"
    )

    with pytest.raises(MigrationFault, match=r"(?s)0003_runs_index failed: .* It may be done half"):
        await migrate(empty_url, folder)
    reported = await verify(empty_url, folder)
    await administer(empty_url, "DELETE FROM run WHERE id = 2")
    repeated = await migrate(empty_url, folder)

    assert "The index idx_run_note was not finished. Drop it and run its migration's statement again." in reported
    assert repeated == ["0003_runs_index"]
    assert await verify(empty_url, folder) == []


async def test_a_migration_gives_up_rather_than_hold_up_everybody(folder: Path, empty_url: str) -> None:
    await migrate(empty_url, folder)
    (folder / "0003_runs_party.sql").write_text(
        "-- Why: more.\nSET LOCAL lock_timeout = '50ms';\nALTER TABLE run ADD COLUMN party text;\n"
    )
    reader = await open_connection(DatabaseSettings(empty_url))
    try:
        async with reader.transaction():
            await reader.fetch("SELECT * FROM run")
            with pytest.raises(MigrationFault, match="0003_runs_party needs a table that somebody else is working on"):
                await migrate(empty_url, folder)
    finally:
        await reader.close()

    assert await migrate(empty_url, folder) == ["0003_runs_party"]


async def test_limits_are_set_for_those_who_migrate(folder: Path, empty_url: str) -> None:
    (folder / "0003_runs_limits.sql").write_text(
        "-- Why: to look.\nCREATE TABLE seen AS SELECT current_setting('lock_timeout') AS lock,"
        " current_setting('statement_timeout') AS statement;\n"
    )

    await migrate(empty_url, folder)

    (seen,) = await rows(empty_url, "SELECT lock, statement FROM seen")
    assert (seen["lock"], seen["statement"]) == ("5s", "15min")


async def test_a_schema_of_a_newer_release_is_recognised_and_left_alone(folder: Path, empty_url: str) -> None:
    await migrate(empty_url, folder)
    (folder / "0002_runs_note.sql").unlink()

    with capture_logs() as lines:
        done = await migrate(empty_url, folder)
    found = await status(empty_url, folder)

    assert done == []
    assert [line["newer"] for line in lines if line["event"] == "Schema is newer than this release"] == [
        ["0002_runs_note"]
    ]
    assert found.newer == ["0002_runs_note"]
    assert found.summary == "newer than this release by 1: 0002_runs_note"
    assert await verify(empty_url, folder) == ["0002_runs_note was applied by a newer release than this one."]


async def test_status_tells_what_is_missing_and_changes_nothing(folder: Path, empty_url: str) -> None:
    before = await status(empty_url, folder)

    assert before.missing == ["0001_runs_table", "0002_runs_note"]
    assert before.summary == "2 missing: 0001_runs_table, 0002_runs_note"
    assert not before.is_current
    assert await verify(empty_url, folder) == [
        "0001_runs_table is not applied. Run: raidbot migrate",
        "0002_runs_note is not applied. Run: raidbot migrate",
    ]
    assert await rows(empty_url, "SELECT FROM pg_tables WHERE schemaname = 'public'") == []


async def test_a_migrated_database_is_current(folder: Path, empty_url: str) -> None:
    await migrate(empty_url, folder)

    found = await status(empty_url, folder)

    assert found.is_current
    assert found.summary == "current"
    assert await verify(empty_url, folder) == []


async def test_the_pool_can_tell_how_the_schema_stands(folder: Path, empty_url: str) -> None:
    pool = await Database.connect(DatabaseSettings(empty_url))
    known = load_migrations(folder)
    try:
        before = await migrator.standing(pool, known)
        await migrate(empty_url, folder)
        after = await migrator.standing(pool, known)
    finally:
        await pool.close()

    assert len(before.missing) == 2
    assert after.is_current


def test_our_own_migrations_are_numbered_without_gap_and_say_why() -> None:
    ours = load_migrations()

    assert [one.number for one in ours] == list(range(1, len(ours) + 1))
    assert [one.name for one in ours if not one.sql.startswith("-- Why: ")] == []
    assert MIGRATIONS.is_dir()


async def test_the_schema_of_this_release_is_applied_and_whole(database_url: str) -> None:
    assert await verify(database_url) == []


TAKES_AWAY = re.compile(r"(?im)^\s*(DROP TABLE|ALTER TABLE .*(DROP COLUMN|RENAME)|.*ALTER COLUMN .* TYPE )")


def test_a_migration_takes_nothing_away_that_the_last_release_uses() -> None:
    """Going back is starting the release before, on this schema; `script/test-older` tries that."""
    unexplained = [
        one.name for one in load_migrations() if TAKES_AWAY.search(one.sql) and "-- Unused since: " not in one.sql
    ]

    assert unexplained == []
