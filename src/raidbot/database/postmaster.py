"""What a data folder tells about the server that runs in it, and how one that was left behind is ended.

The server's own `postmaster.pid` is the record: process id, port and state.
Source: PostgreSQL, src/include/utils/pidfile.h.
"""

import os
import random
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from raidbot.database.binaries import EmbeddedFault

PROC = Path("/proc/self").exists()
"""Whether processes can be looked at as on Linux."""

QUIET = range(12_000, 15_000)
"""Ports that the system hands out to nobody by itself, so that a server which is started again finds its own free."""

LINE_PID, LINE_PORT, LINE_STATUS = 0, 3, 7


class Postmaster:
    """The server process of one data folder, whoever started it."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._file = data / "postmaster.pid"

    @property
    def pid(self) -> int | None:
        """Its process id, if there is a server or was one that did not end well."""
        told = self._line(LINE_PID)
        return int(told) if told else None

    @property
    def port(self) -> int | None:
        """The port that it listens on."""
        told = self._line(LINE_PORT)
        return int(told) if told else None

    def is_ready(self, pid: int) -> bool:
        """Tell whether the server with that process id takes connections."""
        return self.pid == pid and self._line(LINE_STATUS) == "ready"

    def end_left_over(self, patience: float) -> None:
        """Stop a server whose owner died, and forget one whose process id now belongs to something else.

        Args:
            patience: How many seconds its last checkpoint may take.

        Raises:
            EmbeddedFault: it does not stop.
        """
        until = time.monotonic() + patience
        while (pid := self.pid) is not None and is_alive(pid):
            if not self._is_here(pid):
                self._file.unlink(missing_ok=True)
                return
            if time.monotonic() > until:
                raise EmbeddedFault(f"An older PostgreSQL, process {pid}, does not stop. End it and try again.")
            tell(pid, signal.SIGINT)
            time.sleep(0.05)

    def _is_here(self, pid: int) -> bool:
        """Tell whether a process is a PostgreSQL that was started on this folder."""
        command = _command(pid)
        return str(self._data) in command

    def _line(self, number: int) -> str | None:
        try:
            lines = self._file.read_text().splitlines()
        except FileNotFoundError:
            return None
        return lines[number].strip() if number < len(lines) else None


def is_alive(pid: int) -> bool:
    """Tell whether there is a process with that id that has not ended. One that nobody buried has."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(") ")[2][0] != "Z"
    except FileNotFoundError:
        return not PROC


def free_port(wanted: int = 0) -> int:
    """Return a port of 127.0.0.1 that nobody listens on at the moment: the wanted one if it is free."""
    for port in (*((wanted,) if wanted else ()), *random.sample(QUIET, 20), 0):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return probe.getsockname()[1]
    raise EmbeddedFault("No port of 127.0.0.1 is free.")


def children(pid: int) -> list[int]:
    """Return the process ids of a process's children, as far as the system tells."""
    listed = Path("/proc") / str(pid) / "task" / str(pid) / "children"
    return [int(one) for one in listed.read_text().split()] if listed.exists() else []


def tell(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process that may be gone."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _command(pid: int) -> str:
    """Return the command line of a process, empty if it is gone."""
    proc = Path("/proc") / str(pid) / "cmdline"
    if PROC:
        try:
            return proc.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except FileNotFoundError:
            return ""
    told = subprocess.run(["/bin/ps", "-o", "command=", "-p", str(pid)], check=False, capture_output=True, text=True)  # noqa: S603 - fixed program
    return told.stdout
