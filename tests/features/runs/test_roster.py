"""The list of raiders as those who lead read it: names that can be copied, in one message whatever the crowd."""

import discord
from hypothesis import given
from hypothesis import strategies as st
from tests.features.runs.made import a_run

from raidbot.core.ids import UserId
from raidbot.features.runs.model.joins import JoinState, RunRaider
from raidbot.features.runs.panels.raiders import roster

DISCORD_TAKES = 4000


def texts(raiders: list[RunRaider], names: dict[int, str] | None = None) -> list[str]:
    view = roster(a_run(), raiders, (names or {}).get, "Taken out: nobody.")
    return [one.content for one in view.walk_children() if isinstance(one, discord.ui.TextDisplay)]


def raider(number: int, ign: str | None, state: JoinState = JoinState.JOIN) -> RunRaider:
    return RunRaider(user_id=UserId(number), ign=ign, state=state, plays="wizard", keys=["shatters_key"])


def test_who_has_no_ign_is_listed_by_the_name_in_the_server_which_cannot_end_the_block() -> None:
    text = "\n".join(texts([raider(1, None), raider(2, None)], {1: "Ro``` ok"}))

    assert "Ro''' ok (no IGN) - Wizard" in text
    assert "Somebody who left (no IGN)" in text
    assert text.count("```") == 2


@given(inside=st.integers(0, 500), waiting=st.integers(0, 200), longest=st.integers(1, 16))
def test_the_list_fits_into_one_message_and_says_how_many_stand_in_the_file_alone(
    inside: int, waiting: int, longest: int
) -> None:
    crowd = [raider(number, "N" * longest) for number in range(inside)]
    line = [raider(1000 + number, None, JoinState.WAITING) for number in range(waiting)]

    told = texts([*crowd, *line])

    assert sum(map(len, told)) <= DISCORD_TAKES
    for listed, number in zip([one for one in told if "```" in one], [inside, waiting], strict=False):
        rows = [one for one in listed.split("```")[1].splitlines() if " - Wizard" in one]
        rest = listed.partition("... and ")[2].partition(" more")[0]
        assert len(rows) + int(rest or 0) == number
