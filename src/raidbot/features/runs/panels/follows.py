"""Opening the run that follows, and wishing one for the end of a live run."""

import discord

from raidbot.bot import look
from raidbot.bot.buttons import button
from raidbot.bot.panels import Subject
from raidbot.bot.presses import Press
from raidbot.bot.rates import ORGANIZING
from raidbot.bot.replies import Answer
from raidbot.dungeons import catalogue
from raidbot.features.runs.api import follows as api
from raidbot.features.runs.api import life as runs
from raidbot.features.runs.model.life import Run, RunStatus
from raidbot.features.runs.panels.organizer import private
from raidbot.features.runs.panels.words import KIND, dungeon_of, named

AT_ONCE = 25
"""Options of one menu. docs: Component Reference, String Select"""

MENUS = ("Which dungeon?", "More dungeons", "Still more dungeons")


@button(r"run:again:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def run_again(press: Press) -> Answer:
    """Open the same run again."""
    return await _follow(press, None)


@button(r"run:next:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def ask_next(press: Press) -> Answer:
    """Ask which dungeon comes next."""
    return Answer(view=choices(await press.ask(runs.steer_run, runs.SteerRun(*named(press)))))


@button(r"run:next_is:(?P<run>\d+):(?P<menu>\d)", bucket=ORGANIZING, manner="redraws")
async def open_next(press: Press) -> Answer:
    """Open the dungeon that was chosen, or let it open at the end."""
    return await _follow(press, press.choices[0] if press.choices else None)


@button(r"run:follow:(?P<run>\d+):(?P<dungeon>[a-z0-9_]{1,40})", bucket=ORGANIZING, manner="redraws")
async def open_wished(press: Press) -> Answer:
    """Open the dungeon that was to follow and did not open by itself."""
    return await _follow(press, press.words["dungeon"])


@button(r"run:no_next:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def drop_next(press: Press) -> Answer:
    """Let nothing open at the end."""
    run = await press.ask(api.follow_nothing, api.FollowNothing(*named(press)))
    return Answer(view=private(run, "No run opens when this one ends."))


async def _follow(press: Press, dungeon: str | None) -> Answer:
    run = await press.ask(api.follow_run, api.FollowRun(*named(press), dungeon=dungeon))
    if run.id == press.ids["run"]:
        return Answer(view=private(run, "It opens as soon as this run ends."))
    posted = await press.painter.stand(Subject(press.guild_id, KIND, run.id))
    link = look.link(press.guild_id, posted.channel_id, posted.message_id) if posted.message_id else ""
    note = "The raiders of the run before are called and come first for a minute."
    return Answer(view=private(run, f"[The panel]({link}) is up. {note}" if link else note))


def choices(run: Run) -> discord.ui.LayoutView:
    """Draw the menus of all dungeons."""
    first = catalogue.search("")
    found = [*first, *(one for one in catalogue.all_dungeons() if one not in first)]
    groups = [found[start : start + AT_ONCE] for start in range(0, len(found), AT_ONCE)]
    menus = [
        look.menu(f"run:next_is:{run.id}:{number}", name, [(one.key, f"{one.emoji} {one.name}") for one in group])
        for number, (name, group) in enumerate(zip(MENUS, groups, strict=False))
    ]
    when = "It opens as soon as this run ends." if run.status is RunStatus.LIVE else "It opens at once."
    wished = run.next_dungeon is not None and not run.status.over
    drop = [look.button("No next run", f"run:no_next:{run.id}")] if wished else []
    return look.sheet(
        look.text("### Next run", f"{when} Note, co-leaders and limits stay; its raiders get one call."),
        *menus,
        look.row(
            look.button("Same again", f"run:again:{run.id}"),
            *drop,
            look.button("Back", f"run:panel_again:{run.id}"),
        ),
        colour=dungeon_of(run).colour,
    )
