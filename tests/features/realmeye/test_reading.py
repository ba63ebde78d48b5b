"""What is read from a page, from half of one, and from one that is built otherwise."""

import re
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.features.realmeye.pages import PAGES, a_player

from raidbot.features.realmeye.model.facts import (
    ABSENT,
    HIDDEN,
    ClassExaltations,
    Fact,
    Facts,
    FormerName,
    GuildRank,
    Kind,
    Presence,
    Reading,
    Standing,
    known,
)
from raidbot.features.realmeye.rules.reading import read
from realmeye_loopback import markup
from realmeye_loopback.players import Deaths, Player, Section


def page(kind: Kind, player: Player | None = None) -> str:
    return PAGES[kind](player or a_player())


def profile(**changed: Any) -> Facts:
    return read(Kind.PROFILE, page(Kind.PROFILE, a_player(**changed)), "Rook").facts


def a_summary(*rows: tuple[str, str], rest: str = "") -> str:
    """A page with a summary of our own making."""
    cells = "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in rows)
    head = '<h1><span class="entity-name">Rook</span></h1>'
    return f"<html><body><div>{head}<table class=summary>{cells}</table>{rest}</div></body></html>"


def of_summary(*rows: tuple[str, str], rest: str = "") -> Facts:
    return read(Kind.PROFILE, a_summary(*rows, rest=rest), "Rook").facts


def test_a_profile_tells_all_that_stands_on_it() -> None:
    assert profile() == Facts(
        ign="Rook",
        stars=known(62),
        alive_fame=known(2550),
        account_fame=known(108_005),
        age_days=known(6 * 365 + 289),
        last_seen=known(datetime(2026, 11, 20, 18, 15, 9, tzinfo=UTC)),
        guild=known("Night Owls"),
        guild_rank=known(GuildRank.OFFICER),
        maxed=known([8, 5, 8]),
        description=known(["Hello!", "K7QM-4XRD-9TWE", "<b>Rank</b> 99 & more"]),
    )


def test_the_other_pages_tell_former_names_deaths_and_exaltations() -> None:
    assert read(Kind.NAMES, page(Kind.NAMES), "Rook").facts.former_names == known(
        [FormerName("Castle", datetime(2024, 5, 17, tzinfo=UTC))]
    )
    assert read(Kind.GRAVEYARD, page(Kind.GRAVEYARD), "Rook").facts.deaths == known(14)
    assert read(Kind.EXALTATIONS, page(Kind.EXALTATIONS), "Rook").facts.exaltations == known(
        [ClassExaltations("Wizard", 2, 1, 5, 0, 1, 0, 3, 0)]
    )


def test_the_name_is_spelled_as_the_page_spells_it_community_w16() -> None:
    told = read(Kind.PROFILE, page(Kind.PROFILE, a_player("RookTheBold")), "rookthebold")

    assert (told.standing, told.facts.ign) == (Standing.SHOWN, "RookTheBold")


@pytest.mark.parametrize("kind", Kind)
def test_unknown_and_private_players_are_recognised_community_w16(kind: Kind) -> None:
    assert read(kind, markup.not_found("Rook"), "Rook") == Reading(Standing.NOT_SHOWN, Facts(ign="Rook"))


def test_a_player_cannot_make_their_page_look_like_that_of_nobody() -> None:
    lines = ["Sorry, but we either:", "This profile is hidden", "<h2>Sorry, but we either:</h2>"]

    told = read(Kind.PROFILE, page(Kind.PROFILE, a_player(description=lines)), "Rook")

    assert (told.standing, told.facts.description) == (Standing.SHOWN, known(lines))


@pytest.mark.parametrize(
    ("section", "fact"),
    [
        (Section.CHARACTERS, "maxed"),
        (Section.FIRST_SEEN, "age_days"),
        (Section.LAST_SEEN, "last_seen"),
    ],
)
def test_what_is_hidden_is_told_as_hidden_and_the_rest_stays(section: Section, fact: str) -> None:
    facts = profile(private=frozenset({section}))

    assert getattr(facts, fact) == HIDDEN
    assert facts.stars == known(62)


@pytest.mark.parametrize(
    ("kind", "section", "fact"),
    [
        (Kind.NAMES, Section.NAMES, "former_names"),
        (Kind.GRAVEYARD, Section.GRAVEYARD, "deaths"),
        (Kind.EXALTATIONS, Section.EXALTATIONS, "exaltations"),
    ],
)
def test_a_hidden_section_is_told_as_hidden(kind: Kind, section: Section, fact: str) -> None:
    told = read(kind, page(kind, a_player(private=frozenset({section}))), "Rook")

    assert getattr(told.facts, fact) == HIDDEN


def test_nothing_to_tell_is_known_and_not_counted_is_not() -> None:
    nobody = a_player(names=[], exaltations=[], deaths=[Deaths("Wizard", [0] * 9)], characters=[])

    assert read(Kind.NAMES, page(Kind.NAMES, nobody), "Rook").facts.former_names == known([])
    assert read(Kind.EXALTATIONS, page(Kind.EXALTATIONS, nobody), "Rook").facts.exaltations == known([])
    assert read(Kind.GRAVEYARD, page(Kind.GRAVEYARD, nobody), "Rook").facts.deaths == known(0)
    assert read(Kind.PROFILE, page(Kind.PROFILE, nobody), "Rook").facts.maxed == known([])
    unloaded = a_player(is_graveyard_loaded=False)
    assert read(Kind.GRAVEYARD, page(Kind.GRAVEYARD, unloaded), "Rook").facts.deaths == ABSENT


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        ("51", known(51)),
        ('<div class="star-container">51 <div class="star"></div></div>', known(51)),
        ("1,204", known(1204)),
        ("51 (7492nd)", known(51)),
        ("hidden", HIDDEN),
        ("Hidden", HIDDEN),
        ("", ABSENT),
        ("-51", ABSENT),
        ("51.5", ABSENT),
        ("51 60", ABSENT),
        ("about 51", ABSENT),
        ("9" * 30, ABSENT),
        ("\u0665\u0661", ABSENT),
        ("NaN", ABSENT),
    ],
)
def test_a_number_is_taken_in_its_form_and_no_other(text: str, stars: Fact[int]) -> None:
    assert of_summary(("Rank", text), ("Fame", "7")).stars == stars


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("~6 years and 289 days ago", known(2479)),
        ("~1 year and 1 day ago", known(366)),
        ("~2 years ago", known(730)),
        ("12 days ago", known(12)),
        ("hidden", HIDDEN),
        ("ago", ABSENT),
        ("yesterday", ABSENT),
        ("~6 years and", ABSENT),
        ("-6 years ago", ABSENT),
    ],
)
def test_an_age_is_read_in_days(text: str, days: Fact[int]) -> None:
    assert of_summary(("First seen", text), ("Fame", "7")).age_days == days
    assert of_summary(("Created", text), ("First seen", "3 days ago")).age_days == (
        known(3) if days == ABSENT else days
    )


def test_a_row_that_stands_there_twice_tells_nothing() -> None:
    assert of_summary(("Rank", "20"), ("Rank", "80"), ("Fame", "7")).stars == ABSENT


def test_two_summaries_tell_nothing() -> None:
    second = "<table class=summary><tr><td>Rank</td><td>90</td></tr></table>"

    assert read(Kind.PROFILE, a_summary(("Rank", "20"), rest=second), "Rook").standing is Standing.UNREADABLE


def test_more_characters_than_the_page_counts_tell_nothing() -> None:
    row = "<tr><td><span class=player-stats>8/8</span></td></tr>"
    table = f"<table class=tablesorter><tbody>{row * 3}</tbody></table>"

    assert of_summary(("Characters", "3"), rest=table).maxed == known([8, 8, 8])
    assert of_summary(("Characters", "2"), rest=table).maxed == ABSENT
    assert of_summary(rest=table + "<p>").maxed == ABSENT


def test_deaths_count_only_if_they_add_up() -> None:
    whole = page(Kind.GRAVEYARD)

    for wrong in (whole.replace("<td>14</td>", "<td>4</td>"), whole.replace("<td>10</td>", "<td>1</td>")):
        assert wrong != whole
        assert read(Kind.GRAVEYARD, wrong, "Rook").standing is Standing.UNREADABLE


@pytest.mark.parametrize(
    "odd",
    [
        "",
        "<html>",
        "\x00",
        "not found",
        "<h1>Rook</h1></html>",
        "{}",
        "<table class=summary></table></html>",
        "<" * 5000,
    ],
)
@pytest.mark.parametrize("kind", Kind)
def test_what_is_no_page_of_a_player_tells_nothing(kind: Kind, odd: str) -> None:
    assert read(kind, odd, "Rook") == Reading(Standing.UNREADABLE, Facts(ign="Rook"))


@pytest.mark.parametrize("kind", Kind)
def test_the_page_of_somebody_else_tells_nothing(kind: Kind) -> None:
    assert read(kind, page(kind), "Castle").standing is Standing.UNREADABLE


@pytest.mark.parametrize("kind", Kind)
def test_a_page_that_is_built_otherwise_tells_nothing(kind: Kind) -> None:
    rebuilt = page(kind).replace("class=", "data-look=")

    assert read(kind, rebuilt, "Rook").standing is Standing.UNREADABLE


def test_a_page_without_an_end_of_its_own_is_whole_when_all_its_boxes_are_closed() -> None:
    unsaid = page(Kind.PROFILE).removesuffix("</body></html>")

    assert read(Kind.PROFILE, unsaid, "Rook").facts == profile()


def no_better(told: Reading, whole: Reading) -> bool:
    """Whether no fact says more than the whole page does, or something else."""
    if told.standing is Standing.UNREADABLE:
        return told.facts == Facts(ign="Rook")
    names = [name for name in Facts.__struct_fields__ if name != "ign"]
    return all(not_more(name, getattr(told.facts, name), getattr(whole.facts, name)) for name in names)


def not_more(name: str, less: Fact[Any], more: Fact[Any]) -> bool:
    """Whether a fact is absent or the same; characters and lines may be fewer, former names may not."""
    if less.presence is Presence.KNOWN and more.presence is Presence.KNOWN:
        if name == "maxed":
            return not Counter(less.value) - Counter(more.value)
        if name == "description":
            return of_the_same(less.value or [], more.value or [])
    return less in (ABSENT, more)


def of_the_same(told: list[str], lines: list[str]) -> bool:
    """Whether lines are those of the whole page in their order; without the tags between them, they run together."""
    rest = lines
    for line in told:
        ends = ((first, last) for first in range(len(rest)) for last in range(first, len(rest)))
        found = next((last for first, last in ends if "".join(rest[first : last + 1]) == line), None)
        if found is None:
            return False
        rest = rest[found + 1 :]
    return True


WHOLE = {kind: page(kind) for kind in Kind}
READ = {kind: read(kind, text, "Rook") for kind, text in WHOLE.items()}
HIDING = {
    kind: page(kind, a_player(private=frozenset(Section) - {Section.PROFILE, Section.LAST_SEEN})) for kind in Kind
}


@given(kind=st.sampled_from(Kind), share=st.floats(0, 1), hiding=st.booleans())
@example(kind=Kind.PROFILE, share=1.0, hiding=False)
def test_half_a_page_never_says_more_than_the_whole_one(kind: Kind, share: float, hiding: bool) -> None:  # noqa: FBT001
    whole = (HIDING if hiding else WHOLE)[kind]
    cut = whole[: int(len(whole) * share)]

    assert no_better(read(kind, cut, "Rook"), read(kind, whole, "Rook"))


def test_lines_whose_tags_between_them_are_lost_are_no_lines_of_somebody_else() -> None:
    torn = WHOLE[Kind.PROFILE].replace('</div><div class="line2 description-line">', "")

    told = read(Kind.PROFILE, torn, "Rook").facts.description

    assert told == known(["Hello!K7QM-4XRD-9TWE", "<b>Rank</b> 99 & more"])
    assert of_the_same(told.value or [], READ[Kind.PROFILE].facts.description.value or [])
    assert not of_the_same(["Hello!", "Hello!"], ["Hello!"])
    assert not of_the_same(["K7QM-4XRD", "Hello!"], ["Hello!", "K7QM-4XRD"])


TAG = re.compile(r"<[^>]+>")


@given(kind=st.sampled_from(Kind), data=st.data())
def test_a_page_that_lost_tags_never_says_more_than_the_whole_one(kind: Kind, data: st.DataObject) -> None:
    tags = list(TAG.finditer(WHOLE[kind]))
    lost = data.draw(st.sets(st.integers(0, len(tags) - 1), min_size=1, max_size=3))
    text = WHOLE[kind]
    for number in sorted(lost, reverse=True):
        text = text[: tags[number].start()] + text[tags[number].end() :]

    assert no_better(read(kind, text, "Rook"), READ[kind]), [tags[number][0] for number in lost]


@given(kind=st.sampled_from(Kind), data=st.data())
def test_a_page_with_tags_twice_never_says_more_than_the_whole_one(kind: Kind, data: st.DataObject) -> None:
    tags = list(TAG.finditer(WHOLE[kind]))
    at = data.draw(st.sampled_from(tags))
    text = WHOLE[kind][: at.end()] + at[0] + WHOLE[kind][at.end() :]

    assert no_better(read(kind, text, "Rook"), READ[kind]), at[0]


@given(kind=st.sampled_from(Kind), noise=st.text(max_size=200), at=st.floats(0, 1))
def test_noise_in_a_page_is_no_fault_of_ours(kind: Kind, noise: str, at: float) -> None:
    place = int(len(WHOLE[kind]) * at)

    read(kind, WHOLE[kind][:place] + noise + WHOLE[kind][place:], "Rook")
    read(kind, noise, "Rook")
