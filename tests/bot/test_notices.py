"""Every notice has words, and a row that says who must notice it and who must not."""

import re
from pathlib import Path

import pytest

from raidbot import features
from raidbot.bot.notices import MARKS_FROM, Told, mark_of, notice, notices
from raidbot.core.ids import GuildId, RoleId, UserId
from raidbot.features.runs.model.notices import Saying

features.load("panels")

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "notices.md"


def test_everything_that_is_told_has_words_and_a_row_that_says_whom_it_concerns() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert set(rows) == set(notices) >= set(Saying)
    assert len(rows) == len(set(rows))


def test_a_kind_is_worded_once() -> None:
    kind = next(iter(notices))

    with pytest.raises(ValueError, match="two functions word"):
        notice(kind, panel="run", desk="run_desk", instead="raid")(notices[kind].words)


def test_exactly_those_are_pinged_that_the_record_names() -> None:
    told = Told(
        guild_id=GuildId(1),
        id=7,
        subject_id=41,
        body={},
        here=False,
        role_ids=[RoleId(5)],
        user_ids=[UserId(6)],
        link=None,
    )

    assert told.calls == "<@&5> <@6>"
    assert told.mentions.to_dict() == {"parse": [], "roles": [5], "users": [6]}


def test_the_mark_of_a_notice_is_none_that_discord_gives_by_itself() -> None:
    assert MARKS_FROM < mark_of(1) < mark_of(2) < 2**31
    assert mark_of(2**62) < 2**31
