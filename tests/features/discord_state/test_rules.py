"""When what failed in Discord is tried again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.features.discord_state import rules
from raidbot.features.discord_state.rules import LONGEST_PAUSE, next_try

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def test_the_pause_doubles() -> None:
    pauses = [(next_try(tries, NOW) - NOW).total_seconds() for tries in range(4)]

    assert pauses == [5, 10, 20, 40]


@given(st.integers(min_value=0, max_value=10_000))
def test_nothing_waits_longer_than_a_quarter_of_an_hour(tries: int) -> None:
    assert timedelta(0) < next_try(tries, NOW) - NOW <= LONGEST_PAUSE


IGNS = st.from_regex(r"[A-Za-z]{1,16}", fullmatch=True)


@pytest.mark.parametrize(
    ("before", "wanted", "after"),
    [
        ("", "Rook", "Rook"),
        ("Old name", "Rook | Castle", "Rook | Castle"),
        ("!Old", "Rook", "!Rook"),
        ("[Lead] Old", "Rook | Castle", "[Lead] Rook | Castle"),
        ("✨ (RL) Old", "Rook", "✨ (RL) Rook"),
        ("__Old__", "Rook", "__Rook"),
        ("Андрей", "Rook", "Rook"),
        ("<@1> Old", "Rook", "<@1> Rook"),
        ("[Lead] Old", "Abcdefghijklmnop | Qrstuvwxyzabcdef", "[Lead] Abcdefghijklmnop | Qrstu…"),
        ("", "Abcdefghijklmnop | Qrstuvwxyzabcdef", "Abcdefghijklmnop | Qrstuvwxyzab…"),
        ("", "Abcdefghijklmnop | Qrstuvwxyz | Abcd", "Abcdefghijklmnop | Qrstuvwxyz"),
        ("!" * 20, "Abcdefghijklmnop", "Abcdefghijklmnop"),
    ],
)
def test_a_nickname_keeps_what_stood_in_front_and_says_as_many_names_as_fit_community_b19(
    before: str, wanted: str, after: str
) -> None:
    assert rules.worn(before, wanted) == after


@given(st.text(max_size=40), st.lists(IGNS, min_size=1, max_size=5))
def test_a_nickname_is_never_too_long_nor_without_the_main_name_community_b19(before: str, names: list[str]) -> None:
    said = rules.worn(before, " | ".join(names))

    assert len(said) <= 32
    assert names[0] in said.split(" | ")[0]


@given(st.text(max_size=40), st.lists(IGNS, min_size=1, max_size=5))
def test_a_nickname_that_says_it_already_stays(before: str, names: list[str]) -> None:
    said = rules.worn(before, " | ".join(names))

    assert rules.worn(said, " | ".join(names)) == said
