"""A correction before it is carried out: exactly what it will write, and Confirm."""

import discord

from raidbot.bot import look
from raidbot.bot.buttons import button
from raidbot.bot.presses import Press
from raidbot.bot.rates import ORGANIZING
from raidbot.bot.replies import Answer
from raidbot.core.text import shown
from raidbot.dungeons import catalogue
from raidbot.features.runs.api import edits as api
from raidbot.features.runs.model.edits import Edit, EditId, Line
from raidbot.features.runs.panels.words import changes

LISTED = 25
"""So many entries are listed one by one; of the others the sum is told."""


def asked(edit: Edit) -> discord.ui.LayoutView:
    """Draw what a correction changes and writes, with Confirm."""
    lines = edit.plan.lines
    listed = [_line(one) for one in lines[:LISTED]]
    rest = lines[LISTED:]
    if rest:
        listed.append(f"-# And {len(rest)} entries more, {sum(one.points for one in rest):+f} points in all.")
    writes = "**It writes into the ledger:**" if lines else "It writes nothing into the ledger."
    return look.sheet(
        look.text(f"### Correct run {edit.run_id}?", changes(edit.plan.change), f"Reason: {shown(edit.reason)}"),
        look.text(writes, *listed),
        look.row(
            look.button("Confirm", f"run:edit:{edit.id}", look.PRIMARY),
            look.button("Let it be", f"run:edit_drop:{edit.id}"),
        ),
    )


def _line(one: Line) -> str:
    dungeon = catalogue.known(one.dungeon)
    return f"<@{one.user_id}> {one.kind} {one.quantity:+d} · **{one.points:+f} points** · {dungeon.name}"


@button(r"run:edit:(?P<edit>\d+)", bucket=ORGANIZING, manner="redraws")
async def confirm(press: Press) -> Answer:
    """Carry the correction out."""
    edit = await press.ask(api.confirm_edit, api.ConfirmEdit(press.guild_id, EditId(press.ids["edit"])))
    entries = look.many(len(edit.plan.lines), "entry", "entries")
    told = f"✅ Run {edit.run_id} is corrected, with {entries}. Those concerned read the reason in /runinfo."
    return Answer(view=look.sheet(look.text(told)))


@button(r"run:edit_drop:(?P<edit>\d+)", bucket=ORGANIZING, manner="redraws")
async def drop(press: Press) -> Answer:
    """Let it be."""
    edit = await press.ask(api.drop_edit, api.DropEdit(press.guild_id, EditId(press.ids["edit"])))
    return Answer(view=look.sheet(look.text(f"Run {edit.run_id} stays as it is.")))
