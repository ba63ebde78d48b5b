"""What somebody types about how many a raid needs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.dungeons import catalogue
from raidbot.dungeons.needs import MOST, needing, read_needs, worded

ORYX = catalogue.find("oryx_3")
EVERY = [one.key for dungeon in catalogue.all_dungeons() for one in (*dungeon.keys, *dungeon.wants)]


@pytest.mark.parametrize(
    "typed",
    ["Helm Rune 2, Curse 1", "helm_rune=2; curse: 1", "  HELM RUNE  2,\n\ncurse 01", "Helm Rune: 2, Curse 1,"],
)
def test_names_and_numbers_are_read_however_they_are_typed(typed: str) -> None:
    assert ORYX is not None
    assert read_needs(typed, [ORYX]) == {"helm_rune": 2, "curse": 1}


@pytest.mark.parametrize(
    "typed",
    ["", " , ", "Helm Rune", "2", "Helm Rune -1", "Helm Rune 100", "Cult Key 2", "Curse 1, curse 2", "Curse1 2"],
)
def test_what_says_no_numbers_of_this_dungeon_is_not_read(typed: str) -> None:
    assert ORYX is not None
    assert read_needs(typed, [ORYX]) is None


@given(st.dictionaries(st.sampled_from(EVERY), st.integers(0, MOST), min_size=1))
def test_what_is_worded_reads_back_as_the_same(needs: dict[str, int]) -> None:
    dungeons = catalogue.all_dungeons()

    assert read_needs(worded(needs, dungeons), dungeons) == needs


def test_a_raid_sees_its_own_numbers_and_the_catalogues_for_the_rest() -> None:
    assert ORYX is not None
    seen = needing(ORYX, {"helm_rune": 0, "curse": 5})

    assert [key.needed for key in seen.keys if key.key == "helm_rune"] == [0]
    assert [key.needed for key in seen.keys if key.key == "sword_rune"] == [2]
    assert [want.needed for want in seen.wants if want.key == "curse"] == [5]
    assert needing(ORYX, {}) is ORYX
