"""What `raidbot init` and `raidbot rotate` do to `.env`."""

import stat
from pathlib import Path

import pytest

from raidbot.cli import envfile

TEXT = "# mine\nPORT=4000\n#SECRET_KEY=old\nSECRET_KEY=abc\nLOG_LEVEL = debug\nSECRET_KEY=again\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / ".env"
    file.write_text(TEXT)
    return file


def test_what_changes_is_told_without_a_secret(file: Path) -> None:
    wanted = {"PORT": "5000", "SECRET_KEY": "new", "LOG_LEVEL": "debug", "BACKEND_API_KEY": "k", "REDIS_URL": None}

    told = list(envfile.changes(file, wanted))

    assert told == ["PORT: 4000 -> 5000", "SECRET_KEY: gets another value", "BACKEND_API_KEY: is set"]


def test_lines_change_where_they_stand_and_everything_else_stays(file: Path) -> None:
    envfile.write(file, {"SECRET_KEY": "new", "PORT": None, "BIND": "0.0.0.0"})

    assert file.read_text() == "# mine\n#SECRET_KEY=old\nSECRET_KEY=new\nLOG_LEVEL = debug\nBIND=0.0.0.0\n"
    assert envfile.read(file) == {"SECRET_KEY": "new", "LOG_LEVEL": "debug", "BIND": "0.0.0.0"}


def test_only_the_owner_reads_what_is_written_and_a_group_that_was_let_in(tmp_path: Path, file: Path) -> None:
    envfile.write(tmp_path / "new" / ".env", {"PORT": "1"})
    file.chmod(0o640)
    envfile.write(file, {"PORT": "1"})

    assert stat.S_IMODE((tmp_path / "new" / ".env").stat().st_mode) == 0o600
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [one.name for one in (tmp_path / "new").iterdir()] == [".env"]
