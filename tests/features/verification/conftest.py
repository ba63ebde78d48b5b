"""The guild of the tests of verification."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from tests.features.verification.made import Town
from tests.support.realmeye import reading

from raidbot.database.pool import Database
from realmeye_loopback.client import RealmEye


@pytest_asyncio.fixture
async def town(database: Database, tmp_path: Path, realmeye: RealmEye) -> AsyncIterator[Town]:
    async with reading(database, tmp_path / "clock", realmeye) as served:
        town = Town(served, database, realmeye)
        await town.open()
        yield town
