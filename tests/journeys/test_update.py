"""`raidbot update` and `raidbot rollback` on a machine with units, with a stand-in for systemctl alone."""

import os
import stat
import subprocess
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from pathlib import Path

import pytest
from tests.support.house import ROOT, House, until

from raidbot.cli.releases import Tags

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

SYSTEMCTL = """#!{python}
import os, select, signal, subprocess, sys
from pathlib import Path

for part in [unit.removeprefix("raidbot-") for unit in sys.argv[2:]]:
    held = Path("{folder}") / (part + ".pid")
    if held.exists():
        try:
            watched = os.pidfd_open(int(held.read_text()))
            os.kill(int(held.read_text()), signal.SIGTERM)
            select.select([watched], [], [], 30)
        except ProcessLookupError:
            pass
    if sys.argv[1] == "restart":
        with open("{folder}/" + part + ".log", "ab") as said:
            command = ["{folder}/opt/current/.venv/bin/raidbot", part]
            unit = subprocess.Popen(command, cwd="{folder}", stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                                    start_new_session=True)
        held.write_text(str(unit.pid))
"""

BOOTSTRAP = """#!/bin/sh
mkdir -p .venv/bin
cat > .venv/bin/raidbot <<'END'
#!/bin/sh
case $1 in
    backup) touch "{folder}/backed-up"; exit ;;
    {broken}) echo "broken release"; exit 1 ;;
esac
exec "{python}" -m raidbot "$@"
END
chmod 755 .venv/bin/raidbot
"""


class Machine:
    """A machine with three releases: the first runs, and the backend of the last ends at once."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.folder = house.folder
        self.opt = house.folder / "opt"
        programs = self.folder / "bin"
        programs.mkdir()
        self._program(programs / "systemctl", SYSTEMCTL)
        own = house._environ()
        self.environ = {**own, "PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "src")}
        self.environ |= {"DEPLOYMENT": "systemd", "INSTALL_DIR": str(self.opt), "DATA_DIR": str(self.folder / "var")}

    def _program(self, file: Path, text: str, **more: str) -> None:
        values = {"python": sys.executable, "folder": str(self.folder), "broken": "-", **more}
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
            ("v1.0.0", "Runs can be opened.", "-"),
            ("v1.10.0", "Runs have a waiting list.", "-"),
            ("v1.11.0", "Runs have wings.", "backend"),
        ):
            said += f"\n## {tag}\n\n- {line}\n"
            (origin / "CHANGELOG.md").write_text(said)
            self._program(origin / "script" / "bootstrap", BOOTSTRAP, broken=broken)
            self._git(origin, "add", ".")
            self._git(origin, "commit", "--quiet", "--message", tag)
            self._git(origin, "tag", tag)
        self.opt.mkdir()
        self._git(self.folder, "clone", "--quiet", str(origin), str(source))
        first = self.opt / "releases" / "v1.0.0"
        Tags(source).lay("v1.0.0", first)
        subprocess.run([first / "script" / "bootstrap"], cwd=first, check=True)  # noqa: S603 - our own script
        (self.opt / "current").symlink_to("releases/v1.0.0")

    def _git(self, folder: Path, *arguments: str) -> None:
        who = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
        command = ["git", "-C", str(folder), *who, *arguments]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - git

    async def systemctl(self, *arguments: str) -> None:
        process = await create_subprocess_exec(str(self.folder / "bin" / "systemctl"), *arguments, env=self.environ)
        assert await process.wait() == 0

    async def raidbot(self, *arguments: str) -> tuple[int, str]:
        process = await create_subprocess_exec(
            sys.executable, "-m", "raidbot", *arguments, env=self.environ, cwd=self.folder, stdout=PIPE, stderr=PIPE
        )
        said, faults = await process.communicate()
        return process.returncode or 0, said.decode() + faults.decode()

    def runs(self) -> str:
        return (self.opt / "current").resolve().name


async def test_a_release_that_gets_well_stays_and_one_that_does_not_is_taken_back(
    database_url: str, tmp_path: Path
) -> None:
    house = House(tmp_path, database_url, tmp_path / "clock")
    await house.start_loopback()
    machine = Machine(house)
    machine.make_releases()
    try:
        await machine.systemctl("restart", "raidbot-backend", "raidbot-bot")
        await until(house._bot_compared, "the first release to run")

        code, said = await machine.raidbot("update", "v1.10.0", "--yes")
        assert (code, machine.runs()) == (0, "v1.10.0"), said
        assert "- Runs have a waiting list." in said
        assert "wings" not in said
        assert "Now: 0 live runs, 0 raiders." in said
        assert "v1.10.0 runs and is well" in said
        assert (tmp_path / "backed-up").exists()

        code, said = await machine.raidbot("update", "--yes", "--patience", "8")
        assert (code, machine.runs()) == (1, "v1.10.0"), said
        assert "v1.11.0 did not get well:\nThe backend does not answer" in said
        assert said.strip().endswith("v1.10.0 runs again and is well.")

        assert (await machine.raidbot("update", "v9.9.9", "--yes"))[0] == 1
        (machine.opt / "previous").unlink()
        (machine.opt / "previous").symlink_to("releases/v1.0.0")
        code, said = await machine.raidbot("rollback", "--yes")
        assert (code, machine.runs()) == (0, "v1.0.0"), said
        assert (machine.opt / "previous").resolve().name == "v1.10.0"
    finally:
        await machine.systemctl("stop", "raidbot-bot", "raidbot-backend")
        await house.stop()
