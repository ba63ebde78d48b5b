"""A PostgreSQL of our own, for those who have none: started, found again and stopped by us.

It listens on 127.0.0.1 alone, asks for a password (SCRAM), and runs as `nobody` when we are root. The
process that starts it holds a lock and owns it: it stops the server when it ends, and when it dies a
watcher does. Any other process of the same user attaches.
"""

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import structlog

from raidbot.database.binaries import EmbeddedFault, Programs, account, wheel
from raidbot.database.cluster import DATABASE, USER, Cluster
from raidbot.database.postmaster import Postmaster, children, free_port, tell

__all__ = ["EmbeddedFault", "EmbeddedServer", "default_folder"]

log: structlog.stdlib.BoundLogger = structlog.get_logger()

PATIENCE = 60.0
"""Seconds for whatever may take long: recovery after a crash, the last checkpoint."""

OPTIONS: dict[str, str] = {
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track": "all",
    "log_min_duration_statement": "100",
    "max_connections": "40",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
"""Unless the caller says otherwise. The values for a machine of 4 GB are in docs/operate/database.md."""

WATCH = """
read -r _
for attempt in 1 2 3 4 5; do
    read -r pid < "$1" && kill -INT "$pid" && exit
    sleep 1
done
"""
"""What the watcher does: it waits for a line that we never write, then stops the server.

The kernel closes our end of the pipe however we end. prctl(PR_SET_PDEATHSIG) would do the same, but on Linux
alone, and it fires when the thread that started the server ends.
"""


def default_folder(environ: Mapping[str, str], home: Path) -> Path:
    """Return where a user's server is kept when nothing else is said.

    Source: XDG Base Directory Specification, `XDG_DATA_HOME`; relative values are to be ignored.
    """
    chosen = Path(environ.get("XDG_DATA_HOME", ""))
    return (chosen if chosen.is_absolute() else home / ".local" / "share") / "raidbot" / "postgres"


class EmbeddedServer:
    """One server in one folder. `start` it, use its `url`, `stop` it.

    Args:
        folder: Where it is kept. Where `nobody` cannot reach it and we are root, a folder below
            `/var/lib/raidbot` takes its place.
        options: PostgreSQL's settings besides ours. `{"fsync": "off"}` is for tests.
        programs: PostgreSQL's programs, if not the wheel's.
    """

    def __init__(self, folder: Path, *, options: Mapping[str, str] | None = None, programs: Path | None = None) -> None:
        self._wanted = folder.absolute()
        self._options = {**OPTIONS, **(options or {})}
        self._source = programs
        self._lock: int | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._watcher: subprocess.Popen[bytes] | None = None
        self._port: int | None = None

    @property
    def url(self) -> str:
        """Where to connect to, password included.

        Raises:
            EmbeddedFault: the server is not started.
        """
        if self._port is None:
            raise EmbeddedFault("The embedded PostgreSQL is not started.")
        return self._cluster.url(self._port)

    @property
    def folder(self) -> Path:
        """Where it is really kept, once it was started."""
        return self._cluster.folder

    @property
    def programs(self) -> Path:
        """The folder with `psql`, `pg_dump` and the others, for this process to run."""
        return self._programs.folder

    @property
    def pid(self) -> int:
        """The server's process, for measurements.

        Raises:
            EmbeddedFault: this process does not own it.
        """
        if not self._server:
            raise EmbeddedFault("Only its owner knows the process of a server.")
        return self._server.pid

    @property
    def is_owner(self) -> bool:
        """Whether this process started the server and will stop it."""
        return self._lock is not None

    @property
    def is_running(self) -> bool:
        """Whether the server is there."""
        if self._server:
            return self._server.poll() is None
        return self._port is not None and self._answers(self._port)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it, or attach to the one that another process of the same user owns. Returns once it answers.

        Raises:
            EmbeddedFault: it does not start; the text says why.
        """
        try:
            self._start()
        except (OSError, subprocess.SubprocessError) as fault:
            self.stop()
            raise EmbeddedFault(f"PostgreSQL cannot be started here: {fault}. Or set DATABASE_URL.") from fault
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop it if this process owns it; otherwise only let go of it. Clients are cut off."""
        self._port = None
        if self._server:
            self._end(self._server)
        if self._watcher:
            self._watcher.kill()
            self._watcher.communicate()
        if self._lock is not None:
            os.close(self._lock)
        self._server = self._watcher = self._lock = None

    def crash(self) -> None:
        """Kill the server with its workers, as a power cut would, for tests. `start` starts it again.

        Raises:
            EmbeddedFault: this process does not own it.
        """
        if not self._server:
            raise EmbeddedFault("Only its owner may crash a server.")
        workers = children(self._server.pid)
        self._server.kill()
        for worker in workers:
            tell(worker, signal.SIGKILL)
        self._server.wait()

    def _start(self) -> None:
        who = account()
        self._programs = Programs(self._source or wheel(), who)
        self._cluster = Cluster.at(self._wanted, who)
        self._postmaster = Postmaster(self._cluster.data)
        until = time.monotonic() + PATIENCE
        while not self._take_lock():
            if self._attach():
                return
            if time.monotonic() > until:
                raise EmbeddedFault(f"Another process owns the server in {self.folder}, but it does not answer.")
            time.sleep(0.05)
        self._own()

    def _take_lock(self) -> bool:
        if self._lock is not None:
            return True
        held = os.open(self._cluster.lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(held)
            return False
        self._lock = held
        return True

    def _attach(self) -> bool:
        """Use the server of another process; tell whether it answers yet."""
        port = self._postmaster.port
        if port is None or not self._answers(port):
            return False
        self._port = port
        log.info("PostgreSQL found running", folder=str(self.folder), port=port)
        return True

    def _answers(self, port: int) -> bool:
        """Log in and ask whether it is the server of this folder."""
        address = ("--host=127.0.0.1", f"--port={port}", f"--username={USER}", f"--dbname={DATABASE}")
        question = ("--no-psqlrc", "--no-password", "--tuples-only", "--no-align", "--command=SHOW data_directory")
        told = self._programs.run("psql", *address, *question, password=self._cluster.password)
        return told.stdout.strip() == str(self._cluster.data)

    def _own(self) -> None:
        """Bring the server up. What an owner that died left behind is stopped first."""
        if self._server and self._server.poll() is None:
            return
        self._postmaster.end_left_over(PATIENCE)
        if not self._cluster.data.exists():
            self._cluster.make(self._programs, durable=self._options.get("fsync") != "off")
        self._cluster.check_version(self._programs)
        self._watcher = self._watcher or self._watch()
        self._cluster.begin_log()
        until = time.monotonic() + PATIENCE
        while not self._launch():
            # Workers of a killed server hold its memory for a moment, and a free port may be taken by then.
            said = self._cluster.last_words()
            may_pass = "still in use" in said or "could not bind" in said
            if not may_pass or time.monotonic() > until:
                raise EmbeddedFault(f"PostgreSQL does not start:\n{said}")
            time.sleep(0.1)
        log.info("PostgreSQL started", folder=str(self.folder), port=self._port)

    def _watch(self) -> subprocess.Popen[bytes]:
        file = self._cluster.data / "postmaster.pid"
        return self._programs.spawn(
            ["/bin/sh", "-c", WATCH, "raidbot-watch", str(file)], subprocess.PIPE, subprocess.DEVNULL
        )

    def _launch(self) -> bool:
        """Start the server once; tell whether it came up."""
        port = free_port(self._cluster.last_port)
        options = {**self._options, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "port": str(port)}
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with self._cluster.log.open("ab") as said:
            self._server = self._programs.serve("-D", str(self._cluster.data), *settings, log=said.fileno())
        until = time.monotonic() + PATIENCE
        while self._server.poll() is None and time.monotonic() < until:
            if self._postmaster.is_ready(self._server.pid):
                self._port = port
                self._cluster.keep_port(port)
                return True
            time.sleep(0.01)
        return False

    def _end(self, server: subprocess.Popen[bytes]) -> None:
        """Stop the server at once but in order: SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one."""
        server.send_signal(signal.SIGINT)
        try:
            server.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            server.send_signal(signal.SIGQUIT)
            server.wait()
