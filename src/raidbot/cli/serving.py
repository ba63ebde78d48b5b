"""Running the backend process: pool, HTTP, logs, and a shutdown that finishes what was begun."""

import asyncio
from datetime import timedelta
from typing import Any

import structlog
import uvicorn
import uvloop

from raidbot import features
from raidbot.backend.app import Backend, application
from raidbot.cli.figures import figures
from raidbot.core.clock import Clock
from raidbot.database import migrate as migrations
from raidbot.database.faults import DatabaseAway, DatabaseBusy
from raidbot.database.pool import Database, DatabaseSettings
from raidbot.disk.reserve import Reserve
from raidbot.disk.watching import Watch
from raidbot.features.realmeye.jobs.reader import reading_with
from raidbot.features.realmeye.jobs.site import Manners, user_agent
from raidbot.settings import BackendSettings

log: structlog.stdlib.BoundLogger = structlog.get_logger()

RETRY_S = 1.0

GRACE_S = 8
"""Seconds that requests under way get at shutdown: with the pool's closing under the 10 s of Docker's stop."""


def serve(settings: BackendSettings, release: str) -> None:
    """Serve until SIGTERM or SIGINT. While PostgreSQL is away at the start, wait for it."""
    uvloop.run(_serve(settings, release))


async def _serve(settings: BackendSettings, release: str) -> None:
    url = DatabaseSettings(
        settings.database_url.reveal(), ssl_reject_unauthorized=settings.database_ssl_reject_unauthorized
    )
    database = await _connected(url)
    known = migrations.load_migrations()

    async def schema() -> str:
        status = await migrations.standing(database, known)
        return "current" if status.is_current else f"{len(status.missing)} missing, {len(status.newer)} newer"

    features.load("service")
    features.load("jobs")
    manners = Manners(
        settings.realmeye_url,
        timedelta(seconds=settings.realmeye_pause_s),
        user_agent(release, settings.realmeye_contact),
    )
    reserve = Reserve(settings.data_dir) if settings.production else None

    async def watch_disk(backend: Backend) -> None:
        watch = Watch(backend.room, settings.data_dir, settings.backup_dir or settings.data_dir / "backups", reserve)
        await watch.run(backend.database, backend.clock)

    backend = Backend(
        database,
        Clock(settings.test_clock_file),
        settings.api_key.reveal(),
        release,
        schema,
        beside=(reading_with(manners), watch_disk),
    )
    server = uvicorn.Server(
        uvicorn.Config(
            application(backend),
            host=settings.bind,
            port=settings.port,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=GRACE_S,
        )
    )

    async def health() -> dict[str, Any]:
        return {"ok": await database.ping(), "service": "raidbot-backend", "pool_idle": database.idle}

    try:
        async with figures(settings.bind, settings.metrics_port, backend.metrics.registry, health):
            await server.serve()
    finally:
        await database.close()


async def _connected(wanted: DatabaseSettings) -> Database:
    """Return a pool. A database that is still starting is waited for, with a line in the log each time."""
    while True:
        try:
            return await Database.connect(wanted)
        except (DatabaseAway, DatabaseBusy) as away:
            log.warning("PostgreSQL is away; waiting for it", reason=str(away))
            await asyncio.sleep(RETRY_S)  # noqa: TID251 - the shared clock of tests must not hurry it
