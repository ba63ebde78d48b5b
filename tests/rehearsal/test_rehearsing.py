"""A rehearsal against the loopback, which is built by the rules that a rehearsal asks about."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from tests.features.realmeye.pages import a_player
from tests.loopback.conftest import Here, served
from tests.loopback.ids import APPLICATION, GUILD
from tests.rehearsal.players import a_conductor, left_of

from discord_loopback.app import Options
from discord_loopback.starts import Terms
from raidbot.core.clock import Clock
from raidbot.core.ids import GuildId, UserId
from raidbot.rehearsal import stage
from raidbot.rehearsal.model import Verdict
from raidbot.rehearsal.progress import BadProgress, Made, Progress
from raidbot.rehearsal.rest import Rest
from raidbot.rehearsal.steps import STEPS
from raidbot.rehearsal.talk import Stop
from realmeye_loopback.client import RealmEye


@pytest_asyncio.fixture
async def here(tmp_path: Path) -> AsyncGenerator[Here]:
    terms = Terms(heartbeat_ms=3000, identify_seconds=0)
    async with served(Options(clock_file=tmp_path / "clock", terms=terms)) as running:
        yield running


async def test_on_the_loopback_every_rule_is_confirmed_and_nothing_is_left(
    here: Here, tmp_path: Path, realmeye: RealmEye
) -> None:
    here.grant("MANAGE_WEBHOOKS")
    await realmeye.put(a_player())
    conductor, player = a_conductor(here, tmp_path, realmeye=realmeye.url)

    await conductor.on_discord()
    conductor.write_report()

    outcomes = conductor.progress.kept.outcomes
    assert {name: one.saw for name, one in outcomes.items() if one.verdict is not Verdict.CONFIRMED} == {}
    assert set(outcomes) == {one.name for one in STEPS}
    assert left_of(here) == []
    text = conductor.plan.report.read_text()
    assert f"{len(STEPS)} confirmed, 0 different, 0 skipped." in text
    assert here.world.token not in text + "".join(player.said)
