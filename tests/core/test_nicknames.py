"""What nicknames say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.core.nicknames import main_name, worn

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
    assert worn(before, wanted) == after


@given(st.text(max_size=40), st.lists(IGNS, min_size=1, max_size=5))
def test_a_nickname_is_never_too_long_nor_without_the_main_name_community_b19(before: str, names: list[str]) -> None:
    said = worn(before, " | ".join(names))

    assert len(said) <= 32
    assert names[0] in said.split(" | ")[0]


@given(st.text(max_size=40), st.lists(IGNS, min_size=1, max_size=5))
def test_a_nickname_that_says_it_already_stays(before: str, names: list[str]) -> None:
    said = worn(before, " | ".join(names))

    assert worn(said, " | ".join(names)) == said


@given(st.lists(IGNS, min_size=1, max_size=3))
def test_the_main_name_is_read_back_from_a_nickname_of_ours(names: list[str]) -> None:
    assert main_name(worn("[Lead] x", " | ".join(names))) == names[0]


@pytest.mark.parametrize("nickname", ["", "Rook 2", "R00k", "Андрей", "[Lead]", "!!!", "a" * 17, "Ro ok | Castle"])
def test_no_nickname_is_trusted_that_says_no_ign_community_w5(nickname: str) -> None:
    assert main_name(nickname) is None
