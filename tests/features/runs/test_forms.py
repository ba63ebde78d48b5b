"""Forms that were open while somebody else changed the same."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.features.runs.steps import opened, shown
from tests.support.backend import ADMIN, GUILD, ORGANIZER, RAIDER, SECOND_ORGANIZER, Served

from raidbot.core.ids import UserId
from raidbot.features.runs.api import forms as api
from raidbot.features.runs.api import life
from raidbot.features.runs.model.forms import BadValue, Filled, FormKind, UnknownQuestion, Values
from raidbot.features.runs.model.life import NotYourRun, Run, RunOver
from raidbot.features.runs.rules.forms import checked, mark, present


async def fill(served: Served, run: Run, form: FormKind, by: UserId = ORGANIZER, **values: str | None) -> Filled:
    """Send a form that was opened when `run` was read."""
    ask = api.FillForm(GUILD, run.id, form=form, values=values, seen=mark(present(form, run)))
    return await served.ask(api.fill_form, ask, by)


async def test_what_is_typed_is_set_and_what_is_emptied_is_cleared(served: Served) -> None:
    run = await opened(served, party="p", location="l", note="n", chain=3)

    placed = await fill(served, run, FormKind.PLACE, party=" New  ", location="")
    noted = await fill(served, run, FormKind.NOTE, note=None)
    planned = await fill(served, run, FormKind.PLAN, pops="", places="20")

    assert (placed.run.party, placed.run.location) == ("New", None)
    assert noted.run.note is None
    assert (planned.run.chain, planned.run.max_raiders) == (None, 20)
    assert [one.question for one in (placed, noted, planned)] == [None] * 3


async def test_who_was_slower_is_asked_and_nothing_is_overwritten_until_they_say_so(served: Served) -> None:
    run = await opened(served, party="Old")
    await fill(served, run, FormKind.PLACE, SECOND_ORGANIZER, party="Theirs")

    slower = await fill(served, run, FormKind.PLACE, party="Mine")

    assert slower.question is not None
    assert (slower.question.mine["party"], slower.question.theirs["party"]) == ("Mine", "Theirs")
    assert (await shown(served, run)).party == "Theirs"
    answer = api.AnswerForm(GUILD, run.id, slower.question.entry_id)
    told = await asyncio.gather(*(served.ask(api.answer_form, answer, ORGANIZER) for _ in range(2)))
    assert {one.party for one in told} == {"Mine"}


async def test_who_types_what_somebody_else_just_set_is_not_asked(served: Served) -> None:
    run = await opened(served, note="Old")
    await fill(served, run, FormKind.NOTE, SECOND_ORGANIZER, note="Same")

    assert (await fill(served, run, FormKind.NOTE, note="Same")).question is None


async def test_a_change_of_something_else_asks_nobody(served: Served) -> None:
    run = await opened(served, party="Old")
    await fill(served, run, FormKind.NOTE, SECOND_ORGANIZER, note="New")

    assert (await fill(served, run, FormKind.PLACE, party="Mine")).question is None


async def test_a_question_belongs_to_who_was_asked_and_ends_with_the_run(served: Served) -> None:
    run = await opened(served, party="Old")
    await fill(served, run, FormKind.PLACE, SECOND_ORGANIZER, party="Theirs")
    slower = await fill(served, run, FormKind.PLACE, party="Mine")
    assert slower.question is not None
    answer = api.AnswerForm(GUILD, run.id, slower.question.entry_id)

    with pytest.raises(UnknownQuestion, match="Open the form again"):
        await served.ask(api.answer_form, answer, ADMIN)
    with pytest.raises(NotYourRun):
        await fill(served, run, FormKind.PLACE, RAIDER, party="Raider's")
    await served.ask(life.cancel_run, life.CancelRun(GUILD, run.id, "mistake"), ORGANIZER)
    with pytest.raises(RunOver):
        await served.ask(api.answer_form, answer, ORGANIZER)


@pytest.mark.parametrize(
    ("form", "values", "sentence"),
    [
        (FormKind.PLACE, {"party": "x" * 101}, "Party has 101 characters; 100 is the most"),
        (FormKind.NOTE, {"note": "x" * 501}, "Note has 501 characters; 500 is the most"),
        (FormKind.PLAN, {"pops": "100"}, "Pops is a whole number from 1 to 99"),
        (FormKind.PLAN, {"places": "0"}, "Places is a whole number from 1 to 500"),
        (FormKind.PLAN, {"places": "many"}, "Places is a whole number"),
        (FormKind.PLAN, {"places": "\uff11\uff12"}, "Places is a whole number"),
    ],
)
def test_what_cannot_stand_in_an_input_is_refused_with_its_limits(
    form: FormKind, values: Values, sentence: str
) -> None:
    with pytest.raises(BadValue, match=sentence):
        checked(form, values)


@given(st.dictionaries(st.sampled_from(["party", "location"]), st.none() | st.text("ab =\0", max_size=5), min_size=2))
def test_two_marks_are_the_same_exactly_where_the_values_are(values: Values) -> None:
    other: Values = {**values, "party": (values["party"] or "") + "x"}

    assert mark(dict(reversed(values.items()))) == mark(values)
    assert mark(other) != mark(values)
