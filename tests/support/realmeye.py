"""A local RealmEye on a real socket, and backends whose readers ask it."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest_asyncio
from aiohttp import web
from tests.support.backend import Served, serving

from raidbot.database.pool import Database
from raidbot.features.realmeye.jobs.reader import reading_with
from raidbot.features.realmeye.jobs.site import Manners
from realmeye_loopback.app import Site
from realmeye_loopback.client import RealmEye

AGENT = "RotMG-Raid-Bot/test (+mailto:owner@example.org)"
PAUSE = timedelta(milliseconds=60)


@asynccontextmanager
async def a_realmeye() -> AsyncGenerator[RealmEye]:
    """Run a site that knows nobody yet."""
    runner = web.AppRunner(Site().application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with RealmEye(f"http://127.0.0.1:{runner.addresses[0][1]}") as hands:
            yield hands
    finally:
        await runner.cleanup()


@pytest_asyncio.fixture
async def realmeye() -> AsyncIterator[RealmEye]:
    """A local RealmEye, and hands on it."""
    async with a_realmeye() as hands:
        yield hands


def manners(realmeye: RealmEye) -> Manners:
    """How readers of tests behave: politely, with short pauses."""
    return Manners(realmeye.url, PAUSE, AGENT)


@asynccontextmanager
async def reading(database: Database, clock_file: Path, realmeye: RealmEye) -> AsyncGenerator[Served]:
    """Serve a backend whose reader asks the local site."""
    async with serving(database, clock_file, (reading_with(manners(realmeye)),)) as up:
        yield up
