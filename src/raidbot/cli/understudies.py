"""Understudies: a backend and a bot beside the usual ones, which serve while those are started anew.

They answer nobody until the usual bot steps aside. That one of them is there tells that a swap is under way, or was
broken off: nothing else is written down about it.
"""

import contextlib
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from raidbot.cli import envfile
from raidbot.cli.deployed import UNDERSTUDIES, Compose, run
from raidbot.database import connections
from raidbot.settings import OperatorSettings

NEXT_BACKEND, NEXT_BOT = "rotmg_next_backend", "rotmg_next_bot"
"""Their containers."""

GONE = {"inactive", "failed"}
"""States of a unit that does not run. docs: systemctl, ActiveState."""

ENDS_WITHIN_S = "20"

FEWER = {"DATABASE_POOL_SIZE": str(connections.UNDERSTUDY)}
"""What the backend of an update is told, so that two of them fit into the connections that are there for one."""


class Understudies(Protocol):
    """The understudies of a machine, whatever keeps them running."""

    def start(self, release: str) -> None:
        """Start both from a release that was prepared, with the settings as they are now.

        Raises:
            CommandFailed: a program of this machine failed.
        """
        ...

    def stop(self) -> None:
        """Stop both in order, the bot first; nothing happens where there are none."""
        ...

    def is_there(self) -> bool:
        """Tell whether one of them runs, well or not."""
        ...

    def ports(self) -> dict[str, int]:
        """Return where they tell how they are."""
        ...


@dataclass(frozen=True)
class Ports:
    """Free ports of this machine and what else understudies are told, kept in a file that units read too.

    Args:
        file: Where they are kept.
    """

    file: Path

    def take(self) -> dict[str, str]:
        """Look for ports that nobody listens on, and keep them with the rest."""
        backend, figures, bot = _free(3)
        taken = {
            "PORT": str(backend),
            "BACKEND_METRICS_PORT": str(figures),
            "BOT_METRICS_PORT": str(bot),
            "BACKEND_URL": f"http://127.0.0.1:{backend}/v1",
            **FEWER,
        }
        envfile.keep(self.file, "".join(f"{name}={value}\n" for name, value in taken.items()))
        return taken

    def figures(self) -> dict[str, int]:
        """Return where backend and bot tell how they are."""
        taken = envfile.read(self.file)
        names = {"backend": "BACKEND_METRICS_PORT", "bot": "BOT_METRICS_PORT"}
        return {part: int(taken[name]) for part, name in names.items() if name in taken}


def _free(how_many: int) -> list[int]:
    with contextlib.ExitStack() as held:
        return [held.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in range(how_many)]


class SystemdUnderstudies:
    """The units `raidbot-next-backend` and `raidbot-next-bot`, which run what the link `next` leads to."""

    def __init__(self, wanted: OperatorSettings) -> None:
        self._root = wanted.install_dir
        self._ports = Ports(self._root / "next.env")

    def start(self, release: str) -> None:
        """Lead `next` to a release, then start the units."""
        self._ports.take()
        link(self._root, "next", release)
        run("systemctl", "restart", *UNDERSTUDIES)

    def stop(self) -> None:
        """Stop the units; systemd stops the bot before the backend that it comes after."""
        run("systemctl", "stop", *UNDERSTUDIES)

    def is_there(self) -> bool:
        """Ask systemd."""
        states = run("systemctl", "show", "--property=ActiveState", "--value", *UNDERSTUDIES).split()
        return not GONE.issuperset(states)

    def ports(self) -> dict[str, int]:
        """Read them from `next.env`."""
        return self._ports.figures()


class ComposeUnderstudies:
    """Containers beside those of the Compose file, with the settings of its services."""

    def __init__(self, folder: Path) -> None:
        self._containers = Compose(folder)
        self._ports = Ports(folder / "var" / "next.env")

    def start(self, release: str) -> None:
        """Run an image once more for each part, with ports of its own."""
        self.stop()
        ports = self._ports.take()
        pool = _options(FEWER)
        self._run(release, NEXT_BACKEND, "backend", f"{ports['BACKEND_METRICS_PORT']}:9100", *pool)
        where = _options({"BACKEND_URL": f"http://{NEXT_BACKEND}:4000/v1"})
        self._run(release, NEXT_BOT, "bot", f"{ports['BOT_METRICS_PORT']}:9101", *where)

    def stop(self) -> None:
        """Stop and remove the containers."""
        for name in (NEXT_BOT, NEXT_BACKEND):
            if self._has(name):
                run("docker", "stop", "-t", ENDS_WITHIN_S, name)
                run("docker", "rm", "--force", name)

    def is_there(self) -> bool:
        """Ask Docker."""
        return self._has(NEXT_BOT) or self._has(NEXT_BACKEND)

    def ports(self) -> dict[str, int]:
        """Read what was taken for them."""
        return self._ports.figures()

    def _run(self, release: str, name: str, part: str, port: str, *more: str) -> None:
        options = ("--detach", "--no-TTY", "--no-deps", "--name", name, "--publish", f"127.0.0.1:{port}", *more)
        self._containers.compose("run", *options, part, image=f"raidbot:{release}")

    def _has(self, name: str) -> bool:
        return bool(run("docker", "ps", "--all", "--quiet", "--filter", f"name=^{name}$").strip())


def _options(environ: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(word for name, value in environ.items() for word in ("--env", f"{name}={value}"))


def link(root: Path, name: str, release: str) -> None:
    """Let a link of `INSTALL_DIR` lead to a release, at once or not at all."""
    beside = root / f".{name}.new"
    beside.unlink(missing_ok=True)
    beside.symlink_to(Path("releases") / release)
    beside.replace(root / name)
