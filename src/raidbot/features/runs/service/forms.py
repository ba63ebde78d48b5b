"""What the backend does about forms that were open for a while."""

from typing import Any

from raidbot.backend.serving import Call, serves
from raidbot.features.runs.api import forms as api
from raidbot.features.runs.model.forms import Filled, FormKind, Question, UnknownQuestion, Values
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.rules import forms as rules
from raidbot.features.runs.service.holding import found, going_on
from raidbot.features.runs.service.life import set_chain, set_note, set_places
from raidbot.features.runs.service.places import set_place
from raidbot.features.runs.store import forms as store


@serves(api.fill_form)
async def fill_form(call: Call[api.FillForm]) -> Filled:
    """Set what was typed; what somebody else changed meanwhile is not overwritten unasked."""
    run, ask = await going_on(call), call.ask
    mine, theirs = rules.checked(ask.form, ask.values), rules.present(ask.form, run)
    if mine != theirs and rules.mark(theirs) != ask.seen:
        detail = {"form": ask.form, "values": mine}
        entry_id = await store.ask(call.tx, run.id, call.caller, detail, call.now)
        return Filled(run=run, question=Question(entry_id=entry_id, mine=mine, theirs=theirs))
    return Filled(run=await _set(call, run, ask.form, mine), question=None)


@serves(api.answer_form)
async def answer_form(call: Call[api.AnswerForm]) -> Run:
    """Set what was typed, though somebody else was faster."""
    run = await going_on(call)
    asked = await store.find_asked(call.tx, run.id, call.caller, call.ask.entry_id)
    if asked is None:
        raise UnknownQuestion("That question is not yours. Open the form again from your panel.")
    return await _set(call, run, FormKind(asked.detail["form"]), asked.detail["values"])


async def _set(call: Call[Any], run: Run, form: FormKind, values: Values) -> Run:
    if form is FormKind.PLACE:
        return await set_place(call, run, values["party"], values["location"])
    if form is FormKind.NOTE:
        return await set_note(call, run, values["note"])
    chained = await set_chain(call, run, _count(values["pops"]))
    await set_places(call, chained, _count(values["places"]))
    return await found(call, run.id)


def _count(text: str | None) -> int | None:
    return None if text is None else int(text)
