"""How what a guild sets about verification stands in its file: pure."""

from typing import Any

import pytest

from raidbot.features.realmeye.model.facts import GuildRank
from raidbot.features.realmeye.model.requirements import MaxedCharacters, Requirements
from raidbot.features.verification.model.config import (
    BadAddress,
    BadPart,
    BadRequirement,
    Config,
    Link,
    Page,
    Preset,
    Words,
)
from raidbot.features.verification.rules import files as rules

FULL = Config(
    words={Page.PANEL: Words("Be kind.\nBe raiders.", "https://example.org/a.png"), Page.MANUAL: Words("In the vault")},
    requirements=Requirements(
        stars=60,
        alive_fame=2000,
        account_months=6,
        maxed=MaxedCharacters(3, 6),
        deaths_at_least=10,
        deaths_at_most=0,
        last_seen_hidden=True,
        guild="Oryx's Own",
        guild_rank=GuildRank.OFFICER,
    ),
    links=[Link(f"Link: {number}/5", "https://example.org") for number in range(5)],
    presets=[Preset(f"Reason {number}", "Do better.") for number in range(20)],
)


def test_all_that_is_set_is_read_again_from_what_is_written() -> None:
    said = rules.words(FULL)
    asked = rules.requirements(FULL)

    for name, page in rules.PAGES.items():
        assert rules.words_of(said, name) == FULL.said(page)
    assert rules.with_requirements(Config(), asked).requirements == FULL.requirements
    assert rules.links_of(rules.links(FULL)) == FULL.links
    assert rules.reasons_of(rules.reasons(FULL)) == FULL.presets
    assert (asked["maxed"], asked["last_seen_hidden"], asked["deaths_at_most"]) == ("3x6", "yes", "0")
    for check, values in (
        (rules.check_words, said),
        (rules.check_requirement, asked),
        (rules.check_link, rules.links(FULL)),
        (rules.check_reason, rules.reasons(FULL)),
    ):
        assert {name: check(name, value) for name, value in values.items()} == values


def test_nothing_set_is_nothing_written() -> None:
    for shows in (rules.words, rules.requirements, rules.links, rules.reasons):
        assert shows(Config()) == {}
    assert rules.with_words(FULL, Page.PANEL, Words()).words == {Page.MANUAL: Words("In the vault")}


@pytest.mark.parametrize(
    ("check", "name", "value", "refusal"),
    [
        (rules.check_words, "panel/colour", "red", BadPart),
        (rules.check_words, "panel/text", "a" * 1501, BadPart),
        (rules.check_words, "panel/picture", "http://example.org", BadAddress),
        (rules.check_requirement, "fame", "1", BadRequirement),
        (rules.check_requirement, "stars", "many", BadRequirement),
        (rules.check_requirement, "last_seen_hidden", "no", BadRequirement),
        (rules.check_link, "06/label", "Rules", BadPart),
        (rules.check_link, "01/label", "", BadPart),
        (rules.check_link, "01/url", "example.org", BadAddress),
        (rules.check_reason, "one/how", "Better", BadPart),
        (rules.check_reason, "01/how", "a" * 301, BadPart),
    ],
)
def test_what_cannot_be_set_is_refused_with_what_can(check: Any, name: str, value: str, refusal: type) -> None:
    with pytest.raises(refusal):
        check(name, value)


@pytest.mark.parametrize(
    "values",
    [
        {"01/label": "Rules"},
        {"01/label": "Rules", "01/url": "https://a.b", "02/label": "rules", "02/url": "https://a.c"},
    ],
)
def test_halves_and_twins_do_not_fit_together(values: dict[str, str]) -> None:
    with pytest.raises(BadPart):
        rules.check_links(values)
