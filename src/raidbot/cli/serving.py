"""Running the backend process: pool, HTTP, logs, and a shutdown that finishes what was begun."""

import asyncio
import signal
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import structlog
import uvicorn
import uvloop

from raidbot import features
from raidbot.backend.app import Backend, application
from raidbot.backend.door import Door
from raidbot.backend.metrics import Metrics
from raidbot.backups.folder import Folder
from raidbot.backups.rules import late
from raidbot.cli.alarms import Alarms, Noted
from raidbot.cli.figures import figures
from raidbot.cli.standing import LONGEST_LOCAL_PAUSE_S, Pauses, Standing
from raidbot.core.alerts import Change, Condition, RunbookPage
from raidbot.core.clock import Clock
from raidbot.database import migrate as migrations
from raidbot.database.faults import DatabaseAway, DatabaseBusy
from raidbot.database.pool import Database, DatabaseSettings
from raidbot.disk.reserve import Reserve
from raidbot.disk.watching import Watch
from raidbot.features.alerts import service as alerts
from raidbot.features.alerts.api import NoteAlert
from raidbot.features.realmeye.jobs.reader import reading_with
from raidbot.features.realmeye.jobs.site import Manners, user_agent
from raidbot.settings import BackendSettings

log: structlog.stdlib.BoundLogger = structlog.get_logger()

EXHAUSTED_S = 300
"""So long after a request got no connection the alert about it stands."""

LOOK_AT_BACKUPS_EVERY_S = 60.0

FIRST_BACKUP_WITHIN = timedelta(minutes=15)
"""So long after a start, as of a machine that was off, whoever takes backups may need for the first one."""

GRACE_S = 6
"""Seconds that requests under way get at shutdown: more than one waits for a connection, and with the 3 s of the pool's
closing under the 10 s of Docker's stop and of `raidbot up`."""


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
        self._backend_inside: Backend | None = None
        self._late: Condition | None = None
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
            alarms = asyncio.ensure_future(Alarms(wanted, "backend", self._clock).keep(self._wrong, self._note))
            await asyncio.wait({serving, inside}, return_when=asyncio.FIRST_COMPLETED)
            server.should_exit = True
            await serving
            inside.cancel()
            alarms.cancel()
            await asyncio.wait({inside, alarms})
            if not inside.cancelled():
                inside.result()

    def _let_go(self) -> None:
        """Answer the bots that wait for events, which would hold up the end for as long as they may."""
        if self._backend_inside is not None:
            self._backend_inside.stream.close()

    async def _inside(self) -> None:
        """Open the door once everything is there, and keep it open until cancelled."""
        database = self._database = await self._fit_database()
        self._metrics.watch(database)
        try:
            backend = self._backend_inside = self._backend(database)
            app = application(backend)
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
            beside=(reading_with(manners), self._watch_disk, self._watch_backups),
            metrics=self._metrics,
            old_api_key=self._settings.old_api_key.reveal() if self._settings.old_api_key else None,
            api_rate=self._settings.api_rate,
        )

    async def _watch_disk(self, backend: Backend) -> None:
        wanted = self._settings
        reserve = Reserve(wanted.data_dir) if wanted.production else None
        self._metrics.disk.set_function(lambda: backend.room.used_share)
        await Watch(backend.room, wanted.data_dir, wanted.folder, reserve).run(backend.database, backend.clock)

    async def _watch_backups(self, backend: Backend) -> None:
        """Show how old backups are, and tell when they are late: who takes them may be gone, and tells nothing then.

        Beside the disk, because their folder may lie on one that does not answer.
        """
        folder, began = Folder(self._settings.folder), backend.clock.now()
        while True:
            try:
                found = await asyncio.to_thread(folder.backups)
            except OSError as unreadable:
                log.warning("The folder of backups cannot be read", folder=str(folder.path), reason=str(unreadable))
            else:
                now = backend.clock.now()
                self._metrics.take(found)
                taken_here = bool(found) and now - began >= FIRST_BACKUP_WITHIN
                self._late = late(found, now) if taken_here else None
            await backend.clock.sleep(LOOK_AT_BACKUPS_EVERY_S)

    async def _health(self) -> dict[str, Any]:
        if self._database is None or not self._door.is_open:
            return {"ok": False, "service": "raidbot-backend", "reason": self._door.reason}
        up = await self._database.ping()
        reason = None if up else "PostgreSQL is away."
        return {"ok": up, "service": "raidbot-backend", "pool_idle": self._database.idle, "reason": reason}

    def _wrong(self) -> Iterator[Condition]:
        """Return what an operator has to know."""
        database, backend = self._database, self._backend_inside
        if database is None or backend is None:
            yield Condition("database_away", self._door.reason, RunbookPage.DATABASE_AWAY, lasting_s=60)
            return
        if database.is_away:
            yield Condition("database_away", "PostgreSQL does not answer.", RunbookPage.DATABASE_AWAY, lasting_s=60)
        if backend.room.condition:
            yield backend.room.condition
        if self._late:
            yield self._late
        for name, times in backend.jobs.failing.items():
            told = f"The job {name} failed {times} times consecutively."
            yield Condition(f"job_{name.replace('-', '_')}", told, RunbookPage.JOB_FAILS)
        if database.was_exhausted(within_s=EXHAUSTED_S):
            told = "Requests got no connection to PostgreSQL within 5 s (pool exhausted)."
            yield Condition("pool_exhausted", told, RunbookPage.SLOW_CLICKS)
        if self._metrics.registry.get_sample_value("raidbot_realmeye_away"):
            told = "RealmEye does not answer or turns us away. Verification offers the screenshot instead."
            yield Condition("realmeye_away", told, RunbookPage.REALMEYE, lasting_s=1800)

    async def _note(self, change: Change) -> Noted:
        """Write an alert down; without a database this process is the only one to tell it."""
        one, backend = change.condition, self._backend_inside
        told = NoteAlert(name=one.name, sentence=one.sentence, page=one.page, raised=change.raised)
        if backend is None:
            return Noted.ALONE
        try:
            async with backend.database.transaction(label="alert") as tx:
                noted = await alerts.note(tx, told, backend.clock.now())
        except (DatabaseAway, DatabaseBusy):
            return Noted.ALONE
        backend.stream.wake()
        return Noted.FIRST if noted.fresh else Noted.KNOWN

    async def _fit_database(self) -> Database:
        """Return a pool on a database with the schema of this release or a newer one; wait until there is one."""
        url = DatabaseSettings(
            self._settings.database_url.reveal(),
            pool_size=self._settings.pool_size,
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
