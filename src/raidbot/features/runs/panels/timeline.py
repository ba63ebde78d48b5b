"""What a run was, page by page: to raiders why they were or were not paid, to leaders everything."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import groupby

import discord

from raidbot.bot import look
from raidbot.bot.buttons import button
from raidbot.bot.presses import Press
from raidbot.bot.rates import INFORMATION
from raidbot.bot.replies import Answer
from raidbot.core.ids import RunId
from raidbot.core.text import shown
from raidbot.dungeons import catalogue
from raidbot.features.points.model import AwardKind
from raidbot.features.runs.api import timeline as api
from raidbot.features.runs.model.life import RunStatus
from raidbot.features.runs.model.places import Grounds, Shown
from raidbot.features.runs.model.pops import WHOLE_RUN
from raidbot.features.runs.model.timeline import Paid, PopListed, RunBrief, Timeline, Told, Why
from raidbot.features.runs.panels.log import TOGETHER, line
from raidbot.features.runs.panels.words import OUTCOMES, closing_line, dungeon_of, ending, named, status_line

ON_A_PAGE = 14
"""So many lines stand on one page, so that the longest ones fit into a message."""

LONGEST_LINE = 240

NAMED = 9
"""So many members named in one line fit into it."""

WHY = {
    Why.PAID: "✅ you were in",
    Why.FAILED: "you were in, but it failed",
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


RIGHTS = {
    Grounds.LEADER: "as leader",
    Grounds.KEY: "as key holder",
    Grounds.WANT: "for what they bring",
    Grounds.RAIDER: "as raider",
    Grounds.ALL: "as everybody",
}
"""By which right somebody was shown party and location, in words."""

PAID_FOR = {
    AwardKind.COMPLETION: "Completed",
    AwardKind.LEAD: "Led",
    AwardKind.ASSIST: "Helped to lead",
    AwardKind.KEY: "Key popped",
}
"""What somebody is paid for, in words."""


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
        look.text(*(one[:LONGEST_LINE] for one in lines[start : start + ON_A_PAGE])),
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
        yield "**Who was shown party and location**" if told.reveals else ""
        yield from (_reveal(one) for one in told.reveals)
        yield "**What happened**"
        yield from _happened(told)
        yield "**Paid**" if told.paid else ""
        yield from _paid(told.paid)


def _happened(told: Timeline) -> Iterable[str]:
    """Tell every entry as the log does; those who came or went one after the other share their lines."""
    for kind, group in groupby(told.entries, lambda one: one.kind if one.kind in TOGETHER else one.id):
        entries = list(group)
        if isinstance(kind, str):
            when = discord.utils.format_dt(entries[0].happened_at, "T")
            yield from _together(f"{when} {TOGETHER[kind]}", [one.about for one in entries])
        else:
            yield line(entries[0], dungeon_of(told.run))


def _paid(paid: Sequence[Paid]) -> Iterable[str]:
    """Say who has what: those who have the same share their lines."""
    for (kind, quantity, points), group in groupby(sorted(paid, key=_what), _what):
        times = f" {quantity} times" if quantity > 1 else ""
        what = f"{PAID_FOR[kind]}{times}, {_points(points)} each"
        yield from _together(what, [one.user_id for one in group])


def _what(one: Paid) -> tuple[AwardKind, int, Decimal]:
    return one.kind, one.quantity, one.points


def _together(head: str, user_ids: Iterable[int]) -> Iterable[str]:
    """Name members after what they have in common, so many in a line that none is cut off."""
    names = [f"<@{one}>" for one in dict.fromkeys(int(one) for one in user_ids)]
    for start in range(0, len(names), NAMED):
        listed = ", ".join(names[start : start + NAMED])
        yield listed if start else f"{head}: {listed}"


def _points(points: Decimal) -> str:
    return f"{points:f} point" if points == 1 else f"{points:f} points"


def _nothing(told: Timeline) -> str:
    if told.run.status is RunStatus.CANCELLED:
        return "It was cancelled before a key popped, so nothing is paid."
    return "Nothing is paid yet: that happens when a key has popped, or at the end."


def _own(told: Told) -> str:
    pop = told.pop
    which = "The whole run" if pop.number == WHOLE_RUN else f"Key {pop.number}"
    points = f" — {_points(pop.points)}" if pop.points or told.why is Why.FAILED else ""
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
    where = f"{dungeon.name} · {key.name}" if key else dungeon.name
    return (
        f"{which} {look.ago(pop.popped_at)}: {where}, {OUTCOMES[pop.outcome].lower()}, "
        f"{look.many(listed.raiders, 'raider')}, led by <@{pop.leader_id}>{popper}"
    )


def _reveal(one: Shown) -> str:
    places = " · ".join(shown(value) for value in (one.party, one.location) if value)
    again = f", {one.times} times" if one.times > 1 else ""
    return f"{look.ago(one.first_at)} <@{one.user_id}> {RIGHTS[one.grounds]}{again}: {places}"


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
