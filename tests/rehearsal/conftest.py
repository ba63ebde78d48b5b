"""A loopback for rehearsals, with the same clock as theirs."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest_asyncio
from tests.loopback.conftest import Here, served

from discord_loopback.app import Options
from discord_loopback.starts import Terms


@pytest_asyncio.fixture
async def here(tmp_path: Path) -> AsyncGenerator[Here]:
    terms = Terms(heartbeat_ms=3000, identify_seconds=0)
    async with served(Options(clock_file=tmp_path / "clock", terms=terms)) as running:
        yield running
