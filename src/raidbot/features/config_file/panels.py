"""What a file would change, and the button that applies it."""

import discord

from raidbot.bot import look
from raidbot.bot.buttons import button
from raidbot.bot.presses import Press
from raidbot.bot.rates import CONFIGURATION
from raidbot.bot.replies import Answer
from raidbot.core.text import shown
from raidbot.features.config_file import api
from raidbot.features.config_file.model import Change, Import, ImportId, ImportState

GREEN = 0x2ECC71
ROOM = 3000
"""Characters for changes. docs: Component Reference: all texts of a message together have 4,000."""

LONGEST_VALUE = 80


@button(r"config:apply:(?P<import_id>\d+):(?P<revision>\d+)", bucket=CONFIGURATION, manner="redraws")
async def apply(press: Press) -> Answer:
    """Apply what was shown, once; if the configuration has changed meanwhile, show what would change now."""
    ask = api.ApplyImport(press.guild_id, ImportId(press.ids["import_id"]), press.ids["revision"])
    done = await press.ask(api.apply_import, ask)
    news = "⚠️ The configuration has changed meanwhile, so nothing was applied. Look again:" if done.stale else ""
    return Answer(view=sheet(done.imported, news))


def sheet(one: Import, news: str = "") -> discord.ui.LayoutView:
    """Draw what a file changes, old and new."""
    if not one.changes:
        return look.sheet(look.text(news, "This file changes nothing: the server is configured as it says."))
    applied = one.state is ImportState.APPLIED
    head = "### ✅ Applied" if applied else f"### {look.many(len(one.changes), 'change')} to apply"
    press = look.button("Apply", f"config:apply:{one.id}:{one.revision}", look.SUCCESS)
    foot = "-# /doctor tells whether all of it works." if applied else "-# Nothing is changed until you press Apply."
    return look.sheet(
        look.text(head, news),
        look.text(*_lines(one.changes)),
        look.text(foot),
        *([] if applied else [look.row(press)]),
        colour=GREEN if applied else look.BLUE,
    )


def _lines(changes: list[Change]) -> list[str]:
    lines: list[str] = []
    section = ""
    for number, one in enumerate(changes):
        head = [] if one.section == section else [f"**{one.section}**"]
        section = one.section
        more = [*head, f"{one.name}: {_value(one, one.old)} → {_value(one, one.new)}"]
        if sum(len(line) + 1 for line in [*lines, *more]) > ROOM:
            return [*lines, f"… and {len(changes) - number} more."]
        lines += more
    return lines


def _value(one: Change, value: str | None) -> str:
    if value is None:
        return "not set"
    if one.holds == "roles":
        return f"<@&{value}>"
    if one.holds == "channels":
        return f"<#{value}>"
    cut = value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}…"
    return f"**{shown(cut)}**" if "://" not in cut else shown(cut)
