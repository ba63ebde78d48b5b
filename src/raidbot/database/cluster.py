"""The folder of an embedded server: where it may lie, how it is made, what stands in it.

data/       PostgreSQL's own, of the account that it runs as
password    readable by us alone
port        where the server listened last, so that clients find it again after a restart
owner.lock  held by the process that started the server, for as long as it lives
server.log  what the server says; server.log.1 is the one before
"""

import hashlib
import os
import secrets
import shutil
import tempfile
from pathlib import Path

from raidbot.database.binaries import Account, EmbeddedFault, Programs, check_owned, shared_folder

USER = DATABASE = "raidbot"
LARGEST_LOG = 10_000_000
"""Bytes of server.log after which a start begins a new one."""
BUILTIN_LOCALE_SINCE = 17


class Cluster:
    """The folder and what is in it. Use `at` to get one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "server.log"
        self.lock = folder / "owner.lock"
        self._password = folder / "password"
        self._port = folder / "port"

    @classmethod
    def at(cls, wanted: Path, who: Account) -> "Cluster":
        """Return the folder for `wanted`, made if need be.

        The permissions of folders that were there before are never changed. Where the server's account
        cannot enter them, a folder below `/var/lib/raidbot` takes the place of `wanted`, always the same one.

        Raises:
            EmbeddedFault: the folder is somebody else's, or others may write to it.
        """
        wanted = wanted.resolve()
        first_there = next(one for one in (wanted, *wanted.parents) if one.exists())
        if not who.can_enter(first_there):
            wanted = shared_folder() / f"postgres-{hashlib.sha256(str(wanted).encode()).hexdigest()[:12]}"
        for one in (*reversed(wanted.parents), wanted):
            if not one.exists():
                one.mkdir(mode=0o700)
                one.chmod(0o711 if who.is_other else 0o700)
        check_owned(wanted)
        return cls(wanted)

    def url(self, port: int) -> str:
        """Return the address of the server on that port, password included.

        Raises:
            EmbeddedFault: the password cannot be read.
        """
        # No sslmode: the wheel's server has no TLS, and asking for it costs a round trip on each connection.
        return f"postgres://{USER}:{self.password}@127.0.0.1:{port}/{DATABASE}?sslmode=disable"

    @property
    def password(self) -> str:
        """The password of our user."""
        try:
            return self._password.read_text().strip()
        except FileNotFoundError as fault:
            raise EmbeddedFault(f"{self._password} is missing; put it back, or move {self.folder} away.") from fault

    @property
    def last_port(self) -> int:
        """The port of the last start, 0 if there was none."""
        return int(self._port.read_text()) if self._port.exists() else 0

    def keep_port(self, port: int) -> None:
        """Remember the port for the next start."""
        if port != self.last_port:
            self._port.write_text(str(port))

    def make(self, programs: Programs, *, durable: bool) -> None:
        """Make the data folder with our user and database, whole or not at all.

        Args:
            programs: PostgreSQL's.
            durable: Whether it is written through to the disk.
        """
        making = self.folder / "data.new"
        shutil.rmtree(making, ignore_errors=True)
        _write_private(self._password, secrets.token_urlsafe(24))
        making.mkdir(mode=0o700)
        handed = _hand(self.password, self.folder, programs.who)
        os.chown(making, programs.who.user, programs.who.group)
        try:
            programs.run_as_server("initdb", "-D", str(making), "--pwfile", str(handed), *_choices(programs, durable))
        finally:
            handed.unlink()
        statements = f"CREATE EXTENSION pg_stat_statements;\nCREATE DATABASE {DATABASE};\n"
        programs.run_as_server("postgres", "--single", "-D", str(making), "template1", given=statements.encode())
        making.rename(self.data)

    def check_version(self, programs: Programs) -> None:
        """Check that the programs can serve the folder.

        Raises:
            EmbeddedFault: another major version of PostgreSQL made it.
        """
        made_by = (self.data / "PG_VERSION").read_text().strip()
        if made_by != str(programs.major):
            raise EmbeddedFault(
                f"{self.data} was made by PostgreSQL {made_by}, and this is {programs.major}. Start the release that "
                "made it, take a backup, move the folder away and restore: docs/operate/postgres-upgrade.md."
            )

    def begin_log(self) -> None:
        """Begin a new log where the last has grown too large."""
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.folder / "server.log.1")

    def last_words(self) -> str:
        """Return the end of the log."""
        return self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""


def _choices(programs: Programs, durable: bool) -> list[str]:  # noqa: FBT001 - named at its one call
    choices = ["--username", USER, "--auth", "scram-sha-256", "--encoding", "UTF8"]
    if programs.major >= BUILTIN_LOCALE_SINCE:
        choices += ["--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
    else:
        choices += ["--locale", "C.UTF-8"]
    return choices if durable else [*choices, "--no-sync"]


def _write_private(file: Path, text: str) -> None:
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(text)


def _hand(password: str, folder: Path, who: Account) -> Path:
    """Write the password where initdb, and nobody but it and us, can read it."""
    opened, name = tempfile.mkstemp(prefix="password-", dir=folder)
    with os.fdopen(opened, "w") as file:
        file.write(password)
    os.chown(name, who.user, who.group)
    return Path(name)
