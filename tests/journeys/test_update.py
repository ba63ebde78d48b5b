"""`raidbot update` and `raidbot rollback` on a machine with units, while members press all the time."""

import asyncio
import re
from pathlib import Path

import pytest
import structlog
from tests.operate.pages import RUNBOOK, steps
from tests.support.house import KEY, until
from tests.support.machine import BROKEN, ONE, TWO, Machine, a_machine, joined, presses
from tests.support.raid import Raid
from tests.support.reading import words

from raidbot.backups.folder import Folder
from raidbot.backups.model import Kind
from raidbot.bot.backend import Backend as Client
from raidbot.cli import envfile, wellness
from raidbot.cli.swapping import BROKEN_OFF
from raidbot.database import connections
from raidbot.database.pool import Database
from raidbot.features.runs.api.busy import AskBusy, busy

log: structlog.stdlib.BoundLogger = structlog.get_logger()

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


async def opened(raid: Raid) -> dict[str, object]:
    await raid.open(party="p", location="l")
    return await raid.panel("1 raider")


async def test_a_release_that_gets_well_takes_over_and_one_that_does_not_is_never_noticed(
    database_url: str, database: Database, tmp_path: Path
) -> None:
    async with a_machine(database_url, tmp_path, members=900, backs_up=True) as (machine, raid):
        panel = await opened(raid)

        async with presses(raid, panel) as pressed:
            code, said = await machine.raidbot("update", TWO, "--yes")
        assert (code, machine.current(), machine.started_from()) == (0, TWO, {TWO}), said
        assert "- Runs have a waiting list." in said
        assert "wings" not in said
        assert "Now: 1 live run, " in said
        assert f"{TWO} runs and is well" in said
        assert machine.understudies() == []
        [backup] = [one for one in Folder(tmp_path / "var" / "backups").backups() if one.kind is Kind.BEFORE_UPDATE]
        assert backup.is_verified
        log.info("Without answers", longest_s=pressed.longest_silence_s, unanswered=pressed.unanswered)
        assert pressed.broken_off == 0
        assert pressed.confirmed <= await joined(database)
        await raid.panel(f"{len(await joined(database))} raiders")

        before = machine.pids()
        code, said = await machine.raidbot("update", "--yes", "--patience", "8")
        assert (code, machine.current(), machine.pids()) == (1, TWO, before), said
        assert f"{BROKEN} did not get well:\nThe backend does not answer" in said
        assert said.strip().endswith(f"{TWO} runs on: it was not stopped.")
        assert machine.understudies() == []


async def test_an_update_or_rollback_that_is_killed_leaves_somebody_serving_and_the_next_one_puts_it_right(
    database_url: str, tmp_path: Path
) -> None:
    async with a_machine(database_url, tmp_path) as (machine, raid):
        panel = await opened(raid)
        before = machine.pids()

        await machine.killed("migrate", "update", TWO, "--yes")
        assert (machine.current(), machine.pids(), machine.understudies()) == (ONE, before, [])

        await machine.killed("restart raidbot-backend", "update", TWO, "--yes")
        assert "You are in" in words((await raid.press("Rook", panel, "Join"))["message"])
        assert machine.started_from() == {ONE, TWO}
        assert await connections_in_a_crowd(machine) == connections.UNDERSTUDY

        await machine.killed("stop raidbot-next-backend raidbot-next-bot", "rollback", "--yes")
        assert (machine.current(), machine.started_from(), machine.understudies()) == (TWO, {TWO}, [])

        await machine.killed("kill --signal=SIGUSR1 raidbot-bot", "rollback", "--yes")
        assert machine.current() == TWO
        await until(lambda: joins(raid, panel, "Tansy"), "somebody to serve")

        [step] = steps(RUNBOOK / "bad-update.md")
        code, said = await machine.types(step.commands, "y\n")
        assert (code, machine.current(), machine.started_from(), machine.understudies()) == (0, ONE, {ONE}, []), said
        assert BROKEN_OFF in said
        assert step.is_met_by(said), said
        await raid.press("Pike", panel, "Join")
        await raid.panel("4 raiders")

        await machine.systemctl("stop", "raidbot-bot")
        [start] = re.findall("`(systemctl start [^`]+)`", (RUNBOOK / "bot-silent.md").read_text(encoding="utf-8"))
        code, said = await machine.types(start)
        assert (code, said) == (0, "")
        await until(lambda: joins(raid, panel, "Pike"), "the bot to serve again")


async def connections_in_a_crowd(machine: Machine) -> float:
    """Ask the backend that is there for an update many things at once; return how many connections it has then."""
    told = envfile.read(machine.opt / "next.env")
    async with Client(told["BACKEND_URL"], KEY) as client:
        await asyncio.gather(*(client.call(busy, AskBusy()) for _ in range(40)))
    figures = await asyncio.to_thread(wellness.figures, int(told["BACKEND_METRICS_PORT"]))
    return figures["raidbot_pool_connections"]


async def joins(raid: Raid, panel: dict[str, object], who: str) -> bool:
    return "You are in" in words((await raid.press(who, panel, "Join"))["message"])
