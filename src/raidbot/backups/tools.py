"""PostgreSQL's own programs, of the server's own version, and how they reach it without a password in sight."""

import asyncio
import os
import re
import shutil
import ssl
import subprocess
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar, cast
from urllib.parse import parse_qs, quote, unquote, urlsplit

from msgspec.structs import replace

from raidbot.backups.model import BackupFault
from raidbot.database.binaries import EmbeddedFault, wheel
from raidbot.database.connection import DatabaseSettings

PLACES = (
    "/usr/lib/postgresql/{major}/bin",  # Debian, Ubuntu
    "/usr/pgsql-{major}/bin",  # PostgreSQL's own packages for Red Hat
    "/usr/libexec/postgresql{major}",  # Alpine
    "/opt/homebrew/opt/postgresql@{major}/bin",
    "/usr/local/opt/postgresql@{major}/bin",
)

Done = TypeVar("Done")

PIECE = 1 << 20

HASTY = {"PGOPTIONS": "-c synchronous_commit=off"}
"""For filling a database that nobody relies on yet: what makes it count commits in order, and so writes all of it."""

TLS = ("sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl")
"""What of a URL's options the programs are told, as PGSSLMODE and so on."""


class Tools:
    """`pg_dump` and `pg_restore` of one version.

    Args:
        folder: Where they are.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._running_now = set[subprocess.Popen[bytes]]()
        self._is_ended = False

    async def beside(self, work: Callable[[], Done]) -> Done:
        """Do work with the programs beside everything else. Who stops waiting for it ends them, and they tidy up first.

        Raises:
            BackupFault: as the work does.
        """
        working = asyncio.ensure_future(asyncio.to_thread(work))
        try:
            return await asyncio.shield(working)
        except asyncio.CancelledError:
            working.add_done_callback(_hear)  # also where we are stopped a second time while it ends
            self._is_ended = True
            for one in list(self._running_now):
                one.kill()
            await asyncio.wait({working})
            raise

    def dump(self, source: DatabaseSettings, snapshot: str) -> Iterator[bytes]:
        """Return a database as PostgreSQL's custom format, as it was in a snapshot.

        Raises:
            BackupFault: pg_dump failed.
        """
        asked = ["--format=custom", "--no-password", "--lock-wait-timeout=60s", f"--snapshot={snapshot}"]
        with tempfile.TemporaryFile() as said:
            with self._running("pg_dump", asked, access(source), said) as running:
                told = cast("IO[bytes]", running.stdout).fileno()
                while piece := os.read(told, PIECE):
                    yield piece
                code = running.wait()
            if code:
                raise BackupFault(f"pg_dump failed: {_words(said)}")

    def load(self, target: DatabaseSettings, content: Iterable[bytes]) -> None:
        """Restore a dump into an empty database: tables, rows and all that is ours; neither owners nor extensions.

        Raises:
            BackupFault: pg_restore failed.
        """
        asked = ["--schema=public", "--no-owner", "--no-privileges", "--no-password", "--exit-on-error"]
        with tempfile.TemporaryFile() as said:
            named = f"--dbname={database_of(target)}"
            with self._running("pg_restore", [*asked, named], access(target) | HASTY, said) as running:
                _feed(running, content)
                code = running.wait()
            if code:
                raise BackupFault(f"pg_restore failed: {_words(said)}")

    def origin(self, content: Iterable[bytes]) -> int:
        """Return the version of PostgreSQL that a dump was taken from.

        Raises:
            BackupFault: it is no dump that these tools can read.
        """
        with tempfile.TemporaryFile() as said:
            with self._running("pg_restore", ["--list"], {}, said, said) as running:
                _feed(running, content)
                running.wait()
            told = _words(said, 100_000)
        found = re.search(r"Dumped from database version: (\d+)", told)
        if not found:
            raise BackupFault(f"pg_restore cannot read it: {told[-500:]}")
        return int(found[1])

    @contextmanager
    def _running(
        self,
        program: str,
        arguments: Sequence[str],
        access: Mapping[str, str],
        said: IO[bytes],
        told: IO[bytes] | int = subprocess.PIPE,
    ) -> Generator["subprocess.Popen[bytes]"]:
        """Run a program for the block; it is ended when the block is left early."""
        with subprocess.Popen(  # noqa: S603 - PostgreSQL's own programs
            [self.folder / program, *arguments],
            stdin=subprocess.PIPE,
            stdout=told,
            stderr=said,
            env={"PATH": os.defpath, "LC_ALL": "C", **access},
        ) as running:
            self._running_now.add(running)
            try:
                if self._is_ended:
                    running.kill()
                yield running
            finally:
                self._running_now.discard(running)
                running.kill()


def tools(major: int) -> Tools:
    """Return the tools for a server of that version.

    The machine's own come first, because those of the wheel know no TLS.

    Raises:
        BackupFault: there are none on this machine.
    """
    for folder in _folders(major):
        if _major(folder) == major:
            return Tools(folder)
    raise BackupFault(
        f"The server is PostgreSQL {major}, and pg_dump of that version is not on this machine. Install it (Debian, "
        f"Ubuntu: apt-get install postgresql-client-{major}). An older one cannot read it, and what a newer one writes "
        "may not go back."
    )


def access(where: DatabaseSettings) -> dict[str, str]:
    """Return how PostgreSQL's programs reach a database: in their environment, which only we can read.

    Source: PostgreSQL, libpq, Environment Variables.
    """
    parts = urlsplit(where.url)
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    told = {
        "PGHOST": unquote(parts.hostname or "localhost"),
        "PGPORT": str(parts.port or 5432),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or asked.get("password", "")),
        "PGDATABASE": unquote(parts.path.strip("/")),
        "PGCONNECT_TIMEOUT": "10",
        "PGAPPNAME": "raidbot backup",
        **{f"PG{name.upper()}": asked[name] for name in TLS if name in asked},
    }
    if where.ssl_reject_unauthorized is not None:
        told["PGSSLMODE"] = "verify-full" if where.ssl_reject_unauthorized else "require"
    if told.get("PGSSLMODE", "").startswith("verify") and (authority := ssl.get_default_verify_paths().cafile):
        told.setdefault("PGSSLROOTCERT", authority)
    return {name: value for name, value in told.items() if value}


def database_of(where: DatabaseSettings) -> str:
    """Return the name of a database."""
    return unquote(urlsplit(where.url).path.strip("/"))


def beside(where: DatabaseSettings, database: str) -> DatabaseSettings:
    """Return another database of the same server."""
    return replace(where, url=urlsplit(where.url)._replace(path=f"/{quote(database, safe='')}").geturl())


def _folders(major: int) -> Iterator[Path]:
    yield from (Path(place.format(major=major)) for place in PLACES)
    if found := shutil.which("pg_dump"):
        yield Path(found).parent
    try:
        yield wheel()
    except EmbeddedFault:
        return


def _major(folder: Path) -> int | None:
    """Return the version of the tools in a folder, None without both of them."""
    if not (folder / "pg_restore").exists():
        return None
    try:
        told = subprocess.run([folder / "pg_dump", "--version"], check=True, capture_output=True, text=True)  # noqa: S603 - PostgreSQL's own program
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.search(r"(\d+)", told.stdout)
    return int(found[1]) if found else None


def _hear(ended: "asyncio.Future[Any]") -> None:
    """Take notice of how work ended that was given up: it failed, and nobody has to know."""
    if not ended.cancelled():
        ended.exception()


def _feed(running: "subprocess.Popen[bytes]", content: Iterable[bytes]) -> None:
    try:
        with cast("IO[bytes]", running.stdin) as taken:
            for piece in content:
                taken.write(piece)
    except BrokenPipeError:
        return  # it gave up; its exit code and its words say why


def _words(said: IO[bytes], most: int = 1000) -> str:
    said.seek(0)
    return said.read().decode(errors="replace").strip()[-most:]
