"""The forms of those who lead: party and location, note, chain and places."""

import asyncio
from collections.abc import Mapping

import discord

from raidbot.bot import look
from raidbot.bot.buttons import button, form, form_button
from raidbot.bot.presses import Press
from raidbot.bot.rates import ORGANIZING
from raidbot.bot.replies import Answer
from raidbot.core.errors import Unavailable
from raidbot.core.text import shown
from raidbot.features.runs.api import forms as api
from raidbot.features.runs.api import life as runs
from raidbot.features.runs.model.forms import FormKind, Question, Values
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.panels.organizer import private
from raidbot.features.runs.panels.words import dungeon_of, named
from raidbot.features.runs.rules.forms import INPUTS, LONGEST, mark, present

BACKEND_PATIENCE_S = 0.5
"""So long a form waits for what is set; then it opens with what was shown last."""

TITLES = {FormKind.PLACE: "Party & location", FormKind.NOTE: "Note", FormKind.PLAN: "Chain and places"}

LABELS: Mapping[str, str] = {
    "party": "Party",
    "location": "Location",
    "note": "Note that everybody reads",
    "pops": "Keys to pop (empty: open end)",
    "places": "Places besides yours (empty: no limit)",
}

SAID = {FormKind.PLACE: "Party and location are set.", FormKind.NOTE: "The note is set.", FormKind.PLAN: "It is set."}


@form_button(r"run:place:(?P<run>\d+)", bucket=ORGANIZING)
async def edit_place(press: Press) -> discord.ui.Modal:
    """Open the form for party and location."""
    return await _opened(press, FormKind.PLACE)


@form_button(r"run:note:(?P<run>\d+)", bucket=ORGANIZING)
async def edit_note(press: Press) -> discord.ui.Modal:
    """Open the form for the note."""
    return await _opened(press, FormKind.NOTE)


@form_button(r"run:plan:(?P<run>\d+)", bucket=ORGANIZING)
async def edit_plan(press: Press) -> discord.ui.Modal:
    """Open the form for the chain and the places."""
    return await _opened(press, FormKind.PLAN)


async def _opened(press: Press, kind: FormKind) -> discord.ui.Modal:
    """Return a form with what is set, under an id never used before: apps keep what was typed under an old one."""
    run = await _as_shown(press)
    values: Values = present(kind, run) if run else dict.fromkeys(INPUTS[kind])
    if run and kind is FormKind.PLAN and not dungeon_of(run).pops:
        values.pop("pops")
    custom_id = f"run:filled:{press.ids['run']}:{kind}:{mark(present(kind, run)) if run else 0}:{press.key}"
    modal = discord.ui.Modal(title=TITLES[kind], custom_id=custom_id)
    for name, value in values.items():
        field = discord.ui.TextInput[discord.ui.Modal](
            custom_id=name,
            default=value,
            max_length=LONGEST.get(name, 3),
            required=False,
            style=discord.TextStyle.paragraph if name == "note" else discord.TextStyle.short,
        )
        modal.add_item(discord.ui.Label(text=LABELS[name], component=field))
    return modal


async def _as_shown(press: Press) -> Run | None:
    """Return the run as it is, or as it was last shown where the backend is slow or away."""
    try:
        async with asyncio.timeout(BACKEND_PATIENCE_S):
            return await press.ask(runs.steer_run, runs.SteerRun(*named(press)))
    except (TimeoutError, Unavailable):
        return press.backend.recent.find(Run, press.ids["run"])


@form(
    r"run:filled:(?P<run>\d+):(?P<form>place|note|plan):(?P<seen>\d+):(?P<press>\d+)",
    bucket=ORGANIZING,
    manner="redraws",
)
async def fill(press: Press) -> Answer:
    """Set what was typed; where somebody was faster, show both and ask."""
    kind = FormKind(press.words["form"])
    ask = api.FillForm(
        *named(press), form=kind, values={**dict.fromkeys(INPUTS[kind]), **press.fields}, seen=press.ids["seen"]
    )
    filled = await press.ask(api.fill_form, ask)
    if filled.question is not None:
        return Answer(view=_both(filled.run, filled.question))
    return Answer(view=private(filled.run, SAID[kind], press.user_id))


def _both(run: Run, question: Question) -> discord.ui.LayoutView:
    return look.sheet(
        look.text("### Somebody changed this while your form was open. Which counts?"),
        look.text("**Theirs**", *_listed(question.theirs)),
        look.text("**Yours**", *_listed(question.mine)),
        look.row(
            look.button("Keep theirs", f"run:panel_again:{run.id}"),
            look.button("Use mine", f"run:mine:{run.id}:{question.entry_id}", look.PRIMARY),
        ),
        colour=dungeon_of(run).colour,
    )


def _listed(values: Values) -> list[str]:
    return [f"{name.capitalize()}: {shown(value) if value else 'empty'}" for name, value in values.items()]


@button(r"run:mine:(?P<run>\d+):(?P<entry>\d+)", bucket=ORGANIZING, manner="redraws")
async def use_mine(press: Press) -> Answer:
    """Set what was typed, though somebody was faster."""
    run = await press.ask(api.answer_form, api.AnswerForm(*named(press), entry_id=press.ids["entry"]))
    return Answer(view=private(run, "It is as you typed it.", press.user_id))
