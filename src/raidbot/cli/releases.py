"""Releases that lie beside each other on a machine, so that going back is a matter of seconds and needs no network."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from raidbot.cli import envfile
from raidbot.cli.deployed import Compose, Deployed, Systemd, run
from raidbot.cli.stopped import Stopped
from raidbot.cli.understudies import ComposeUnderstudies, SystemdUnderstudies, Understudies, link
from raidbot.settings import Deployment, OperatorSettings

IMAGE = "raidbot"
SETTINGS_OF_POSTGRESQL = "deploy/postgresql.conf"


class NoRelease(Stopped):
    """There is no such release, or none to go back to."""


class Releases(Protocol):
    """The releases of a machine, and which of them runs."""

    @property
    def runs(self) -> Deployed:
        """What keeps the usual parts running."""
        ...

    @property
    def understudies(self) -> Understudies:
        """What keeps those beside them running."""
        ...

    @property
    def current(self) -> str:
        """The release that runs, or is to run once the usual parts are started anew."""
        ...

    @property
    def previous(self) -> str | None:
        """The one that ran before."""
        ...

    def newest(self) -> str:
        """Fetch what there is, and return the newest release.

        Raises:
            NoRelease: there is none.
        """
        ...

    def changelog(self, release: str) -> str:
        """Return the changelog as that release has it."""
        ...

    def prepare(self, release: str) -> None:
        """Lay a release beside the one that runs, ready to start."""
        ...

    def migrate(self, release: str) -> None:
        """Bring the schema to a release. The one that runs goes on working on it."""
        ...

    def back_up(self) -> None:
        """Take a backup with the release that runs."""
        ...

    def name(self, release: str) -> None:
        """Note, at once or not at all, that a release that was prepared is the one to start from now on."""
        ...

    def remains(self, release: str) -> str | None:
        """Return what the operator types once a release runs, so that all of it is there; None where it is."""
        ...


class Tags:
    """Releases as tags of a clone."""

    def __init__(self, clone: Path) -> None:
        self.clone = clone

    def newest(self) -> str:
        """Fetch tags and return the highest.

        Raises:
            NoRelease: there is none.
        """
        self.git("fetch", "--quiet", "--tags", "origin")
        tags = self.git("tag", "--list", "v*", "--sort=-version:refname").split()
        if not tags:
            raise NoRelease(f"{self.clone} has no tag of a release, such as v1.2.0.")
        return tags[0]

    def git(self, *arguments: str) -> str:
        """Run git in the clone."""
        return run("git", "-C", self.clone, *arguments)

    def changelog(self, release: str) -> str:
        """Return the changelog as that release has it."""
        return self.git("show", f"{release}:CHANGELOG.md")

    def lay(self, release: str, folder: Path) -> None:
        """Put the files of a release into a folder of their own.

        Raises:
            NoRelease: there is no such release.
        """
        if folder.exists():
            return
        if not re.fullmatch(r"v[\w.-]+", release) or not self.git("tag", "--list", release).strip():
            raise NoRelease(f"There is no release {release}.")
        self.git("worktree", "prune")
        self.git("worktree", "add", "--quiet", "--detach", str(folder), release)


class SystemdReleases:
    """`INSTALL_DIR/releases/v1.2.0`, with `current` and `previous` as links; `source` is the clone.

    Args:
        wanted: The settings.
        folder: Where `.env` is.
    """

    def __init__(self, wanted: OperatorSettings, folder: Path) -> None:
        self._root = wanted.install_dir
        self._folder = folder
        self._tags = Tags(self._root / "source")
        self.runs = Systemd(wanted, folder)
        self.understudies = SystemdUnderstudies(wanted)
        self.newest = self._tags.newest
        self.changelog = self._tags.changelog

    @property
    def current(self) -> str:
        """Where `current` leads."""
        return self._root.joinpath("current").resolve().name

    @property
    def previous(self) -> str | None:
        """Where `previous` leads; what also is `current` was noted by an update that was killed then and there."""
        before = self._root / "previous"
        name = before.resolve().name if before.exists() else None
        return None if name == self.current else name

    def prepare(self, release: str) -> None:
        """Lay it down and make its `.venv`."""
        folder = self._root / "releases" / release
        self._tags.lay(release, folder)
        run(folder / "script" / "bootstrap", folder=folder)

    def migrate(self, release: str) -> None:
        """Run its `raidbot migrate`."""
        run(self._program(release), "migrate", folder=self._folder)

    def back_up(self) -> None:
        """Run `raidbot backup` of the release that runs."""
        run(self._program(self.current), "backup", "--kind", "before-update", folder=self._folder)

    def name(self, release: str) -> None:
        """Change the links."""
        before = self.current
        if before != release:
            link(self._root, "previous", before)
        link(self._root, "current", release)

    def remains(self, release: str) -> None:
        """Nothing: a release brings its units and its `raidbot`."""

    def _program(self, release: str) -> Path:
        return self._root / "releases" / release / ".venv" / "bin" / "raidbot"


class ComposeReleases:
    """Images `raidbot:v1.2.0`, of which `.env` names the one that runs and the one before.

    Args:
        folder: The checkout, with `.env`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tags = Tags(folder)
        self.runs = Compose(folder)
        self.understudies = ComposeUnderstudies(folder)
        self.newest = self._tags.newest
        self.changelog = self._tags.changelog

    @property
    def current(self) -> str:
        """The image's tag."""
        return self._named("RAIDBOT_IMAGE") or "local"

    @property
    def previous(self) -> str | None:
        """The tag of the image before."""
        return self._named("RAIDBOT_IMAGE_BEFORE")

    def prepare(self, release: str) -> None:
        """Build its image from files of its own."""
        files = self._folder / "var" / "releases" / release
        self._tags.lay(release, files)
        run("docker", "build", "--file", files / "deploy" / "Dockerfile", "--tag", f"{IMAGE}:{release}", files)

    def migrate(self, release: str) -> None:
        """Run its `raidbot migrate` in a container."""
        self.runs.compose("run", "--rm", "--no-deps", "migrate", image=f"{IMAGE}:{release}")

    def back_up(self) -> None:
        """Run `raidbot backup` in a container of the release that runs, with the settings of all backups."""
        options = ("--rm", "--no-TTY", "--no-deps")
        self.runs.compose("run", *options, "backups", "backup", "--kind", "before-update")

    def name(self, release: str) -> None:
        """Name the image in `.env`."""
        images = {"RAIDBOT_IMAGE": f"{IMAGE}:{release}"}
        if self.current != release:
            images["RAIDBOT_IMAGE_BEFORE"] = f"{IMAGE}:{self.current}"
        envfile.write(self._folder / ".env", images)

    def remains(self, release: str) -> str | None:
        """Return how the checkout follows, which an image does not bring: its commands, Compose file and settings."""
        git = self._tags.git
        if git("rev-parse", "HEAD") == git("rev-parse", f"{release}^{{commit}}"):
            return None
        steps = [f"git checkout {release}", "script/bootstrap", "docker compose up --detach"]
        if git("diff", "--name-only", "HEAD", release, "--", SETTINGS_OF_POSTGRESQL).strip():
            steps.append("docker compose restart db")  # it reads them at its start alone
        return " && ".join(steps)

    def _named(self, name: str) -> str | None:
        return envfile.read(self._folder / ".env").get(name, "").partition(":")[2] or None


def releases(wanted: OperatorSettings, folder: Path) -> Releases:
    """Return the releases of this machine.

    Raises:
        NoRelease: it runs from one checkout, which has no release beside it.
    """
    if wanted.deployment is Deployment.SYSTEMD:
        return SystemdReleases(wanted, folder)
    if wanted.deployment is Deployment.COMPOSE:
        return ComposeReleases(folder)
    raise NoRelease(
        "raidbot up runs from one checkout. Stop it, take a backup (raidbot backup), check out the release you want, "
        "and start it again: it migrates by itself."
    )


def news(new: str, old: str, say: Callable[[str], None]) -> None:
    """Say what a changelog has that an older one has not."""
    known = set(old.splitlines())
    lines = [line for line in new.splitlines() if line.strip() and line not in known]
    say("\n".join(lines) or "Its changelog says nothing new.")
