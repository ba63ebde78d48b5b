"""What a guild asks of a player: met, not met and how far, or not to be told and what to open."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.features.realmeye.model.facts import ABSENT, HIDDEN, Fact, Facts, GuildRank, Kind, Presence, known
from raidbot.features.realmeye.model.requirements import Check, MaxedCharacters, Outcome, Requirement, Requirements
from raidbot.features.realmeye.rules.requirements import checklist, pages_for

SEEN = datetime(2026, 11, 20, tzinfo=UTC)


def checked(wanted: Requirements, **facts: Fact[Any]) -> Check:
    """The one line of a checklist."""
    (line,) = checklist(wanted, Facts(ign="Rook", **facts))
    return line


def verdict(wanted: Requirements, **facts: Fact[Any]) -> Outcome:
    return checked(wanted, **facts).outcome


MET, NOT_MET, CANNOT_TELL = Outcome.MET, Outcome.NOT_MET, Outcome.CANNOT_TELL
FULL = {"maxed": MaxedCharacters(2)}


@pytest.mark.parametrize(
    ("wanted", "facts", "outcome"),
    [
        ({"stars": 60}, {"stars": known(60)}, MET),
        ({"stars": 60}, {"stars": known(59)}, NOT_MET),
        ({"stars": 60}, {"stars": HIDDEN}, CANNOT_TELL),
        ({"stars": 60}, {}, CANNOT_TELL),
        ({"alive_fame": 2000}, {"alive_fame": known(2000)}, MET),
        ({"alive_fame": 2000}, {"alive_fame": known(0)}, NOT_MET),
        ({"alive_fame": 2000}, {"account_fame": known(90_000)}, CANNOT_TELL),
        ({"account_months": 6}, {"age_days": known(183)}, MET),
        ({"account_months": 6}, {"age_days": known(182)}, NOT_MET),
        ({"account_months": 6}, {"age_days": HIDDEN}, CANNOT_TELL),
        (FULL, {"maxed": known([8, 5, 8])}, MET),
        (FULL, {"maxed": known([8, 7, 7, 7])}, NOT_MET),
        (FULL, {"maxed": known(list[int]())}, NOT_MET),
        (FULL, {"maxed": HIDDEN}, CANNOT_TELL),
        ({"maxed": MaxedCharacters(3, 6)}, {"maxed": known([6, 7, 8, 5])}, MET),
        ({"deaths_at_least": 10}, {"deaths": known(10)}, MET),
        ({"deaths_at_least": 10}, {"deaths": known(9)}, NOT_MET),
        ({"deaths_at_least": 10}, {}, CANNOT_TELL),
        ({"deaths_at_most": 10}, {"deaths": known(10)}, MET),
        ({"deaths_at_most": 10}, {"deaths": known(11)}, NOT_MET),
        ({"deaths_at_most": 10}, {}, CANNOT_TELL),
        ({"deaths_at_most": 0}, {"deaths": HIDDEN}, CANNOT_TELL),
        ({"last_seen_hidden": True}, {"last_seen": HIDDEN}, MET),
        ({"last_seen_hidden": True}, {"last_seen": known(SEEN)}, NOT_MET),
        ({"last_seen_hidden": True}, {"last_seen": ABSENT}, CANNOT_TELL),
        ({"guild": "Night Owls"}, {"guild": known("night owls")}, MET),
        ({"guild": "Night Owls"}, {"guild": known("Night Owl")}, NOT_MET),
        ({"guild": "Night Owls"}, {}, CANNOT_TELL),
        ({"guild_rank": GuildRank.OFFICER}, {"guild_rank": known(GuildRank.LEADER)}, MET),
        ({"guild_rank": GuildRank.OFFICER}, {"guild_rank": known(GuildRank.OFFICER)}, MET),
        ({"guild_rank": GuildRank.OFFICER}, {"guild_rank": known(GuildRank.MEMBER)}, NOT_MET),
        ({"guild_rank": GuildRank.INITIATE}, {}, CANNOT_TELL),
    ],
)
def test_each_requirement_by_itself_community_w16(
    wanted: dict[str, Any], facts: dict[str, Fact[Any]], outcome: Outcome
) -> None:
    assert verdict(Requirements(**wanted), **facts) is outcome


def test_who_is_not_there_yet_reads_how_far_they_are() -> None:
    line = checked(Requirements(stars=60), stars=known(41))

    assert (line.found, line.wanted) == ("41 stars", "at least 60 stars")
    assert line.how == "Come back when you have reached it."


def test_numbers_are_worded_for_people() -> None:
    assert checked(Requirements(stars=1), stars=known(1)).found == "1 star"
    assert checked(Requirements(alive_fame=20_000), alive_fame=known(1_500)).wanted == "at least 20,000 alive fame"
    assert checked(Requirements(maxed=MaxedCharacters(3)), maxed=known([8])).found == "1 8/8 character"
    assert checked(Requirements(account_months=6), age_days=known(100)).found == "3 months"


def test_what_cannot_be_told_names_the_section_to_open() -> None:
    line = checked(Requirements(maxed=MaxedCharacters(1)), maxed=HIDDEN)

    assert "RealmEye does not show your characters" in line.how
    assert "open Settings" in line.how


def test_a_guild_that_asks_nothing_has_an_empty_list() -> None:
    assert checklist(Requirements(), Facts(ign="Rook")) == []


def test_the_graveyard_is_read_only_where_deaths_count() -> None:
    assert pages_for(Requirements(stars=5)) == (Kind.PROFILE,)
    assert pages_for(Requirements(deaths_at_most=0)) == (Kind.PROFILE, Kind.GRAVEYARD)


EVERYTHING = Requirements(
    stars=60,
    alive_fame=1000,
    account_months=12,
    maxed=MaxedCharacters(2),
    deaths_at_least=1,
    deaths_at_most=50,
    last_seen_hidden=True,
    guild="Night Owls",
    guild_rank=GuildRank.MEMBER,
)


def test_all_requirements_are_listed_once_each() -> None:
    lines = checklist(EVERYTHING, Facts(ign="Rook"))

    assert sorted(line.requirement for line in lines) == sorted(Requirement)
    assert {line.outcome for line in lines} == {CANNOT_TELL}
    assert all(line.how for line in lines)


def facts_of(value: st.SearchStrategy[Any]) -> st.SearchStrategy[Fact[Any]]:
    return st.one_of(st.just(ABSENT), st.just(HIDDEN), value.map(known))


PEOPLE = st.builds(
    Facts,
    ign=st.just("Rook"),
    stars=facts_of(st.integers(0, 100)),
    alive_fame=facts_of(st.integers(0, 10**6)),
    age_days=facts_of(st.integers(0, 5000)),
    last_seen=facts_of(st.just(SEEN)),
    guild=facts_of(st.sampled_from(["Night Owls", "Others"])),
    guild_rank=facts_of(st.sampled_from(GuildRank)),
    maxed=facts_of(st.lists(st.integers(0, 8))),
    deaths=facts_of(st.integers(0, 1000)),
)

FACT_OF = {
    Requirement.STARS: "stars",
    Requirement.ALIVE_FAME: "alive_fame",
    Requirement.ACCOUNT_MONTHS: "age_days",
    Requirement.MAXED: "maxed",
    Requirement.DEATHS_AT_LEAST: "deaths",
    Requirement.DEATHS_AT_MOST: "deaths",
    Requirement.GUILD: "guild",
    Requirement.GUILD_RANK: "guild_rank",
}


@given(PEOPLE)
def test_what_is_not_known_is_never_met_and_never_failed(facts: Facts) -> None:
    for line in checklist(EVERYTHING, facts):
        if line.requirement is Requirement.LAST_SEEN_HIDDEN:
            assert (line.outcome is MET) == (facts.last_seen.presence is Presence.HIDDEN)
            continue
        fact: Fact[Any] = getattr(facts, FACT_OF[line.requirement])
        assert (line.outcome is CANNOT_TELL) == (fact.presence is not Presence.KNOWN)


@given(PEOPLE, st.integers(0, 50))
def test_having_more_never_turns_met_into_not_met(facts: Facts, more: int) -> None:
    least = Requirements(stars=50)
    richer = Facts(ign="Rook", stars=known((facts.stars.value or 0) + more))

    if verdict(least, stars=known(facts.stars.value or 0)) is MET:
        assert checklist(least, richer)[0].outcome is MET
