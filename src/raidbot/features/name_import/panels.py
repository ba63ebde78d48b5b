"""What an administrator reads of an import, and how it is steered."""

from collections.abc import Sequence

import discord

from raidbot.bot import look
from raidbot.bot.buttons import button, form, form_button
from raidbot.bot.presses import Press
from raidbot.bot.rates import CONFIGURATION
from raidbot.bot.replies import Answer
from raidbot.core.text import shown
from raidbot.features.name_import import api, rules
from raidbot.features.name_import.model import Import, ImportId, ImportState, LineState

HEADS = {
    ImportState.ASKED: "Nothing is written yet",
    ImportState.RUNNING: "Taking over, behind everything else",
    ImportState.PAUSED: "Stopped",
    ImportState.DONE: "Done, and Discord shows it",
    ImportState.DROPPED: "Dropped",
}

COUNTS = {
    LineState.DONE: "verified",
    LineState.NEW: "to be verified",
    LineState.KNOWN: "known already",
    LineState.CONFLICT: "in conflict: left as they are",
    LineState.UNREADABLE: "without a readable IGN: left as they are",
}

LISTED, LONGEST_LINE = 3, 40
"""So many of the lines that were not read are shown, and so much of each."""

A_SECOND = 0.76
"""Changes of many that Discord is told in a second: 8 in 10.5 seconds."""

MOVES = {
    ImportState.ASKED: (("Start", ImportState.RUNNING), ("Drop", ImportState.DROPPED)),
    ImportState.RUNNING: (("Stop", ImportState.PAUSED),),
    ImportState.PAUSED: (("Resume", ImportState.RUNNING), ("Drop", ImportState.DROPPED)),
}


def report(one: Import, unread: Sequence[str] = ()) -> discord.ui.LayoutView:
    """Draw how far an import is, which lines were not read just now, and what can be done with it."""
    counts = [f"- {one.counts[state]} {word}" for state, word in COUNTS.items() if one.counts.get(state)]
    counts += [line for line in (_to_show(one), _not_allowed(one)) if line]
    more = [look.button("Left out", f"import:left:{one.id}")] * bool(counts)
    return look.sheet(
        look.text(
            f"### Names: {HEADS[one.state].lower()}",
            *(counts or ["Nobody was found."]),
            _unread(unread),
            _next_step(one),
        ),
        look.row(*_moves(one), *more, look.button("Refresh", f"import:show:{one.id}")),
    )


def _unread(lines: Sequence[str]) -> str:
    if not lines:
        return ""
    some = ", ".join(f"“{shown(line[:LONGEST_LINE])}”" for line in lines[:LISTED])
    more = f" and {len(lines) - LISTED} more" if len(lines) > LISTED else ""
    what = "1 line was" if len(lines) == 1 else f"{len(lines)} lines were"
    return f"⚠️ {what} not read, for want of a Discord id: {some}{more}"


def _next_step(one: Import) -> str:
    """Word what can be done with a list that was only tried."""
    if one.state is not ImportState.ASKED:
        return ""
    if not one.counts.get(LineState.NEW):
        return "-# `Paste lines` takes a Discord id and an IGN on each line. `Drop` forgets this."
    return "-# `Start` takes these names over. `Left out` lists who stays as they are, and why. `Drop` forgets this."


def _moves(one: Import) -> list[discord.ui.Button[discord.ui.LayoutView]]:
    """Return what can be done with it; nothing is started that would change nobody."""
    has_new = one.state is not ImportState.ASKED or bool(one.counts.get(LineState.NEW))
    moves = [
        look.button(label, f"import:move:{one.id}:{to}", look.SUCCESS if label == "Start" else look.SECONDARY)
        for label, to in MOVES.get(one.state, ())
        if has_new or to is ImportState.DROPPED
    ]
    if one.state is ImportState.ASKED:
        moves.insert(len(moves) - 1, look.button("Paste lines", f"import:paste:{one.id}", look.PRIMARY))
    return moves


def _to_show(one: Import) -> str:
    if not one.to_show or one.state is ImportState.ASKED:
        return ""
    hours = one.to_show / A_SECOND / 3600
    takes = f"about {hours:.0f} hours" if hours >= 1 else f"about {hours * 60:.0f} minutes"
    return f"- {one.to_show} changes that Discord is still told of, {takes} by its own limits"


def _not_allowed(one: Import) -> str:
    if not one.not_allowed or one.state is ImportState.ASKED:
        return ""
    return f"- {one.not_allowed} changes that Discord does not allow: /doctor says why"


@button(r"import:move:(?P<import>\d+):(?P<to>running|paused|dropped)", bucket=CONFIGURATION, manner="redraws")
async def move(press: Press) -> Answer:
    """Start, stop, resume or drop it."""
    ask = api.MoveImport(press.guild_id, ImportId(press.ids["import"]), ImportState(press.words["to"]))
    return Answer(view=report(await press.ask(api.move_import, ask)))


@form_button(r"import:paste:(?P<import>\d+)", bucket=CONFIGURATION)
async def ask_lines(press: Press) -> discord.ui.Modal:
    """Open the form into which a list is pasted; sent again, it adds to what is there."""
    modal = discord.ui.Modal(title="Paste lines", custom_id=f"import:pasted:{press.ids['import']}")
    lines = discord.ui.TextInput[discord.ui.Modal](
        custom_id="lines", style=discord.TextStyle.paragraph, placeholder="1180000000000000001 Rook"
    )
    about = "One member a line: Discord id and IGN. For more than fit, paste again."
    modal.add_item(discord.ui.Label(text="Who is called what", description=about, component=lines))
    return modal


@form(r"import:pasted:(?P<import>\d+)", bucket=CONFIGURATION, manner="redraws")
async def add_pasted(press: Press) -> Answer:
    """Judge the lines that were pasted, as those of a file."""
    text = press.fields.get("lines", "")
    said = rules.pasted(text)
    ask = api.AddLines(press.guild_id, ImportId(press.ids["import"]), said)
    return Answer(view=report(await press.ask(api.add_lines, ask), rules.unread(text)))


@button(r"import:show:(?P<import>\d+)", bucket=CONFIGURATION, manner="redraws")
async def refresh(press: Press) -> Answer:
    """Draw it anew."""
    return Answer(view=report(await press.ask(api.latest_import, api.LatestImport(press.guild_id))))


@button(r"import:left:(?P<import>\d+)", bucket=CONFIGURATION)
async def hand_out(press: Press) -> Answer:
    """Hand out who is left out, with why, as a file."""
    lines = await press.ask(api.read_lines, api.ReadLines(press.guild_id, ImportId(press.ids["import"])))
    name = "left-out.txt"
    file: discord.ui.File[discord.ui.LayoutView] = discord.ui.File(f"attachment://{name}")
    text = "\n".join(f"{int(one.user_id)}\t{one.text}\t{one.why or one.state}" for one in lines)
    return Answer(view=look.sheet(look.text(f"Left out: {len(lines)}"), file), file=(name, text + "\n"))
