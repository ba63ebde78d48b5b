"""Running the backend process: pool, HTTP, logs, and a shutdown that finishes what was begun."""

import asyncio
import signal
from datetime import timedelta
from typing import Any

import structlog
import uvicorn
import uvloop

from raidbot import features
from raidbot.backend.app import Backend, application
from raidbot.backend.door import Door
from raidbot.backend.metrics import Metrics
from raidbot.cli.figures import figures
from raidbot.cli.standing import LONGEST_LOCAL_PAUSE_S, Pauses, Standing
from raidbot.core.clock import Clock
from raidbot.database import migrate as migrations
from raidbot.database.faults import DatabaseAway, DatabaseBusy
from raidbot.database.pool import Database, DatabaseSettings
from raidbot.features.realmeye.jobs.reader import reading_with
from raidbot.features.realmeye.jobs.site import Manners, user_agent
from raidbot.settings import BackendSettings

log: structlog.stdlib.BoundLogger = structlog.get_logger()

GRACE_S = 8
"""Seconds that requests under way get at shutdown: with the pool's closing under the 10 s of Docker's stop."""


def serve(settings: BackendSettings, release: str) -> None:
    """Serve until SIGTERM or SIGINT. While PostgreSQL is away or its schema is behind, say so and wait for it."""
    uvloop.run(Service(settings, release).run())


class Service:
    """The backend for as long as the process lives."""

    def __init__(self, settings: BackendSettings, release: str) -> None:
        self._settings = settings
        self._release = release
        self._clock = Clock(settings.test_clock_file)
        self._door = Door(release, self._clock)
        self._standing = Standing()
        self._metrics = Metrics()
        self._database: Database | None = None
        self._serving: Backend | None = None
        self._known = migrations.load_migrations()

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT."""
        wanted = self._settings
        server = uvicorn.Server(
            uvicorn.Config(
                self._door,
                host=wanted.bind,
                port=wanted.port,
                lifespan="off",
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=GRACE_S,
            )
        )
        for sign in (signal.SIGTERM, signal.SIGINT):  # beside uvicorn, which takes no new requests from now on
            asyncio.get_running_loop().add_signal_handler(sign, self._let_go)
        async with figures(wanted.bind, wanted.metrics_port, self._metrics.registry, self._health):
            serving = asyncio.ensure_future(server.serve())
            inside = asyncio.ensure_future(self._inside())
            await asyncio.wait({serving, inside}, return_when=asyncio.FIRST_COMPLETED)
            server.should_exit = True
            await serving
            inside.cancel()
            await asyncio.wait({inside})
            if not inside.cancelled():
                inside.result()

    def _let_go(self) -> None:
        """Answer the bots that wait for events, which would hold up the end for as long as they may."""
        if self._serving is not None:
            self._serving.stream.close()

    async def _inside(self) -> None:
        """Open the door once everything is there, and keep it open until cancelled."""
        database = self._database = await self._fit_database()
        try:
            self._serving = self._backend(database)
            app = application(self._serving)
            async with app.router.lifespan_context(app):
                self._standing.well()
                self._door.open(app)
                await asyncio.Event().wait()
        finally:
            await database.close()

    def _backend(self, database: Database) -> Backend:
        features.load("service")
        features.load("jobs")
        manners = Manners(
            self._settings.realmeye_url,
            timedelta(seconds=self._settings.realmeye_pause_s),
            user_agent(self._release, self._settings.realmeye_contact),
        )

        async def schema() -> str:
            status = await migrations.standing(database, self._known)
            return "current" if status.is_current else f"{len(status.missing)} missing, {len(status.newer)} newer"

        return Backend(
            database,
            self._clock,
            self._settings.api_key.reveal(),
            self._release,
            schema,
            beside=(reading_with(manners),),
            metrics=self._metrics,
            old_api_key=self._settings.old_api_key.reveal() if self._settings.old_api_key else None,
        )

    async def _health(self) -> dict[str, Any]:
        if self._database is None or not self._door.is_open:
            return {"ok": False, "service": "raidbot-backend", "reason": self._door.reason}
        up = await self._database.ping()
        reason = None if up else "PostgreSQL is away."
        return {"ok": up, "service": "raidbot-backend", "pool_idle": self._database.idle, "reason": reason}

    async def _fit_database(self) -> Database:
        """Return a pool on a database with the schema of this release or a newer one; wait until there is one."""
        url = DatabaseSettings(
            self._settings.database_url.reveal(),
            ssl_reject_unauthorized=self._settings.database_ssl_reject_unauthorized,
        )
        pauses = Pauses(LONGEST_LOCAL_PAUSE_S)
        while isinstance(found := await self._found(url), str):
            self._door.reason = found
            self._standing.broken(found)
            await self._clock.sleep(pauses.next_s())
        return found

    async def _found(self, url: DatabaseSettings) -> Database | str:
        """Return a pool, or why there is none that can be worked with."""
        try:
            database = await Database.connect(url)
        except (DatabaseAway, DatabaseBusy) as away:
            return str(away)
        try:
            unfit = unfitness(await migrations.standing(database, self._known))
        except (DatabaseAway, DatabaseBusy) as away:
            unfit = str(away)
        if unfit is None:
            return database
        await database.close()
        return unfit


def unfitness(status: migrations.Status) -> str | None:
    """Return why this release cannot work on a schema and what to do, or None: on a newer one it can."""
    if status.faults:
        return " ".join(status.faults)
    if status.missing:
        return f"{len(status.missing)} migrations are missing, the first is {status.missing[0]}. Run: raidbot migrate"
    return None
