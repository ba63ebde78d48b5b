"""The catalogue is data: these tests are what stands between a typing error and a raid."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.dungeons import catalogue
from raidbot.dungeons.catalogue import CatalogueFault
from raidbot.dungeons.classes import CLASSES
from raidbot.dungeons.model import Dungeon

SNAKE_PIT = """
name = "Snake Pit"
category = "Godland Dungeons"
colour = 0x29c71e
emoji = "🐍"

[[keys]]
key = "snake_pit_key"
name = "Snake Pit Key"
early_location = 15
"""
WANTED = """
[curse]
name = "Curse"
kind = "effect"
emoji = "🌀"
"""


def read(folder: Path, **files: str) -> tuple[Dungeon, ...]:
    (folder / "dungeons").mkdir()
    (folder / "wanted.toml").write_text(WANTED, encoding="utf-8")
    for name, text in files.items():
        (folder / "dungeons" / f"{name}.toml").write_text(text, encoding="utf-8")
    return catalogue.read_catalogue(folder / "dungeons", folder / "wanted.toml")


def names(found: list[Dungeon]) -> list[str]:
    return [one.name for one in found]


def test_all_52_dungeons_are_there_and_each_can_be_raided_with_emojis_that_every_server_has_raids_34() -> None:
    dungeons = catalogue.all_dungeons()

    assert len(dungeons) == 52
    assert sum(one.exalt for one in dungeons) == 13
    assert len({one.name for one in dungeons}) == 52
    for one in dungeons:
        assert one.keys, one.key
        emojis = [one.emoji, *(key.emoji for key in one.keys)]
        assert all(emoji and "<" not in emoji and not emoji.isascii() for emoji in emojis), one.key
        assert bool(one.wants) == one.exalt, one.key


def test_a_former_code_and_a_nickname_mean_one_dungeon() -> None:
    dungeons = catalogue.all_dungeons()
    codes = [code for one in dungeons for code in (one.key.upper(), *one.former_codes)]
    nicknames = [name for one in dungeons for name in (one.key, *one.aliases)]

    assert len(codes) == len(set(codes))
    assert len(nicknames) == len(set(nicknames))
    assert {"MOONLIGHT VILLAGE", "ADVANCED STEAMWORKS", "THE_VOID", "WETLANDS_KEY"} <= set(codes)


def test_woodland_labyrinth_has_a_key_raids_40() -> None:
    woodland = catalogue.find("woodland_labyrinth")

    assert woodland is not None
    assert [key.name for key in woodland.keys] == ["Woodland Labyrinth Key"]


def test_keys_of_one_dungeon_are_told_apart_by_label_and_emoji_raids_40() -> None:
    for key in ("void", "lost_halls", "oryx_3"):
        dungeon = catalogue.find(key)

        assert dungeon is not None
        assert len({one.label for one in dungeon.keys}) == len(dungeon.keys) > 1
        assert len({one.emoji for one in dungeon.keys}) == len(dungeon.keys)


def test_oryx_3_has_stages_instead_of_pops() -> None:
    oryx = catalogue.find("oryx_3")

    assert oryx is not None
    assert oryx.oryx3
    assert not oryx.pops
    assert [one.name for one in oryx.minibosses] == ["Dammah", "Gemsbok", "Leucoryx", "Beisa"]
    assert [one.key for one in catalogue.all_dungeons() if one.oryx3] == ["oryx_3"]


def test_the_parts_of_a_dungeon_are_found_by_key() -> None:
    oryx = catalogue.find("oryx_3")

    assert oryx is not None
    assert (rune := oryx.find_key("helm_rune"))
    assert rune.needed == 2
    assert (curse := oryx.find_want("curse"))
    assert curse.early_location == 1
    assert (beisa := oryx.find_miniboss("beisa"))
    assert beisa.title == "Chief Beisa"
    assert oryx.find_key("shatters_key") is None


def test_there_are_18_classes() -> None:
    assert len({one.key for one in CLASSES}) == 18
    assert len({one.emoji for one in CLASSES}) == 18


def test_a_dungeon_that_does_not_exist_is_not_found() -> None:
    assert catalogue.find("tutorial") is None


def test_without_text_the_exalts_are_suggested_with_oryx_3_first() -> None:
    found = catalogue.search("")

    assert names(found)[:4] == ["Oryx 3", "Advanced Nest", "Advanced Steamworks", "Cultist Hideout"]
    assert len(found) == 13


def test_without_text_recent_dungeons_come_before_the_exalts_and_none_twice() -> None:
    found = catalogue.search("  ", recent=["snake_pit", "shatters", "no_longer_known"])

    assert names(found)[:3] == ["Snake Pit", "Shatters", "Oryx 3"]
    assert len(found) == 14


def test_only_the_ten_newest_recent_dungeons_come_first() -> None:
    recent = [one.key for one in catalogue.all_dungeons() if not one.exalt][:12]

    found = catalogue.search("", recent)

    assert [one.key for one in found[:10]] == recent[:10]
    assert found[10].name == "Oryx 3"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("shat", ["Shatters"]),
        ("lh", ["Lost Halls"]),
        ("O3", ["Oryx 3"]),
        ("puppet masters", ["Puppet Master's Encore", "Puppet Master's Theatre"]),
        ("snake_pit", ["Snake Pit"]),
        ("nothing like it", []),
    ],
)
def test_text_finds_names_keys_and_nicknames(text: str, expected: list[str]) -> None:
    assert names(catalogue.search(text)) == expected


def test_exalts_come_before_the_rest_and_a_beginning_before_a_middle() -> None:
    found = names(catalogue.search("ice"))

    assert found == ["Ice Citadel", "Ice Cave", "Ice Tomb"]
    assert names(catalogue.search("s"))[0] == "Oryx 3"


@given(st.text(max_size=30), st.lists(st.text(max_size=10), max_size=20))
def test_whatever_is_typed_a_search_answers_at_most_25(text: str, recent: list[str]) -> None:
    found = catalogue.search(text, recent)

    assert len(found) <= 25
    assert len(set(found)) == len(found)


def test_a_dungeon_is_read_from_a_file_named_after_it(tmp_path: Path) -> None:
    (dungeon,) = read(tmp_path, snake_pit=SNAKE_PIT + "[wants]\ncurse = { needed = 2 }\n")

    assert dungeon.key == "snake_pit"
    assert dungeon.keys[0].label == "Key"
    assert [(want.name, want.needed) for want in dungeon.wants] == [("Curse", 2)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name = ", "snake_pit.toml: Invalid value"),
        (
            SNAKE_PIT.replace("15", '"many"'),
            "snake_pit.toml: Expected `int`, got `str` - at `$.keys[0].early_location`",
        ),
        (SNAKE_PIT.replace("colour", "color"), "snake_pit.toml: Object contains unknown field `color`"),
        (SNAKE_PIT.replace("Snake Pit", "Pit of Many Snakes", 1), "snake_pit.toml: short: missing"),
        (SNAKE_PIT + "[wants]\nluck = {}", "snake_pit.toml: wants: luck is not in wanted.toml"),
        (SNAKE_PIT + SNAKE_PIT[SNAKE_PIT.index("[[") :], "snake_pit.toml: keys: key: snake_pit_key stands there twice"),
        ("oryx3 = true\n" + SNAKE_PIT, "snake_pit.toml: minibosses: missing"),
    ],
)
def test_a_fault_names_the_file_and_the_field(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(CatalogueFault) as fault:
        read(tmp_path, snake_pit=text)

    assert told in str(fault.value)


def test_one_key_has_one_name_in_all_dungeons(tmp_path: Path) -> None:
    other = SNAKE_PIT.replace('name = "Snake Pit Key"', 'name = "Viper Key"')

    with pytest.raises(CatalogueFault, match=r"viper\.toml: keys: snake_pit_key is called Snake Pit Key elsewhere"):
        read(tmp_path, snake_pit=SNAKE_PIT, viper=other)
