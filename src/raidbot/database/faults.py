"""What a caller is told when PostgreSQL cannot serve it, in words that hold no password and no values."""

import ssl

import asyncpg
from asyncpg.exceptions import InternalClientError

from raidbot.core.errors import InvalidRequest


class DatabaseBusy(Exception):  # noqa: N818 - the name is what the caller is told
    """PostgreSQL is there but has no time for us. Nothing was changed."""


class DatabaseAway(Exception):  # noqa: N818 - the name is what the caller is told
    """PostgreSQL cannot be reached, or went away in the middle. Nothing was changed."""


class OutcomeUnknown(DatabaseAway):
    """PostgreSQL went away during COMMIT: the change may be stored or not. Only the record can tell."""


LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    InternalClientError,
    OSError,
)
"""What asyncpg raises when the server or the line is gone. A time-out of ours is an OSError too.

`InternalClientError` comes when PostgreSQL has ended the session and its last words are read, but the
closing of the line is not: the next statement finds the connection in a state it cannot leave. Two
statements at once on one connection, a mistake of ours, raise `InterfaceError` instead.
"""

UNUSABLE = (InternalClientError, OSError)
"""Those after which a connection that still looks open must be dropped."""


UNREACHABLE: tuple[tuple[type[Exception], str], ...] = (
    (asyncpg.InvalidAuthorizationSpecificationError, "refused the user or the password. Correct DATABASE_URL."),
    (asyncpg.InvalidCatalogNameError, "has no such database. Create it or correct DATABASE_URL."),
    (asyncpg.CannotConnectNowError, "is starting or stopping."),
    (
        ssl.SSLCertVerificationError,
        "cannot be trusted: {fault}. Name its authority with sslrootcert= in DATABASE_URL, or verify nothing.",
    ),
    (TimeoutError, "did not answer in time."),
)
"""Why no connection could be opened, and what to do."""


def in_transaction(fault: Exception, *, closed: bool) -> Exception:
    """Return what a caller of a statement that failed with `fault` is told.

    Args:
        fault: What the driver raised.
        closed: Whether the connection is closed by now.
    """
    if isinstance(fault, asyncpg.QueryCanceledError):
        return DatabaseBusy("A query ran into the time limit for statements and was stopped. Nothing was changed.")
    if isinstance(fault, asyncpg.DataError) and "out of int" in str(fault):
        return InvalidRequest("A number in the request is larger than any that the record can hold.")
    if isinstance(fault, LOST) or (closed and isinstance(fault, asyncpg.InterfaceError)):
        return DatabaseAway("The connection to PostgreSQL broke in the middle of a transaction. Nothing was changed.")
    return fault


def on_connecting(fault: Exception, where: str) -> Exception:
    """Return what a caller is told when no connection could be opened.

    Args:
        fault: What the driver raised.
        where: Host, port and database, without the password.
    """
    if isinstance(fault, asyncpg.TooManyConnectionsError):
        return DatabaseBusy(f"PostgreSQL at {where} has no free connection. Raise max_connections or stop a client.")
    why = next((words for kind, words in UNREACHABLE if isinstance(fault, kind)), "cannot be reached: {fault}")
    return DatabaseAway(f"PostgreSQL at {where} {why.format(fault=fault)}")
