"""What keeps the processes running on a machine, and how it is told to start or restart them."""

import os
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import structlog

from raidbot.cli import envfile
from raidbot.cli.stopped import Stopped
from raidbot.settings import Deployment, OperatorSettings

log: structlog.stdlib.BoundLogger = structlog.get_logger()

UNITS = ("raidbot-migrate", "raidbot-backend", "raidbot-bot", "raidbot-backup")
UNDERSTUDIES = ("raidbot-next-backend", "raidbot-next-bot")
"""Units that are put in place, and started by an update alone."""
UNIT_FOLDER = Path("/etc/systemd/system")
ACCOUNT = "raidbot"
"""The account that the units run as."""
STATE_FOLDER = Path("/var/lib/raidbot")
"""Where the units keep their data: their `DATA_DIR`."""
MAKE = f"useradd --system --home-dir {STATE_FOLDER} --shell /usr/sbin/nologin {ACCOUNT}"
SECRETS = "secrets"
"""The folder beside `.env` that Compose hands files of secrets from."""

TOLD = 2000
"""Characters of what a failed command said that are shown."""


class CommandFailed(Stopped):
    """A program of this machine failed; the text holds what it said."""


def run(*command: str | Path, folder: Path | None = None) -> str:
    """Run a program to its end and return what it printed.

    Raises:
        CommandFailed: it is not installed, or failed.
    """
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    except OSError as missing:
        raise CommandFailed(f"{command[0]} cannot be run: {missing.strerror}") from missing
    if done.returncode:
        said = (done.stdout + done.stderr).strip()[-TOLD:]
        raise CommandFailed(f"{' '.join(map(str, command))} failed:\n{said}")
    return done.stdout


class Deployed(Protocol):
    """The processes of one machine, whatever keeps them running."""

    def start(self) -> None:
        """Start everything, with the schema brought to this release first; do nothing to what runs.

        Raises:
            CommandFailed: a program of this machine failed.
        """
        ...

    def restart(self, *parts: str) -> None:
        """Start `backend` or `bot` anew, or both at once, with the settings as they are now.

        Raises:
            CommandFailed: a program of this machine failed.
        """
        ...

    def renew_backups(self) -> None:
        """Let what takes backups use the settings and the release as they are now, if it runs.

        Raises:
            CommandFailed: a program of this machine failed.
        """
        ...

    def renew_seconds(self) -> None:
        """Let a second bot and a second backend use the settings and the release as they are now, where they run.

        Raises:
            CommandFailed: a program of this machine failed.
        """
        ...

    def step_aside(self) -> None:
        """Ask the bot to let another one serve that stands by. It goes on standing by itself.

        Raises:
            CommandFailed: it does not run.
        """
        ...


class Embedded:
    """`raidbot up` in the background."""

    def __init__(self, wanted: OperatorSettings, folder: Path) -> None:
        self._folder = folder
        self._log = wanted.data_dir / "up.log"
        self._pid = wanted.data_dir / "up.pid"

    def start(self) -> None:
        """Start `raidbot up`, unless the one that was started before still runs."""
        if self._running():
            return
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as said:
            up = subprocess.Popen(
                [sys.executable, "-m", "raidbot", "up"],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        self._pid.write_text(f"{up.pid}\n")

    def restart(self, *parts: str) -> None:
        """Start everything anew: one process watches over all parts."""
        log.info("Everything is started anew", parts=parts)
        if pid := self._running():
            os.kill(pid, signal.SIGTERM)
            _until_gone(pid)
        self.start()

    def renew_backups(self) -> None:
        """Do nothing: they are started anew with everything else."""

    def renew_seconds(self) -> None:
        """Do nothing: there are none."""

    def step_aside(self) -> None:
        """Do nothing: there is no other bot on a machine that is watched over like this."""

    def _running(self) -> int | None:
        try:
            pid = int(self._pid.read_text())
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            return None
        return pid if b"up" in command and b"raidbot" in command else None


def _until_gone(pid: int) -> None:
    """Wait for a process that is not our child; its parts have 10 s each to finish what they began."""
    watched = os.pidfd_open(pid)
    try:
        select.select([watched], [], [], 60)
    finally:
        os.close(watched)


class Systemd:
    """Units of systemd."""

    def __init__(self, wanted: OperatorSettings, folder: Path) -> None:
        self._units = wanted.install_dir / "current" / "deploy" / "systemd"
        self._environ = folder / ".env"

    def start(self) -> None:
        """Let the units' account read `.env`, put the units in place and start them."""
        try:
            shutil.chown(self._environ, group=ACCOUNT)
        except (LookupError, OSError) as fault:
            raise CommandFailed(
                f"{self._environ} cannot be given to the group {ACCOUNT}: {fault}. Make it: {MAKE}"
            ) from fault
        self._environ.chmod(0o640)
        self._put_units()
        run("systemctl", "enable", "--now", *UNITS)

    def restart(self, *parts: str) -> None:
        """Restart units, several at once, as the release that is to run has them."""
        self._put_units()
        run("systemctl", "restart", *(f"raidbot-{part}" for part in parts))

    def _put_units(self) -> None:
        """Put the units of that release in place, where they differ; what `systemctl edit` added lies beside them."""
        units = {name: self._units / name for name in (f"{unit}.service" for unit in (*UNITS, *UNDERSTUDIES))}
        fresh = [unit for name, unit in units.items() if unit.exists() and not _same(unit, UNIT_FOLDER / name)]
        for unit in fresh:
            shutil.copy(unit, UNIT_FOLDER)
        if fresh:
            run("systemctl", "daemon-reload")

    def renew_backups(self) -> None:
        """Restart their unit if it runs."""
        run("systemctl", "try-restart", "raidbot-backup")

    def renew_seconds(self) -> None:
        """Do nothing: no units of ours are second ones."""

    def step_aside(self) -> None:
        """Send the bot's unit the signal that asks for it."""
        run("systemctl", "kill", "--signal=SIGUSR1", "raidbot-bot")


NAMED = ("--project-directory", ".", "--file", "deploy/docker-compose.yml")
"""How our file is named to `docker compose` in the checkout."""


SECONDS = ("backend2", "bot2")
"""Services that run where `COMPOSE_PROFILES` names them."""


class Compose:
    """Containers of Docker Compose."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def compose(self, *arguments: str, image: str | None = None) -> str:
        """Run `docker compose` on our file, if wanted with another image than `.env` names.

        Raises:
            CommandFailed: it failed.
        """
        chosen = ("env", f"RAIDBOT_IMAGE={image}") if image else ()
        return run(*chosen, "docker", "compose", *NAMED, *arguments, folder=self._folder)

    def start(self) -> None:
        """Start all containers, waiting until they are healthy. The image is built unless `.env` names a release's."""
        built = () if envfile.read(self._folder / ".env").get("RAIDBOT_IMAGE") else ("--build",)
        self.compose("up", "--detach", *built, "--wait")

    def start_database(self) -> None:
        """Start PostgreSQL alone and wait until it answers."""
        self.compose("up", "--detach", "--wait", "db")

    def inside(self, service: str, *typed: str) -> int:
        """Type a command of ours in the container of a service, or in one like it where that does not run.

        The terminal is handed on, so that it may ask.

        Returns:
            Its exit code.
        """
        where = ("run", "--rm", "--no-deps", *_terminal(), service)
        if self.compose("ps", "--status", "running", "--quiet", service).strip():
            where = ("exec", *_terminal(), service, "raidbot")
        command = ("docker", "compose", *NAMED, *where, *typed)
        return subprocess.run(command, cwd=self._folder, check=False).returncode  # noqa: S603 - ours

    def restart(self, *parts: str) -> None:
        """Make containers anew."""
        self.compose("up", "--detach", "--no-deps", "--force-recreate", *parts)

    def renew_backups(self) -> None:
        """Make their container anew."""
        self.restart("backups")

    def renew_seconds(self) -> None:
        """Make their containers anew; a second bot that serves hands over to the usual one by that."""
        running = self.compose("ps", "--status", "running", "--services").split()
        if found := [one for one in SECONDS if one in running]:
            self.restart(*found)

    def step_aside(self) -> None:
        """Send the bot's container the signal that asks for it."""
        self.compose("kill", "--signal", "SIGUSR1", "bot")


def _same(one: Path, other: Path) -> bool:
    return other.exists() and one.read_bytes() == other.read_bytes()


def _terminal() -> tuple[str, ...]:
    """Return what Docker is told where nobody sits at a terminal."""
    return () if sys.stdin.isatty() and sys.stdout.isatty() else ("--no-TTY",)


def deployed(wanted: OperatorSettings, folder: Path) -> Deployed:
    """Return what keeps the processes running, as the settings say.

    Args:
        wanted: The settings.
        folder: Where `.env` is, and with Compose the checkout.
    """
    if wanted.deployment is Deployment.SYSTEMD:
        return Systemd(wanted, folder)
    return Compose(folder) if wanted.deployment is Deployment.COMPOSE else Embedded(wanted, folder)
