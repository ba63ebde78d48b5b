"""What `raidbot doctor` says about a machine that is well, and about one that is not."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.support.database import administer
from tests.support.house import House, a_house

from raidbot.cli import examining
from raidbot.core.checkup import Level
from raidbot.database import checkup
from raidbot.database.connection import DatabaseSettings
from raidbot.disk.rules import GB, Reading

pytestmark = pytest.mark.timeout(240)

NOW = datetime(2026, 11, 28, 20, tzinfo=UTC)

DISCORD = {"APPLICATION_ID": "1", "SECRET_KEY": "a.b.c", "DISCORD_GUILD_IDS": "2", "BACKEND_API_KEY": "k" * 32}


def said(found: list[examining.Found], level: Level) -> str:
    return "\n".join(f"{one.finding.text} -> {one.finding.fix}" for one in found if one.finding.level is level)


async def test_a_database_that_tests_use_in_haste_is_told_to_lose_what_it_confirmed(database_url: str) -> None:
    found = await checkup.examine(DatabaseSettings(database_url))

    texts = [one.text for one in found]
    assert "PostgreSQL 18 answers." in texts
    assert "The schema is that of this release, and every index is finished." in texts
    problems = [one.text for one in found if one.level is Level.PROBLEM]
    assert problems == [
        "fsync is off: what was confirmed can be lost.",
        "full_page_writes is off: what was confirmed can be lost.",
    ]
    assert [one for one in texts if re.fullmatch(r"\d+ of 117 connections are taken\.", one)]


async def test_a_user_of_the_database_without_any_power_is_told_as_much(empty_url: str) -> None:
    where = f"postgres://onlooker:hunter2@{empty_url.split('@')[1]}"
    await administer(
        empty_url,
        "CREATE ROLE onlooker LOGIN PASSWORD 'hunter2'",
        "DROP EXTENSION IF EXISTS pg_stat_statements",
    )
    try:
        before = await checkup.examine(DatabaseSettings(where))
        await administer(empty_url, "CREATE EXTENSION pg_stat_statements")
        after = await checkup.examine(DatabaseSettings(where))
    finally:
        await administer(empty_url, "DROP ROLE onlooker")

    missing = "pg_stat_statements is not in this database, so nobody knows what is slow."
    assert missing in [one.text for one in before]
    assert missing not in [one.text for one in after]
    assert "PostgreSQL 18 answers." in [one.text for one in after]
    assert [one for one in after if re.fullmatch(r"\d+ of 117 connections are taken\.", one.text)]


async def test_a_database_without_our_schema_is_told_to_be_migrated(empty_url: str) -> None:
    found = await checkup.examine(DatabaseSettings(empty_url))

    missing = [one for one in found if "is not applied" in one.text]
    assert {one.fix for one in missing} == {"raidbot migrate"}
    assert len(missing) > 30


async def test_faults_of_settings_end_the_look_and_all_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    code = await _examined({**DISCORD, "PORT": "x", "APPLICATION_ID": ""})

    told = capsys.readouterr().out
    assert code == examining.Area.SETTINGS
    assert "PROBLEM PORT: give a number from 0 to 65535" in told
    assert "PROBLEM APPLICATION_ID: is missing" in told


@pytest.mark.parametrize(
    ("waits", "waited_s", "exhausted", "level", "says"),
    [
        (1000, 99.0, 0, Level.OK, "Requests wait 99.0 ms for a connection to PostgreSQL on average."),
        (1000, 101.0, 0, Level.PROBLEM, "Requests wait 0.10 s for a connection to PostgreSQL on average."),
        (1000, 1.0, 2, Level.PROBLEM, "2 requests got no connection to PostgreSQL in time since the backend started."),
    ],
)
def test_waiting_for_connections_is_a_problem_above_a_tenth_of_a_second_or_once_there_was_none(
    waits: float, waited_s: float, exhausted: float, level: Level, says: str
) -> None:
    found = examining.pool(
        {
            "raidbot_pool_waits_total": waits,
            "raidbot_pool_wait_seconds_total": waited_s,
            "raidbot_pool_exhausted_total": exhausted,
        }
    )

    assert found is not None
    assert (found.level, found.text) == (level, says)
    assert found.fix == ("docs/operate/runbook/slow-clicks.md" if level is Level.PROBLEM else "")


def test_a_backend_that_tells_no_figures_is_not_judged_by_them() -> None:
    assert examining.pool({}) is None


@pytest.mark.parametrize(
    ("taken_at", "level", "says"),
    [
        (NOW - timedelta(minutes=50), Level.OK, "The newest good backup is 50 min old."),
        (NOW - timedelta(hours=5), Level.PROBLEM, "The newest good backup is 5 h 0 min old."),
        (None, Level.HINT, "There is no good backup in the folder that the backend sees."),
    ],
)
def test_a_backup_that_is_missing_or_older_than_two_hours_is_told_with_its_page(
    taken_at: datetime | None, level: Level, says: str
) -> None:
    figures = {"raidbot_backup_verified_timestamp_seconds": taken_at.timestamp() if taken_at else 0.0}

    found = examining.backups(figures, NOW)

    assert found is not None
    assert (found.level, found.text) == (level, says)
    assert found.fix == ("" if level is Level.OK else "docs/operate/runbook/backup-late.md")


@pytest.mark.parametrize(
    ("used", "level", "says"),
    [
        (28, Level.OK, "The disk is 28 % full, 72.0 GB are free."),
        (85, Level.HINT, "The disk is 85 % full, 15.0 GB are free."),
        (92, Level.PROBLEM, "The disk is 92 % full, 8.0 GB are free."),
    ],
)
def test_a_disk_is_as_full_for_the_doctor_as_for_the_alerts(used: int, level: Level, says: str) -> None:
    found = examining.disk(Reading(used * GB, (100 - used) * GB))

    assert (found.level, found.text) == (level, says)
    assert found.fix == ("" if level is Level.OK else "docs/operate/runbook/database-full.md")


async def _examined(environ: dict[str, str]) -> int:
    return await asyncio.to_thread(examining.examine, environ)


@pytest.mark.journey
async def test_a_running_system_is_looked_over_with_the_checks_of_the_servers_doctor(
    database_url: str, tmp_path: Path
) -> None:
    async with a_house(database_url, tmp_path) as (house, _):
        environ = {**own(house), "DATA_DIR": str(tmp_path)}
        found = await examining._collect(environ)

        fine = said(found, Level.OK)
        for line in ("All settings can be read.", "Backend and bot are well.", "The clock agrees with Discord's."):
            assert line in fine
        assert any("for a connection to PostgreSQL on average." in one.finding.text for one in found)
        assert re.search(r"I may do my work in \d+ channels\.", fine)

        await house.kill("backend")
        away = {"SECRET_KEY": "wrong", "DATABASE_URL": "postgres://a:b@127.0.0.1:1/c"}
        found = await examining._collect({**environ, **away})

        wrong = {one.area for one in found if one.finding.level is Level.PROBLEM}
        assert wrong == {examining.Area.DATABASE, examining.Area.DISCORD, examining.Area.PROCESSES}
        told = said(found, Level.PROBLEM)
        assert "Discord does not take the token." in told
        assert "The backend does not answer on port" in told


def own(house: House) -> dict[str, str]:
    """The settings of a house, without what the machine has besides."""
    names = re.compile(r"[A-Z_]*(PORT|URL|KEY|ID|IDS|ENV)")
    return {name: value for name, value in house._environ().items() if names.fullmatch(name)}
