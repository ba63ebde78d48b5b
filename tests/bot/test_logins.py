"""Logins are counted over restarts, so that nothing that goes round in circles costs the token."""

from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from raidbot.bot.logins import MOST_A_DAY, LoginRefused, Logins
from raidbot.core.clock import Clock


@pytest.fixture
def clock_file(tmp_path: Path) -> Path:
    return tmp_path / "clock"


def logins(folder: Path, clock_file: Path) -> Logins:
    """The logins as a process finds them that was just started."""
    return Logins(folder / "logins", Clock(clock_file))


def test_after_200_logins_in_a_day_no_process_tries_again_until_one_is_a_day_old(
    tmp_path: Path, clock_file: Path
) -> None:
    for _ in range(MOST_A_DAY):
        logins(tmp_path / "var", clock_file).take()

    with pytest.raises(LoginRefused, match=r"200 times within a day and waits until 20.* resets a token after 1,000"):
        logins(tmp_path / "var", clock_file).take()
    clock_file.write_text(str(timedelta(days=1, seconds=1).total_seconds()))
    logins(tmp_path / "var", clock_file).take()

    assert len((tmp_path / "var/logins").read_text().split()) == 1


def test_a_file_that_was_cut_off_in_the_middle_counts_as_far_as_it_can_be_read(
    tmp_path: Path, clock_file: Path
) -> None:
    (tmp_path / "logins").write_text("2026-11-24T10:00:00+00:00\n2026-1\n\0\0\n")

    logins(tmp_path, clock_file).take()

    assert len((tmp_path / "logins").read_text().split()) >= 1


def test_where_nothing_can_be_written_a_process_counts_by_itself_and_says_so_once(
    tmp_path: Path, clock_file: Path
) -> None:
    (tmp_path / "file").touch()
    alone = logins(tmp_path / "file", clock_file)

    with structlog.testing.capture_logs() as told:
        for _ in range(MOST_A_DAY):
            alone.take()

    assert [line["event"] for line in told] == ["Logins are counted for this process alone"]
    with pytest.raises(LoginRefused):
        alone.take()
