"""What /runinfo says to those who lead: short enough to be read on a phone, and nothing in the words of the record."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeAlias

import discord
from hypothesis import given
from hypothesis import strategies as st
from tests.features.runs.made import NOON, OWNER, a_run

from raidbot.core.ids import UserId
from raidbot.features.points.model import AwardKind
from raidbot.features.runs.model.life import RunStatus
from raidbot.features.runs.model.log import Entry
from raidbot.features.runs.model.places import Grounds, Shown
from raidbot.features.runs.model.timeline import Paid, Timeline
from raidbot.features.runs.panels.log import TOGETHER, WORDS
from raidbot.features.runs.panels.timeline import timeline

Json: TypeAlias = dict[str, Any]

RAIDERS = [UserId(510_000_000_000_000_000 + number) for number in range(52)]


def entry(nth: int, kind: str, detail: Json | None = None, by: int = OWNER) -> Entry:
    return Entry(id=nth, user_id=by, kind=kind, detail=detail or {}, happened_at=NOON + timedelta(seconds=nth))


def pages(**told: Any) -> list[str]:
    """Return the text of every page."""
    whole = Timeline(run=a_run(RunStatus.ENDED), own=[], everything=True, **told)
    found: list[str] = []
    while True:
        view = timeline(whole, len(found))
        texts = [one.content for one in view.walk_children() if isinstance(one, discord.ui.TextDisplay)]
        found.append("\n".join(texts))
        if "More" not in {getattr(one, "label", None) for one in view.walk_children()}:
            return found


def paid(who: UserId, kind: AwardKind = AwardKind.COMPLETION, points: str = "1") -> Paid:
    return Paid(user_id=who, kind=kind, quantity=1, points=Decimal(points))


def test_who_has_the_same_and_who_came_at_the_same_time_share_lines_and_nobody_is_cut_off() -> None:
    told = pages(
        paid=[*map(paid, RAIDERS), paid(OWNER, AwardKind.LEAD), paid(RAIDERS[0], AwardKind.KEY, "5")],
        entries=[entry(1, "opened"), *(entry(2 + nth, "joined", by=one) for nth, one in enumerate(RAIDERS))],
    )

    text = "\n".join(told)
    assert len(told) <= 2
    assert all(text.count(f"<@{one}>") >= 2 for one in RAIDERS)
    assert f"Completed, 1 point each: <@{RAIDERS[0]}>, <@{RAIDERS[1]}>" in text
    assert f"Key popped, 5 points each: <@{RAIDERS[0]}>" in text
    assert f"Led, 1 point each: <@{OWNER}>" in text
    assert text.count(" Joined: ") == 1


def test_who_joins_again_later_stands_where_they_did_so() -> None:
    [text] = pages(
        entries=[
            entry(1, "joined", by=RAIDERS[0]),
            entry(2, "popped", {"number": 1}),
            entry(3, "joined", by=RAIDERS[1]),
        ]
    )

    first, pop, second = (text.index(one) for one in (f"<@{RAIDERS[0]}>", "Key 1 popped", f"<@{RAIDERS[1]}>"))
    assert first < pop < second


def test_by_which_right_somebody_was_shown_the_location_is_said_in_words() -> None:
    shown = Shown(
        user_id=RAIDERS[0],
        grounds=Grounds.KEY,
        placed=1,
        party="p",
        location="USEast",
        first_at=NOON,
        last_at=NOON,
        times=2,
    )

    [text] = pages(reveals=[shown])

    assert f"<@{RAIDERS[0]}> as key holder, 2 times: p · USEast" in text


def test_what_is_told_of_a_key_says_what_it_is_now() -> None:
    told: Json = {
        "number": 2,
        "popper_id": [None, "77"],
        "key": [None, "shatters_key"],
        "outcome": ["completed", "failed"],
    }

    [text] = pages(entries=[entry(1, "pop_told", told)])

    assert "Key 2: popped by <@77>" in text
    assert text.endswith("failed")


IDS = st.integers(10**17, 10**18).map(str)
KEYS = st.just("shatters_key")
TYPED = ("noted", "capped", "chained", "placed", "next_wished")
"""These keep what was typed, whatever it was."""

DETAIL = {
    "user_id": IDS,
    "user_ids": st.lists(IDS, min_size=1, max_size=3),
    "from": IDS,
    "to": IDS,
    "new": st.none() | st.lists(IDS, max_size=3),
    "holder_id": IDS,
    "number": st.just(1),
    "key": KEYS,
}
DETAILS = {
    **dict.fromkeys({*WORDS, *TOGETHER}, DETAIL),
    **{kind: {**DETAIL, "new": st.none()} for kind in TYPED},
    "pop_told": {
        "number": st.just(1),
        "popper_id": st.tuples(st.none() | IDS, st.none() | IDS).map(list),
        "key": st.tuples(st.none(), KEYS).map(list),
    },
    "edited": {
        "add": st.lists(IDS, max_size=25),
        "strike": st.lists(IDS, max_size=25),
        "popper_id": st.none() | IDS,
        "leader_id": st.none() | IDS,
        "reason": st.just("It worked"),
    },
}
"""What entries of each kind keep."""


@given(
    st.sampled_from(sorted(DETAILS)).flatmap(
        lambda kind: st.tuples(st.just(kind), st.fixed_dictionaries(DETAILS[kind]))
    )
)
def test_no_entry_shows_a_bare_id(kept: tuple[str, Json]) -> None:
    kind, detail = kept

    [text] = pages(entries=[entry(1, kind, detail)])

    assert not re.search(r"(?<![@\d])\d{17,}", text)
