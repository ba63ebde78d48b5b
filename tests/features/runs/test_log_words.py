"""The log of a run in words: nothing lost, nothing pinged, nothing too long for a message."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from raidbot.dungeons import catalogue
from raidbot.features.runs.model.log import Entry
from raidbot.features.runs.panels.log import LONGEST_ENTRY, TOGETHER, WORDS, chapter, foot, last_of, lines

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SHATTERS = catalogue.known("shatters")


def entry(number: int, kind: str, by: int = 3, **detail: Any) -> Entry:
    return Entry(id=number, user_id=by, kind=kind, detail=detail, happened_at=NOON)


def test_who_comes_at_the_same_time_stands_in_one_line_and_those_beyond_twenty_are_counted() -> None:
    joined = [entry(number, "joined", by=1000 + number) for number in range(32)]

    [line] = lines(joined, SHATTERS)

    assert line.startswith("Joined: <@1000>, <@1001>")
    assert line.endswith("<@1019> (+12)")


def test_an_act_names_who_did_it_and_what_was_before_and_after() -> None:
    [line] = lines([entry(1, "noted", old="Old @everyone", new=None)], SHATTERS)

    assert "<@3> — Note: Old \\@everyone → nothing" in line


def test_what_was_decided_about_many_names_twenty_of_them_and_counts_the_others() -> None:
    [line] = lines([entry(1, "claims_approved", user_ids=[str(1000 + number) for number in range(30)])], SHATTERS)

    assert "Confirmed that they were there: <@1000>" in line
    assert line.endswith("<@1019> (+10)")


def test_the_next_run_is_told_by_its_dungeon() -> None:
    [wished] = lines([entry(1, "next_wished", old=None, new="lost_halls")], SHATTERS)
    [dropped] = lines([entry(1, "next_wished", old="lost_halls", new=None)], SHATTERS)

    assert wished.endswith("Next run: Lost Halls")
    assert dropped.endswith("Next run: none")


def test_a_correction_says_what_was_wrong_and_why() -> None:
    [line] = lines(
        [
            entry(
                1,
                "edited",
                edit=4,
                reason="It failed, *all* saw it",
                pop=2,
                add=["1007"],
                outcome="failed",
                key="shatters_key",
            )
        ],
        SHATTERS,
    )

    assert "<@3> — **Corrected the run**: Key 2 — in: <@1007>, key: Shatters Key, outcome: failed · It failed, " in line


def test_an_end_by_itself_says_what_did_not_open_and_how_to_open_it() -> None:
    [alone] = lines([entry(1, "auto_ended", by=0, unopened=None)], SHATTERS)
    [older] = lines([entry(1, "auto_ended", by=0)], SHATTERS)
    [followed] = lines([entry(1, "auto_ended", by=0, unopened="lost_halls")], SHATTERS)

    assert alone == older
    assert alone.endswith("**Ended by itself**")
    assert followed.endswith("Lost Halls did not open: whoever leads presses Next run within 30 min")


def test_an_entry_that_nobody_worded_is_told_all_the_same() -> None:
    [line] = lines([entry(1, "something_new", by=0)], SHATTERS)

    assert line.endswith("Something new")


def test_a_foot_is_read_back_and_other_text_is_none() -> None:
    assert last_of(foot(12, 34)) == 34
    assert [last_of(one) for one in ("", "Entries", "Entries 1 to", "Something else entirely 5")] == [0, 0, 0, 0]


KINDS = st.sampled_from([*WORDS, *TOGETHER, "something_new"])
TYPED = st.text("ab*@ ", max_size=600)
DETAIL = st.fixed_dictionaries({}, optional={"reason": TYPED, "old": TYPED})


@given(st.lists(st.tuples(KINDS, DETAIL), min_size=1, max_size=200))
def test_chapters_tell_every_entry_once_in_order_and_fit_into_a_message(told: list[tuple[str, dict[str, Any]]]) -> None:
    waiting = [entry(number, kind, **detail) for number, (kind, detail) in enumerate(told, start=1)]
    seen: list[int] = []
    while waiting:
        next_one = chapter(waiting, "shatters")
        seen += [one.id for one in next_one.entries]
        waiting = waiting[len(next_one.entries) :]

        assert last_of(next_one.embed.footer.text or "") == next_one.last
        assert 0 < len(next_one.embed.description or "") <= LONGEST_ENTRY

    assert seen == list(range(1, len(told) + 1))
