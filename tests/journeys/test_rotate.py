"""`raidbot rotate` on a machine with units: new secrets while members press, and what a kill leaves behind."""

import os
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from tests.operate.pages import RUNBOOK, Step, rows, steps
from tests.support.database import administer
from tests.support.house import KEY, until
from tests.support.machine import Machine, a_machine, joined, presses
from tests.support.raid import Raid
from tests.support.reading import Json, words

from raidbot.bot.backend import Backend as Client
from raidbot.bot.backend import Fault
from raidbot.cli import envfile, rotating
from raidbot.core.errors import Refusal
from raidbot.database.connection import DatabaseSettings, open_connection
from raidbot.database.faults import DatabaseAway
from raidbot.database.pool import Database
from raidbot.features.runs.api.busy import AskBusy, busy

PAGE = RUNBOOK / "token-leaked.md"

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


async def takes(machine: Machine, key: str) -> bool:
    """Whether the backend takes a key."""
    async with Client(machine.house.backend_url, key) as client:
        try:
            await client.call(busy, AskBusy())
        except (Fault, Refusal):
            return False
    return True


async def opens(url: str) -> bool:
    """Whether PostgreSQL lets somebody in."""
    try:
        connection = await open_connection(DatabaseSettings(url))
    except DatabaseAway:
        return False
    await connection.close()
    return True


async def follow(machine: Machine, step: Step, answers: str = "") -> None:
    """Type a step of the page, and read what it promises."""
    code, said = await machine.types(step.commands, answers)
    assert (code, step.is_met_by(said)) == (0, True), said


async def joins(raid: Raid, panel: Json, who: str) -> bool:
    return "You are in" in words((await raid.press(who, panel, "Join"))["message"])


@pytest_asyncio.fixture
async def role_url(database_url: str) -> AsyncGenerator[str]:
    """The database as a role of its own reaches it, whose password may be changed."""
    role, password = f"rotated_{os.urandom(4).hex()}", os.urandom(8).hex()
    await administer(database_url, f"CREATE ROLE {role} LOGIN SUPERUSER PASSWORD '{password}'")
    yield rotating.with_password(database_url, password).replace("//raidbot:", f"//{role}:")
    await administer(database_url, f"DROP ROLE {role}")


async def test_every_secret_is_replaced_without_a_lost_click_and_a_run_that_was_killed_is_made_good(
    role_url: str, database: Database, tmp_path: Path
) -> None:
    async with a_machine(role_url, tmp_path, members=900) as (machine, raid):
        await raid.open(party="p", location="l")
        panel = await raid.panel("1 raider")

        await machine.killed("before restart raidbot-next-backend raidbot-next-bot", "rotate", "api-key")
        assert await joins(raid, panel, "Rook")
        assert await takes(machine, KEY)
        row = rows(PAGE)
        async with presses(raid, panel) as pressed:
            await follow(machine, row.pop("raidbot rotate api-key"))
        assert await takes(machine, envfile.read(tmp_path / ".env")["BACKEND_API_KEY"])
        assert not await takes(machine, KEY)
        assert (pressed.broken_off, machine.understudies()) == (0, [])
        assert pressed.confirmed <= await joined(database)

        await machine.killed("restart raidbot-next-backend raidbot-next-bot", "rotate", "db-password")
        assert await joins(raid, panel, "Tansy")
        await follow(machine, row.pop("raidbot rotate db-password"))
        assert not (tmp_path / rotating.MEANT).exists()
        assert await opens(envfile.read(tmp_path / ".env")["DATABASE_URL"])
        assert not await opens(role_url)

        token = tmp_path / "token"
        token.write_text(await raid.hands.reset_token())
        await machine.killed("before restart raidbot-bot", "rotate", "token", "--token-file", str(token))
        await until(lambda: joins(raid, panel, "Pike"), "the bot to find the new token by itself")
        first, last = steps(PAGE)
        await follow(machine, row.pop(first.commands.strip()), token.read_text() + "\n")
        assert row == {}
        await raid.panel(f"{len(await joined(database))} raiders")
        assert {raid.people[who] for who in ("Rook", "Tansy", "Pike")} <= await joined(database)
        await follow(machine, last)
