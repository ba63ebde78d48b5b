"""How a connection to PostgreSQL is opened: address, TLS, codecs."""

import ssl
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
import msgspec
from typing_extensions import override

from raidbot.core.wire import encode_hook
from raidbot.database import faults

JSONB_VERSION = b"\x01"
"""The first byte of binary jsonb. docs: PostgreSQL source, jsonb_send."""

_encoder = msgspec.json.Encoder(enc_hook=encode_hook)


class DatabaseSettings(msgspec.Struct, frozen=True):
    """Where PostgreSQL is and how it is used. Times in seconds, `slow_ms` in milliseconds."""

    url: str
    """`postgres://user:password@host:port/database?sslmode=…`"""
    pool_size: int = 10
    idle_s: float = 30
    """An unused connection is closed after this long; one is always kept."""
    acquire_timeout_s: float = 5
    slow_ms: float = 100
    ssl_reject_unauthorized: bool | None = None
    """Not set: as the URL says. True: TLS with a verified certificate. False: TLS without verification."""
    statement_timeout_s: float = 20
    """Under the 25 s of the bot's HTTP client, so that the backend answers before the bot gives up."""
    forgotten_after_s: float = 30
    """A transaction that does nothing for so long is ended by PostgreSQL: its process hangs or is cut off."""

    @property
    def where(self) -> str:
        """Host, port and database: what may be shown."""
        parts = urlsplit(self.url)
        return f"{parts.hostname or 'localhost'}:{parts.port or 5432}{parts.path}"

    @override
    def __repr__(self) -> str:
        return f"DatabaseSettings({self.where})"


def tls(settings: DatabaseSettings) -> ssl.SSLContext | None:
    """Return how the connection is encrypted, or None to let the URL's `sslmode` decide."""
    if settings.ssl_reject_unauthorized is None:
        return None
    authority = parse_qs(urlsplit(settings.url).query).get("sslrootcert", [None])[0]
    context = ssl.create_default_context(cafile=authority)
    if not settings.ssl_reject_unauthorized:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def arguments(settings: DatabaseSettings, **parameters: str) -> dict[str, Any]:
    """Return what asyncpg needs to connect.

    Args:
        settings: Where to and how.
        parameters: Settings of PostgreSQL for the session.
    """
    # jit: our queries are short, compiling them costs more than it saves.
    session = {"application_name": "raidbot", "timezone": "UTC", "jit": "off", **parameters}
    return {
        "dsn": settings.url,
        "ssl": tls(settings),
        "timeout": settings.acquire_timeout_s,
        "server_settings": session,
    }


async def teach(connection: asyncpg.Connection) -> None:
    """Let jsonb travel as Python objects."""
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: JSONB_VERSION + _encoder.encode(value),
        decoder=lambda data: msgspec.json.decode(data[1:]),
        format="binary",
    )


async def open_connection(settings: DatabaseSettings, **parameters: str) -> asyncpg.Connection:
    """Open one connection outside of the pool.

    Raises:
        DatabaseAway: it cannot be opened; the text says why.
        DatabaseBusy: PostgreSQL has no free connection.
    """
    try:
        return await asyncpg.connect(**arguments(settings, **parameters))
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError) as fault:
        raise faults.on_connecting(fault, settings.where) from fault
