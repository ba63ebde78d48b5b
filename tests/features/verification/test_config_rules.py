"""What may stand in a guild's configuration: pure."""

import pytest

from raidbot.features.realmeye.model.facts import GuildRank
from raidbot.features.realmeye.model.requirements import MaxedCharacters, Requirement, Requirements
from raidbot.features.verification.model.config import (
    MOST_LINKS,
    MOST_PRESETS,
    BadAddress,
    BadRequirement,
    Config,
    NothingSaid,
    Page,
    TooMany,
    UnknownPreset,
    Words,
)
from raidbot.features.verification.rules import config as rules
from raidbot.features.verification.rules.config import PRESETS, READERS


@pytest.mark.parametrize("url", ["https://i.example.org/a.png", "  https://example.org/a b.png".replace(" b", "")])
def test_an_address_that_discord_shows_is_taken(url: str) -> None:
    assert rules.checked_url(url) == url.strip()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "picture",
        "http://example.org/a.png",
        "https://",
        "https://localhost/a.png",
        "javascript:alert(1)",
        "https://example.org/a b.png",
        "https://me:secret@example.org/a.png",
        "https://example.org:port/a.png",
        "https://[::1/a.png",
        "https://example.org/" + "a" * 500,
        "attachment://a.png",
    ],
)
def test_what_would_break_a_message_is_refused_before_it_is_stored_community_b10_b12(url: str) -> None:
    with pytest.raises(BadAddress):
        rules.checked_url(url)
    with pytest.raises((BadAddress, NothingSaid)):
        rules.with_words(Config(), Page.PANEL, None, url)
    with pytest.raises(BadAddress):
        rules.with_link(Config(), "Rules", url)


def test_words_are_set_one_by_one_and_cleared_together_community_b7() -> None:
    text = rules.with_words(Config(), Page.MANUAL, "In the vault.\\nAll of it.", None)
    both = rules.with_words(text, Page.MANUAL, None, "https://example.org/a.png")

    assert both.said(Page.MANUAL) == Words("In the vault.\nAll of it.", "https://example.org/a.png")
    assert rules.without_words(both, Page.MANUAL) == Config()
    with pytest.raises(NothingSaid):
        rules.with_words(both, Page.MANUAL, None, None)


@pytest.mark.parametrize(
    ("requirement", "typed", "wanted"),
    [
        (Requirement.STARS, "60", Requirements(stars=60)),
        (Requirement.ALIVE_FAME, "2,000", Requirements(alive_fame=2000)),
        (Requirement.ACCOUNT_MONTHS, "6", Requirements(account_months=6)),
        (Requirement.MAXED, "2", Requirements(maxed=MaxedCharacters(2))),
        (Requirement.MAXED, "3 x 6/8", Requirements(maxed=MaxedCharacters(3, 6))),
        (Requirement.DEATHS_AT_MOST, "0", Requirements(deaths_at_most=0)),
        (Requirement.LAST_SEEN_HIDDEN, "Yes", Requirements(last_seen_hidden=True)),
        (Requirement.GUILD, " Night Owls ", Requirements(guild="Night Owls")),
        (Requirement.GUILD_RANK, "officer", Requirements(guild_rank=GuildRank.OFFICER)),
    ],
)
def test_a_requirement_is_read_as_staff_type_it_and_cleared_again(
    requirement: Requirement, typed: str, wanted: Requirements
) -> None:
    asked = rules.with_requirement(Config(), requirement, typed)

    assert asked.requirements == wanted
    assert rules.with_requirement(asked, requirement, None) == Config()


@pytest.mark.parametrize("requirement", list(Requirement))
@pytest.mark.parametrize("typed", ["", "-1", "a lot", "999999999999", "9x9"])
def test_a_requirement_that_makes_no_sense_is_refused_with_what_does(requirement: Requirement, typed: str) -> None:
    if requirement is Requirement.GUILD and typed:
        return
    with pytest.raises(BadRequirement) as refused:
        rules.with_requirement(Config(), requirement, typed)
    assert READERS[requirement][1] in refused.value.sentence


def test_links_and_presets_have_an_end_and_one_place_a_name() -> None:
    config = Config()
    for number in range(MOST_LINKS):
        config = rules.with_link(config, f"Link {number}", "https://example.org")
    with pytest.raises(TooMany):
        rules.with_link(config, "One more", "https://example.org")
    again = rules.with_link(config, "LINK 1", "https://example.org/new")
    assert [one.label for one in again.links] == ["Link 0", "Link 2", "Link 3", "Link 4", "LINK 1"]

    config = rules.without_preset(Config(), PRESETS[0].name.upper())
    assert list(config.presets) == list(PRESETS[1:])
    with pytest.raises(UnknownPreset):
        rules.without_preset(config, PRESETS[0].name)
    for number in range(MOST_PRESETS - len(config.presets)):
        config = rules.with_preset(config, f"Reason {number}", "Do better.")
    with pytest.raises(TooMany):
        rules.with_preset(config, "One more", "Do better.")
