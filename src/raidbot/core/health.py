"""What a process says about itself."""

from datetime import datetime

import msgspec

from raidbot.core.endpoint import Endpoint


class AskHealth(msgspec.Struct, frozen=True):
    """Ask the backend how it is. Needs no API key."""


class Health(msgspec.Struct, frozen=True):
    """How the backend is. `ok` is false, and the status 503, without a database."""

    ok: bool
    service: str
    time: datetime
    database: str
    """`up`, `away`, or `unknown` while the backend has not got so far."""
    version: str
    migrations: str
    """`current`, or how many are missing or unknown."""
    database_ms: float | None = None
    """How long the database took to answer, in milliseconds."""
    reason: str | None = None
    """Why it is not well, in a sentence that says what to do."""


health = Endpoint("GET", "/health", None, AskHealth, Health)
