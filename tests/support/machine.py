"""A machine with units and releases beside each other, and a stand-in for systemctl, which obeys our unit files."""

import asyncio
import contextlib
import os
import stat
import subprocess
import sys
import time
from asyncio.subprocess import PIPE, create_subprocess_exec
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import msgspec
from tests.support.house import KEY, ROOT, House, until
from tests.support.raid import Raid
from tests.support.reading import Json, buttons, words

from discord_loopback.client import Hands, HandsError
from raidbot.bot.backend import Backend as Client
from raidbot.cli import envfile
from raidbot.cli.practice import make_ready
from raidbot.cli.releases import Tags
from raidbot.database.pool import Database

SYSTEMCTL = '''#!{python}
"""Starts what a unit file says, in folders of the test. A file `die-at` names the call that kills who asked for it."""
import os, select, signal, subprocess, sys
from pathlib import Path

FOLDER = Path("{folder}")
UNITS = Path("{units}")
PLACES = {"/opt/raidbot": "{folder}/opt", "/etc/raidbot": "{folder}", "/var/lib/raidbot": "{folder}/var"}


def settings(unit):
    text = (UNITS / (unit + ".service")).read_text()
    for there, here in PLACES.items():
        text = text.replace(there, here)
    return [line.partition("=")[::2] for line in text.splitlines() if "=" in line and not line.startswith("#")]


def held(unit):
    return FOLDER / (unit + ".pid")


def runs(unit):
    try:
        return Path("/proc", held(unit).read_text(), "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def start(unit):
    said = settings(unit)
    environ = dict(os.environ)
    lines = [value for name, value in said if name == "Environment"]
    for file in (value for name, value in said if name == "EnvironmentFile"):
        lines += Path(file).read_text().splitlines()
    environ.update(line.partition("=")[::2] for line in lines)
    [command] = [value.split() for name, value in said if name == "ExecStart"]
    with open(FOLDER / (unit + ".log"), "ab") as log:
        process = subprocess.Popen(command, cwd=FOLDER, env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   start_new_session=True)
    held(unit).write_text(str(process.pid))


def stop(unit):
    if runs(unit):
        pid = int(held(unit).read_text())
        watched = os.pidfd_open(pid)
        os.kill(pid, signal.SIGTERM)
        select.select([watched], [], [], 30)
    held(unit).unlink(missing_ok=True)


def dies(when):
    die = FOLDER / "die-at"
    if die.exists() and die.read_text() == when + " ".join(sys.argv[1:]):
        die.unlink()
        os.kill(os.getppid(), signal.SIGKILL)
        sys.exit()


dies("before ")
verb, units = sys.argv[1], [one for one in sys.argv[2:] if not one.startswith("--")]
if verb == "try-restart":
    units = [unit for unit in units if held(unit).exists()]
if verb in {"stop", "restart", "try-restart"}:
    for unit in reversed(units):
        stop(unit)
if verb == "start":
    units = [unit for unit in units if not runs(unit)]
if verb in {"start", "restart", "try-restart"}:
    for unit in units:
        start(unit)
if verb == "kill":
    for unit in units:
        os.kill(int(held(unit).read_text()), signal.SIGUSR1)
if verb == "show":
    for unit in units:
        print("active" if runs(unit) else "activating" if held(unit).exists() else "inactive")
dies("")
'''

BOOTSTRAP = """#!/bin/sh
mkdir -p .venv/bin
cat > .venv/bin/raidbot <<'END'
#!/bin/sh
export RELEASE={release}
if [ "$1" = "{broken}" ]; then echo "broken release"; exit 1; fi
if [ "$1" = "{skipped}" ]; then exit; fi
if [ "$1" = "$(cat {folder}/die-at 2>/dev/null)" ]; then
    rm {folder}/die-at
    "{python}" -m raidbot "$@"
    kill -9 $PPID
fi
exec "{python}" -m raidbot "$@"
END
chmod 755 .venv/bin/raidbot
"""

ONE, TWO, BROKEN = "v1.0.0", "v1.10.0", "v1.11.0"

USUAL = ("raidbot-backend", "raidbot-bot")
NEXT = ("raidbot-next-backend", "raidbot-next-bot")


class Machine:
    """Three releases: the first is laid down, and the backend of the last ends at once.

    Settings stand in `.env`, as they do where `raidbot init` was run.

    Args:
        house: Where its processes are.
        backs_up: Whether its releases really take backups.
    """

    def __init__(self, house: House, *, backs_up: bool) -> None:
        self._skipped = "-" if backs_up else "backup"
        self.house = house
        self.folder = house.folder
        self.opt = house.folder / "opt"
        programs = self.folder / "bin"
        programs.mkdir()
        self._program(programs / "systemctl", SYSTEMCTL)
        own = {name: value for name, value in house._environ().items() if os.environ.get(name) != value}
        own |= {"DEPLOYMENT": "systemd", "INSTALL_DIR": str(self.opt), "DATA_DIR": str(self.folder / "var")}
        del own["PYTHONPATH"]
        envfile.write(self.folder / ".env", own)
        self.environ = {name: value for name, value in os.environ.items() if name not in own}
        paths = (str(programs), str(Path(sys.executable).parent), os.environ["PATH"])
        self.environ |= {"PATH": os.pathsep.join(paths), "PYTHONPATH": str(ROOT / "src")}

    def _program(self, file: Path, text: str, **more: str) -> None:
        values = {
            "python": sys.executable,
            "folder": str(self.folder),
            "broken": "-",
            "release": "-",
            "skipped": self._skipped,
            **more,
        }
        values["units"] = str(ROOT / "deploy" / "systemd")
        for name, value in values.items():
            text = text.replace("{" + name + "}", value)
        file.write_text(text)
        file.chmod(file.stat().st_mode | stat.S_IXUSR)

    def make_releases(self) -> None:
        origin, source = self.folder / "origin", self.opt / "source"
        (origin / "script").mkdir(parents=True)
        self._git(origin, "init", "--quiet")
        said = "# Changelog\n"
        for tag, line, broken in (
            (ONE, "Runs can be opened.", "-"),
            (TWO, "Runs have a waiting list.", "-"),
            (BROKEN, "Runs have wings.", "backend"),
        ):
            said += f"\n## {tag}\n\n- {line}\n"
            (origin / "CHANGELOG.md").write_text(said)
            self._program(origin / "script" / "bootstrap", BOOTSTRAP, broken=broken, release=tag)
            self._git(origin, "add", ".")
            self._git(origin, "commit", "--quiet", "--message", tag)
            self._git(origin, "tag", tag)
        self.opt.mkdir()
        self._git(self.folder, "clone", "--quiet", str(origin), str(source))
        first = self.opt / "releases" / ONE
        Tags(source).lay(ONE, first)
        subprocess.run([first / "script" / "bootstrap"], cwd=first, check=True)  # noqa: S603 - our own script
        (self.opt / "current").symlink_to(f"releases/{ONE}")

    def _git(self, folder: Path, *arguments: str) -> None:
        who = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
        command = ["git", "-C", str(folder), *who, *arguments]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - git

    async def systemctl(self, *arguments: str) -> None:
        process = await create_subprocess_exec(str(self.folder / "bin" / "systemctl"), *arguments, env=self.environ)
        assert await process.wait() == 0

    async def raidbot(self, *arguments: str) -> tuple[int, str]:
        return await self._run(sys.executable, "-m", "raidbot", *arguments)

    async def types(self, commands: str, answers: str = "") -> tuple[int, str]:
        """Type what a page says, and the answers to what is asked, without a terminal to read one from."""
        return await self._run("/bin/sh", "-e", "-c", commands, answers=answers)

    async def _run(self, *command: str, answers: str = "") -> tuple[int, str]:
        process = await create_subprocess_exec(
            *command, env=self.environ, cwd=self.folder, stdin=PIPE, stdout=PIPE, stderr=PIPE, start_new_session=True
        )
        said, faults = await process.communicate(answers.encode())
        return process.returncode or 0, said.decode() + faults.decode()

    async def killed(self, at: str, *arguments: str) -> None:
        """Run a command that is killed right after it asked for something."""
        (self.folder / "die-at").write_text(at)
        code, said = await self.raidbot(*arguments)
        assert (code, (self.folder / "die-at").exists()) == (-9, False), f"not killed at {at}: {said}"

    def current(self) -> str:
        """The release that is started from now on."""
        return (self.opt / "current").resolve().name

    def pids(self) -> list[int | None]:
        """The processes of the usual parts."""
        return [self._pid(unit) for unit in USUAL]

    def understudies(self) -> list[int]:
        """The processes of the understudies that are there."""
        return [pid for unit in NEXT if (pid := self._pid(unit))]

    def started_from(self) -> set[str]:
        """The releases that the usual parts were started from, as their processes tell."""
        return {release for pid in self.pids() for release in (ONE, TWO, BROKEN) if pid and self._is_of(pid, release)}

    def _pid(self, unit: str) -> int | None:
        try:
            return int((self.folder / f"{unit}.pid").read_text())
        except OSError:
            return None

    def _is_of(self, pid: int, release: str) -> bool:
        return f"RELEASE={release}\0" in Path(f"/proc/{pid}/environ").read_text()


@asynccontextmanager
async def a_machine(
    database_url: str, folder: Path, members: int = 0, *, backs_up: bool = False
) -> AsyncGenerator[tuple[Machine, Raid]]:
    """Run the first release on a machine, ready to raid."""
    house = House(folder, database_url, folder / "clock", members)
    await house.start_loopback()
    machine = Machine(house, backs_up=backs_up)
    machine.make_releases()
    try:
        await machine.systemctl("restart", *USUAL)
        async with Client(house.backend_url, KEY) as client:
            await until(lambda: _ready(house, client), "the backend")
        await until(house._bot_compared, "the bot to be ready")
        async with Hands(house.discord["url"]) as hands:
            yield machine, await Raid.of(house, hands)
        house.keeps_its_secrets()
    finally:
        await machine.systemctl("stop", *NEXT, *USUAL)
        await house.stop()


async def _ready(house: House, client: Client) -> bool:
    await make_ready(house.api_url, house.discord["token"], house.guild_id, client)
    return True


class Joined(msgspec.Struct):
    user_id: int


async def joined(database: Database) -> set[int]:
    """Who is in a run, as the record has it."""
    async with database.transaction() as tx:
        found = await tx.many(Joined, "SELECT user_id FROM run_join WHERE state = 'join'")
    return {one.user_id for one in found}


@dataclass
class Presses:
    """Members who press Join one after another, every 100 ms, whatever becomes of the bot."""

    raid: Raid
    panel: Json
    told: dict[int, tuple[float, str]] = field(default_factory=dict[int, tuple[float, str]])
    """When a member pressed who got an answer, and what they read."""
    unanswered: int = 0
    broken_off: int = 0
    """So many were told to wait, and then nothing."""

    @property
    def confirmed(self) -> set[int]:
        """Who read that they are in."""
        return {who for who, (_, read) in self.told.items() if "You are in" in read}

    @property
    def longest_silence_s(self) -> float:
        """The longest time from a press that was answered to the next one that was."""
        moments = sorted(at for at, _ in self.told.values())
        return max((after - before for before, after in pairwise(moments)), default=0.0)

    async def go_on(self) -> None:
        """Press until cancelled, then wait for the answers."""
        pressed = list[asyncio.Task[None]]()
        try:
            for who in self.raid.extra:
                pressed.append(asyncio.create_task(self._press(who)))
                await asyncio.sleep(0.1)
        finally:
            await asyncio.gather(*pressed)

    async def _press(self, who: int) -> None:
        at = time.monotonic()
        try:
            told = await self.raid.hands.click(who, int(self.panel["id"]), buttons(self.panel)["Join"], timeout=60)
        except HandsError:
            self.broken_off += 1
            return
        if told["state"] == "unanswered":
            self.unanswered += 1
        else:
            self.told[who] = (at, words(told["message"]))


@asynccontextmanager
async def presses(raid: Raid, panel: Json) -> AsyncGenerator[Presses]:
    """Let members press all the time while the block runs."""
    found = Presses(raid, panel)
    pressing = asyncio.create_task(found.go_on())
    try:
        yield found
    finally:
        pressing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await pressing
