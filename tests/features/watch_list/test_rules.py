"""What may stand on the watch list, and how it travels as a file."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.core.ids import UserId
from raidbot.features.watch_list import rules
from raidbot.features.watch_list.model import (
    AlreadyOver,
    Effect,
    NobodyNamed,
    NoIgn,
    NotADay,
    OnWatchList,
    Suspect,
    Watch,
    WatchId,
)

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=50).map(str.strip)
SUSPECTS = st.builds(
    Suspect,
    user_id=st.integers(1, 2**63 - 1).map(UserId),
    ign=st.none() | st.from_regex(r"[A-Za-z]{1,16}", fullmatch=True),
    reason=TEXT.filter(bool),
    evidence=TEXT,
    effect=st.sampled_from(Effect),
    until=st.none() | st.just(NOW + timedelta(days=3)),
)


@given(st.lists(SUSPECTS, max_size=5))
def test_what_is_written_as_a_file_is_read_as_the_same(suspects: list[Suspect]) -> None:
    assert rules.read_csv(rules.write_csv(suspects), NOW) == (suspects, [])


@given(st.text(max_size=200))
def test_any_text_is_read_or_its_lines_are_named(text: str) -> None:
    suspects, unreadable = rules.read_csv("discord_id,ign,reason\n" + text, NOW)

    assert all(one.reason for one in suspects)
    assert all(one.line >= 1 for one in unreadable)


def test_lines_that_cannot_be_taken_in_are_named_with_why() -> None:
    file = (
        "ign,discord_id,reason,until\nRook,,thief,\n,,nobody,\nR2,,no name,\nPawn,x1,no id,\nPawn,,old,2020-01-01\n,5,,"
    )

    suspects, unreadable = rules.read_csv(file, NOW)

    assert [one.ign for one in suspects] == ["Rook"]
    assert [one.line for one in unreadable] == [3, 4, 5, 6, 7]
    assert "whom to look out for" in unreadable[0].why


def test_a_file_without_the_columns_is_refused_with_their_names() -> None:
    _, unreadable = rules.read_csv("name,why\nRook,thief", NOW)

    assert unreadable[0].why == "The first line names no column discord_id, ign, reason."


def test_somebody_has_to_be_named_and_the_end_to_lie_ahead() -> None:
    with pytest.raises(NobodyNamed, match="a member, an IGN"):
        rules.checked(Suspect(reason="x"), NOW)
    with pytest.raises(NoIgn, match="1 to 16 letters"):
        rules.checked(Suspect(ign="R2", reason="x"), NOW)
    with pytest.raises(AlreadyOver, match="has passed"):
        rules.checked(Suspect(ign="Rook", reason="x", until=NOW), NOW)


def test_a_day_ends_at_midnight_in_utc() -> None:
    assert rules.end_of("2026-12-31") == datetime(2027, 1, 1, tzinfo=UTC)
    with pytest.raises(NotADay, match="2026-12-31"):
        rules.end_of("31.12.2026")


def test_one_entry_that_refuses_is_enough() -> None:
    def entry(effect: Effect) -> Watch:
        return Watch(id=WatchId(4), ign="Rook", reason="thief", effect=effect, added_by=UserId(1), added_at=NOW)

    rules.check_verifiable([entry(Effect.ALERT), entry(Effect.REVIEW)])
    with pytest.raises(OnWatchList, match=r"Number 4 .*thief"):
        rules.check_verifiable([entry(Effect.ALERT), entry(Effect.REFUSE)])
