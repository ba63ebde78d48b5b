"""Running the backend process: pool, HTTP, logs, and a shutdown that finishes what was begun."""

import logging

import structlog
import uvicorn
import uvloop

from raidbot import features
from raidbot.backend.app import Backend, application
from raidbot.core.clock import Clock
from raidbot.database import migrate as migrations
from raidbot.database.pool import Database, DatabaseSettings
from raidbot.settings import BackendSettings, LogLevel

GRACE_S = 8
"""Seconds that requests under way get at shutdown: with the pool's closing under the 10 s of Docker's stop."""


def prepare_logs(level: LogLevel) -> None:
    """Write JSON lines to standard output, from this level on."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
    )


def serve(settings: BackendSettings, release: str) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        DatabaseAway: PostgreSQL cannot be reached.
    """
    uvloop.run(_serve(settings, release))


async def _serve(settings: BackendSettings, release: str) -> None:
    url = DatabaseSettings(
        settings.database_url.reveal(), ssl_reject_unauthorized=settings.database_ssl_reject_unauthorized
    )
    database = await Database.connect(url)
    known = migrations.load_migrations()

    async def schema() -> str:
        status = await migrations.standing(database, known)
        return "current" if status.is_current else f"{len(status.missing)} missing, {len(status.newer)} newer"

    features.load("service")
    features.load("jobs")
    backend = Backend(database, Clock(settings.test_clock_file), settings.api_key.reveal(), release, schema)
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
    try:
        await server.serve()
    finally:
        await database.close()
