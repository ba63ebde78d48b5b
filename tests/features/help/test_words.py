"""What `/ping` says about RealmEye."""

from datetime import UTC, datetime
from typing import Any

from raidbot.features.help.commands import paged, realmeye_line
from raidbot.features.realmeye.api import Site
from raidbot.features.realmeye.model.queue import Reason


def a_site(**told: Any) -> Site:
    usual: dict[str, Any] = {
        "away_since": None,
        "away_reason": None,
        "next_try_at": None,
        "waiting": 0,
        "oldest_wanted_at": None,
    }
    return Site(**{**usual, **told})


def test_a_site_that_answers_is_said_to_and_how_many_wait() -> None:
    assert realmeye_line(a_site()) == "RealmEye answers"
    assert realmeye_line(a_site(waiting=3)) == "RealmEye answers, 3 pages waited for"


def test_a_site_that_is_away_is_told_with_since_when_and_the_next_try() -> None:
    since, later = (datetime(2026, 11, 24, 20, minute, tzinfo=UTC) for minute in (14, 30))

    told = realmeye_line(a_site(away_since=since, away_reason=Reason.FORBIDDEN, next_try_at=later, waiting=1))

    assert told == "RealmEye away since <t:1795551240:t>, 1 page waited for, tried again <t:1795552200:R>"


def test_a_long_list_is_read_page_by_page_and_no_line_is_lost() -> None:
    lines = [f"`/command{number}` " + "about " * 20 for number in range(100)]

    pages = paged(lines)

    assert [line for page in pages for line in page] == lines
    assert all(sum(len(line) + 1 for line in page) <= 2501 for page in pages)
    assert paged([]) == [[]]
