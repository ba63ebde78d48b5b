"""What a bot process is called: the same after a restart, another beside a process that runs."""

from contextlib import closing
from pathlib import Path

from raidbot.cli.leasing import Identity


def test_a_restart_in_the_same_folder_keeps_the_name(tmp_path: Path) -> None:
    with closing(Identity(tmp_path / "var")) as before:
        name = before.name

    with closing(Identity(tmp_path / "var")) as after:
        assert after.name == name


def test_two_processes_at_once_are_told_apart(tmp_path: Path) -> None:
    with closing(Identity(tmp_path)) as one, closing(Identity(tmp_path)) as two:
        assert one.name != two.name


def test_where_nothing_can_be_written_the_name_is_new_each_time(tmp_path: Path) -> None:
    folder = tmp_path / "file"
    folder.write_text("")

    assert Identity(folder).name != Identity(folder).name
