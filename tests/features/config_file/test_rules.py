"""How a configuration file is written, read and compared."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.core.ids import GuildId
from raidbot.features.config_file import rules
from raidbot.features.config_file.model import BadConfigFile, Change, SectionShown, Written

GUILD = GuildId(700)
NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
ROLES = SectionShown("roles", "Which role is which", "roles", {"organizer": "31"})
SETTINGS = SectionShown("settings", "What is set", "texts", {"roster": "all", "start_needs/shatters": "party"})


def values(text: str) -> dict[str, dict[str, str]]:
    _, sections = rules.read(text)
    return {name: {key: one.value for key, one in entries.items()} for name, entries in sections.items()}


def test_a_file_holds_ids_with_what_they_are_called_beside_them() -> None:
    text = rules.written(GUILD, [ROLES, SETTINGS], {"31": "@Raid\nLeader", "700": "My # server"}, NOW)

    assert '  organizer: "31"  # @Raid Leader\n' in text
    assert "# The configuration of My # server, 2026-11-24 20:00 UTC.\n" in text
    assert '  start_needs:\n    shatters: "party"\n' in text


TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)
NAMES = st.from_regex(r"\A[a-z_]{1,12}(/[a-z_0-9]{1,12})?\Z")


@given(st.dictionaries(NAMES, TEXTS, max_size=8))
def test_whatever_texts_are_written_are_read_again(entries: dict[str, str]) -> None:
    heads = {key for key in entries if "/" not in key}
    clean = {key: value for key, value in entries.items() if "/" not in key or key.partition("/")[0] not in heads}
    section = SectionShown("texts", "Texts", "texts", clean)

    assert values(rules.written(GUILD, [section], {}, NOW)) == {"texts": clean}


def test_values_are_the_texts_that_they_are_and_nothing_stands_for_clearing() -> None:
    text = 'settings:\n  a: on\n  b: 010\n  c: ~\n  d: null\n  e: "null"\n  f:\nroles:\n'

    assert values(text) == {"settings": {"a": "on", "b": "010", "e": "null"}, "roles": {}}


BOMB = "a: &a {x: y}\nb: *a\n"
BAD = [
    (BOMB, "Line 1: `a`: anchors and aliases"),
    ("roles:\n  a: *b\n", "Line 2: `roles.a`: anchors and aliases"),
    ("roles:\n  - 1\n", "Line 2: `roles`: only names with values may stand here, no lists"),
    ("roles:\n  a: 1\n  a: 2\n", "Line 3: `roles.a`: it stands there twice"),
    ("roles:\n  a: 1\nroles:\n  b: 1\n", "Line 3: `roles`: it stands there twice"),
    ("a:\n  b:\n    c:\n      d: 1\n", "Line 4: `a.b.c`: nothing stands that deep"),
    ("{" * 10_000, "nothing stands that deep"),
    ("[" * 10_000, "no lists"),
    ("? {a: b}\n: c\n", "nothing stands that deep"),
    ("a: 'open\n", "this is no YAML"),
    ("a: !!python/object:os.system x\nb: 1\n", "a section holds names and values"),
    ("roles: 5\n", "Line 1: `roles`: a section holds names and values"),
    ("a: {b: 1}\n---\na: {b: 1}\n", "no lists"),
    ("a: \x00", "this is no YAML"),
    ("# " + "x" * rules.LARGEST, "larger than 256 KiB"),
]


@pytest.mark.parametrize(("text", "says"), BAD, ids=range(len(BAD)))
def test_what_has_no_place_in_a_file_is_refused_with_its_line(text: str, says: str) -> None:
    with pytest.raises(BadConfigFile) as refused:
        rules.read(text)

    assert says in refused.value.sentence


@pytest.mark.parametrize(
    ("general", "says"),
    [
        ({}, "`version`: it is missing"),
        ({"version": Written("2", 3)}, "Line 3: `version`: I read version 1 alone"),
        ({"version": Written("1", 1), "guild": Written("701", 2)}, "Line 2: `guild`: this file is of another server"),
    ],
)
def test_a_file_of_another_version_or_server_is_refused(general: dict[str, Written], says: str) -> None:
    with pytest.raises(BadConfigFile, match="Nothing was changed") as refused:
        rules.check_general(general, GUILD)

    assert says in refused.value.sentence


def test_only_sections_that_stand_in_the_file_change_and_what_they_leave_out_is_cleared_community_b7() -> None:
    held = {"roles": ROLES, "settings": SETTINGS}

    assert rules.changes(held, {"settings": {"roster": "staff"}}) == [
        Change("settings", "texts", "roster", "all", "staff"),
        Change("settings", "texts", "start_needs/shatters", "party", None),
    ]


def test_many_complaints_are_cut_and_counted() -> None:
    told = rules.complaint([f"Line {n}: wrong." for n in range(40)]).sentence

    assert "Line 9" in told
    assert "Line 10" not in told
    assert told.endswith("… and 30 more.")
