"""What a run was, page by page: to raiders why they were or were not paid, to leaders everything."""

from collections.abc import Iterable
from typing import Any

import discord

from raidbot.bot import look
from raidbot.bot.buttons import button
from raidbot.bot.presses import Press
from raidbot.bot.rates import INFORMATION
from raidbot.bot.replies import Answer
from raidbot.core.ids import RunId
from raidbot.core.text import shown
from raidbot.dungeons import catalogue
from raidbot.features.runs.api import timeline as api
from raidbot.features.runs.model.life import RunStatus
from raidbot.features.runs.model.places import Shown
from raidbot.features.runs.model.pops import WHOLE_RUN
from raidbot.features.runs.model.timeline import Entry, PopListed, RunBrief, Timeline, Told, Why
from raidbot.features.runs.panels.words import closing_line, dungeon_of, ending, named, status_line

ON_A_PAGE = 14
"""So many lines stand on one page, so that the longest ones fit into a message."""

LONGEST_LINE = 240

WHY = {
    Why.PAID: "✅ you were in",
    Why.FAILED: "it failed; you were in and get the share of this server",
    Why.NOBODY: "nobody got in, so nobody is paid",
    Why.OPEN: "its window is still open",
    Why.STRUCK: "staff took you out of it afterwards",
    Why.LATE: "not paid: you joined after its window had closed",
    Why.LEFT: "not paid: you had left before its window closed",
    Why.REMOVED: "not paid: whoever led had taken you out",
    Why.LET_GO: "not paid: you had left the server, or could not be in runs then",
    Why.WAITING: "not paid: you were on the waiting list",
    Why.ABSENT: "not paid: you were not in",
}
"""Why somebody was or was not paid, in words."""


def timeline(told: Timeline, page: int = 0) -> discord.ui.LayoutView:
    """Draw one page of what a run was."""
    run, dungeon = told.run, dungeon_of(told.run)
    state = ending(run) if run.status.over else status_line(run)
    lines = list(_lines(told))
    start = min(page * ON_A_PAGE, max(0, len(lines) - 1) // ON_A_PAGE * ON_A_PAGE)
    page = start // ON_A_PAGE
    turns = [look.button("Before", f"run:info_page:{run.id}:{page - 1}")] if page else []
    if start + ON_A_PAGE < len(lines):
        turns.append(look.button("More", f"run:info_page:{run.id}:{page + 1}"))
    return look.sheet(
        look.text(f"### {dungeon.emoji} {dungeon.name} · run {run.id}", state, closing_line(run)),
        look.text(*(line[:LONGEST_LINE] for line in lines[start : start + ON_A_PAGE])),
        *([look.row(*turns)] if turns else []),
        colour=dungeon.colour,
    )


def _lines(told: Timeline) -> Iterable[str]:
    yield "**Your part**"
    yield from (_own(one) for one in told.own)
    if not told.own:
        yield _nothing(told)
    if told.everything:
        yield "**Keys**" if told.pops else ""
        yield from (_pop(one) for one in told.pops)
        yield "**Paid**" if told.paid else ""
        yield from (f"<@{one.user_id}> {one.kind} {one.quantity}: {one.points:f} points" for one in told.paid)
        yield "**Who was shown party and location**" if told.reveals else ""
        yield from (_reveal(one) for one in told.reveals)
        yield "**Record**"
        yield from (_entry(one) for one in told.entries)


def _nothing(told: Timeline) -> str:
    if told.run.status is RunStatus.CANCELLED:
        return "It was cancelled before a key popped, so nothing is paid."
    return "Nothing is paid yet: that happens when a key has popped, or at the end."


def _own(told: Told) -> str:
    pop = told.pop
    which = "The whole run" if pop.number == WHOLE_RUN else f"Key {pop.number}"
    points = f" — {pop.points:f} points" if pop.points else ""
    led = f", and {pop.led:f} for leading" if pop.led is not None else ""
    led += f", and {pop.helped:f} as co-leader" if pop.helped is not None else ""
    reason = f" · reason: {shown(pop.reason)}" if pop.reason else ""
    return f"{which} ({look.ago(pop.popped_at)}): {WHY[told.why]}{points}{led}{reason}"


def _pop(listed: PopListed) -> str:
    pop = listed.pop
    which = "The whole run" if pop.number == WHOLE_RUN else f"Key {pop.number}"
    dungeon = catalogue.known(pop.dungeon)
    key = dungeon.find_key(pop.key or "")
    popper = f", popped by <@{pop.popper_id}>" if pop.popper_id else ""
    return (
        f"{which} {look.ago(pop.popped_at)}: {dungeon.name}{f' · {key.name}' if key else ''}, {pop.outcome}, "
        f"{look.many(listed.raiders, 'raider')}, led by <@{pop.leader_id}>{popper}"
    )


def _reveal(one: Shown) -> str:
    places = " · ".join(shown(value) for value in (one.party, one.location) if value)
    again = f", {one.times} times" if one.times > 1 else ""
    return f"{look.ago(one.first_at)} <@{one.user_id}> as {one.grounds}{again}: {places}"


def _entry(one: Entry) -> str:
    who = f"<@{one.user_id}>" if one.user_id else "Time"
    detail = ", ".join(f"{name.replace('_', ' ')}: {_value(name, value)}" for name, value in one.detail.items())
    return f"{look.ago(one.happened_at)} {who}: {one.kind.replace('_', ' ')}{f' ({detail})' if detail else ''}"


def _value(name: str, value: Any) -> str:
    if isinstance(value, list):
        return " → ".join(_value(name, one) for one in value)
    if value is None:
        return "nothing"
    return f"<@{value}>" if name.endswith("_id") and str(value).isdigit() else shown(str(value))


def recent(runs: list[RunBrief]) -> discord.ui.LayoutView:
    """Draw a menu of runs that a member was part of lately."""
    options = [
        (str(one.id), f"{catalogue.known(one.dungeon).name} · run {one.id} · {one.opened_at:%d %b %H:%M} UTC")
        for one in runs
    ]
    return look.sheet(look.text("Which run?"), look.menu("run:info", "Your runs, the newest first", options))


@button(r"run:info", bucket=INFORMATION, manner="redraws")
async def choose_run(press: Press) -> Answer:
    """Show the run that was chosen."""
    number = press.choices[0] if press.choices else "0"
    told = await press.ask(api.read_timeline, api.ReadTimeline(press.guild_id, RunId(int(number))))
    return Answer(view=timeline(told))


@button(r"run:info_page:(?P<run>\d+):(?P<page>\d{1,4})", bucket=INFORMATION, manner="redraws")
async def turn_page(press: Press) -> Answer:
    """Show another page."""
    told = await press.ask(api.read_timeline, api.ReadTimeline(*named(press)))
    return Answer(view=timeline(told, press.ids["page"]))
