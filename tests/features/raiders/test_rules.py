"""What may be an IGN, and whose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.core.ids import UserId
from raidbot.core.ranks import Rank
from raidbot.features.raiders import rules
from raidbot.features.raiders.model import IgnTaken, InvalidIgn, NotYourName


@given(st.from_regex(r"[A-Za-z]{1,16}", fullmatch=True))
def test_letters_are_kept_in_their_capitals(ign: str) -> None:
    assert rules.checked_ign(f" {ign} ") == ign


@pytest.mark.parametrize("typed", ["", " ", "A" * 17, "Rook1", "Ro ok", "Röok", "Rook\n\nx", "<@1>"])
def test_what_the_game_does_not_know_is_refused_with_what_it_does(typed: str) -> None:
    with pytest.raises(InvalidIgn, match=r"1 to 16 letters.*Type it as the game shows it"):
        rules.checked_ign(typed)


def test_an_owned_ign_is_refused_without_a_name_in_the_sentence() -> None:
    with pytest.raises(IgnTaken, match="Check the spelling") as refused:
        rules.check_owner(UserId(77), UserId(78))

    assert "77" not in refused.value.sentence
    assert refused.value.details == {"user_id": "77"}


def test_a_free_ign_and_ones_own_are_fine() -> None:
    rules.check_owner(None, UserId(78))
    rules.check_owner(UserId(78), UserId(78))


def test_raiders_see_their_own_name_and_organizers_every_one() -> None:
    rules.check_look(UserId(1), Rank.MEMBER, UserId(1))
    rules.check_look(UserId(2), Rank.ORGANIZER, UserId(1))
    with pytest.raises(NotYourName, match="Ask an organizer"):
        rules.check_look(UserId(2), Rank.VERIFIED_RAIDER, UserId(1))
