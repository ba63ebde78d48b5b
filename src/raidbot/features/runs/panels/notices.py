"""What runs tell, in words: short, and never party or location."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

import discord

from raidbot.bot import look
from raidbot.bot.backend import Backend
from raidbot.bot.notices import Told, Words, notice
from raidbot.core.ids import RunId
from raidbot.core.text import shown
from raidbot.dungeons import catalogue
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.runs.api import life as api
from raidbot.features.runs.model.life import Run, RunStatus
from raidbot.features.runs.model.notices import CallFor, Saying
from raidbot.features.runs.model.oryx3 import lacks_screenshot
from raidbot.features.runs.panels.words import DESK, KIND, TOLD_REASONS, dungeon_of
from raidbot.features.runs.rules.follows import FOLLOWED_FOR

Says: TypeAlias = Callable[[Told, Run], discord.ui.LayoutView | None]

CALLS = {
    CallFor.SOON: "starts soon: be ready.",
    CallFor.JOIN: "take your place now: everybody in.",
    CallFor.COME: "come to the location: it stands on your card.",
}
"""What raiders are called for, as the message says it."""


def says(kind: Saying) -> Callable[[Says], Says]:
    """Let the decorated function word a notice from the run as it is by now."""

    def register(wording: Says) -> Says:
        notice(kind, panel=KIND, desk=DESK, instead=ChannelKey.RAID)(_read(wording))
        return wording

    return register


def _read(wording: Says) -> Words:
    async def words(told: Told, backend: Backend) -> discord.ui.LayoutView | None:
        run = await backend.call(api.show_run, api.ShowRun(told.guild_id, RunId(told.subject_id)))
        return wording(told, run)

    return words


def to_raiders(told: Told, run: Run, line: str) -> discord.ui.LayoutView:
    """Draw a call to raiders: whom, the dungeon with its link, and the way to their card."""
    return look.sheet(
        look.text(told.calls, f"{name(told, run)} {line}"),
        look.row(look.button("My card", f"run:my_card:{run.id}")),
        colour=dungeon_of(run).colour,
    )


def name(told: Told, run: Run) -> str:
    """Name a run, with the way to its panel."""
    dungeon = dungeon_of(run)
    return f"{dungeon.emoji} [**{dungeon.name}**]({told.link})" if told.link else f"{dungeon.emoji} **{dungeon.name}**"


@says(Saying.STARTED)
def started(told: Told, run: Run) -> discord.ui.LayoutView | None:
    """Call those who are in, or whom the guild wants called at a start."""
    if run.status is not RunStatus.LIVE:
        return None
    if told.body.get("raiders"):
        return to_raiders(told, run, "is live.")
    join = look.button("Join", f"run:join:{run.id}", look.SUCCESS, disabled=run.join_locked)
    return look.sheet(
        look.text(f"{told.calls} {name(told, run)} is live."), look.row(join), colour=dungeon_of(run).colour
    )


@says(Saying.POPPED)
def popped(told: Told, run: Run) -> discord.ui.LayoutView | None:
    """Call those who are in when a key is popped."""
    ends_at = datetime.fromisoformat(str(told.body["window_ends_at"]))
    if run.status is not RunStatus.LIVE:
        return None
    return to_raiders(told, run, f"key {told.body['number']} popped — go in, joining closes {look.ago(ends_at)}.")


@says(Saying.MOVED_UP)
def moved_up(told: Told, run: Run) -> discord.ui.LayoutView | None:
    """Call those for whom a place became free."""
    if run.status.over:
        return None
    until = told.body.get("until")
    if until is None:
        return to_raiders(told, run, "has a place for you: you are in.")
    return to_raiders(
        told, run, f"has a place for you. Say on your card that you are here {look.ago(datetime.fromisoformat(until))}."
    )


@says(Saying.ACCEPTED)
def accepted(told: Told, run: Run) -> discord.ui.LayoutView | None:
    """Call those whose key was accepted."""
    return None if run.status.over else to_raiders(told, run, "needs you: open your card.")


@says(Saying.LOCATION)
def moved(told: Told, run: Run) -> discord.ui.LayoutView | None:
    """Call those who may read the new party and location."""
    return None if run.status.over else to_raiders(told, run, "party and location: open your card.")


@says(Saying.REMOVED)
def removed(told: Told, run: Run) -> discord.ui.LayoutView | None:
    """Call those who were taken out; why stands on their card, for them alone."""
    return to_raiders(told, run, "your part has changed: open your card.")


@says(Saying.LOST)
def lost(told: Told, run: Run) -> discord.ui.LayoutView | None:
    """Tell those who lead that raiders are out who left the server or lost their standing; the log names them."""
    if run.status.over:
        return None
    holders = int(str(told.body["holders"]))
    out = f"{look.many(int(str(told.body['raiders'])), 'raider')} out: left the server, suspended or not verified."
    keys = f" **{look.many(holders, 'key holder')}** among them: see who is next in line." if holders else ""
    return look.sheet(
        look.text(f"{told.calls} {name(told, run)}: {out}{keys}"),
        look.row(
            look.button("Raiders", f"run:raiders:{run.id}"),
            look.button("Keys", f"run:keys:{run.id}"),
        ),
        colour=dungeon_of(run).colour,
    )


@says(Saying.CANCELLED)
def cancelled(told: Told, run: Run) -> discord.ui.LayoutView | None:
    """Tell those who are in that a run is cancelled."""
    if run.status is not RunStatus.CANCELLED:
        return None
    reason = TOLD_REASONS.get(str(told.body.get("reason")), "no reason given").lower()
    return look.sheet(
        look.text(told.calls, f"{name(told, run)} is cancelled: {reason}."), colour=dungeon_of(run).colour
    )


@says(Saying.CALLED)
def called(told: Told, run: Run) -> discord.ui.LayoutView | None:
    """Call those who are in because whoever leads wants so."""
    return None if run.status.over else to_raiders(told, run, CALLS[CallFor(str(told.body["call_for"]))])


@says(Saying.O3)
def step_taken(told: Told, run: Run) -> discord.ui.LayoutView | None:
    """Call those who are in when something happens on the way to Oryx."""
    if run.status is not RunStatus.LIVE:
        return None
    step, value = str(told.body["step"]).replace("_", " "), told.body.get("value")
    percent = "%" if step == "realm score" else ""
    return to_raiders(told, run, f"{step}{f': **{shown(str(value))}{percent}**' if value else ''}.")


@says(Saying.SCREENSHOT)
def screenshot(told: Told, run: Run) -> discord.ui.LayoutView | None:
    """Tell those who lead that a screenshot is found to be bad, and how to give another one."""
    if run.status.over or not lacks_screenshot(run.screenshot):
        return None
    line = "the screenshot was found to be bad. Paste another one here, use /taken, or press Screenshot."
    again = look.row(look.button("Screenshot", f"run:shot:{run.id}", look.PRIMARY))
    return look.sheet(look.text(told.calls, f"{name(told, run)}: {line}"), again, colour=dungeon_of(run).colour)


@says(Saying.ENDING)
def ending_soon(told: Told, run: Run) -> discord.ui.LayoutView | None:
    """Ask those who lead whether a run that ends by itself should go on."""
    ends_at = datetime.fromisoformat(str(told.body["ends_at"]))
    if run.status.over or run.auto_end_at > ends_at:
        return None
    return look.sheet(
        look.text(f"{told.calls} {name(told, run)} ends by itself {look.ago(ends_at)}.", _end_opens(run)),
        look.row(look.button("Extend", f"run:extend:{run.id}", look.PRIMARY)),
        colour=dungeon_of(run).colour,
    )


def _end_opens(run: Run) -> str:
    """Say that what is to follow a run opens only when somebody ends it."""
    if run.next_dungeon is None:
        return ""
    return f"**{catalogue.known(run.next_dungeon).name}** opens only if one of you presses End before."


@says(Saying.NOT_FOLLOWED)
def not_followed(told: Told, run: Run) -> discord.ui.LayoutView | None:
    """Tell those who lead that time ended a run, so that what was to follow did not open, and let them open it."""
    if run.left_unopened is None or run.closed_at is None:
        return None
    dungeon = catalogue.known(run.left_unopened)
    until = look.ago(run.closed_at + FOLLOWED_FOR)
    return look.sheet(
        look.text(
            f"{told.calls} {name(told, run)} ended by itself, so {dungeon.emoji} **{dungeon.name}** did not open.",
            f"Whoever opens it leads it, and its raiders are called. Too late for that {until}.",
        ),
        look.row(look.button(f"Open {dungeon.name}", f"run:follow:{run.id}:{dungeon.key}", look.PRIMARY)),
        colour=dungeon_of(run).colour,
    )


@says(Saying.KEYS)
def keys_unlogged(told: Told, run: Run) -> discord.ui.LayoutView | None:
    """Remind whoever led that keys have no name yet."""
    if not run.unnamed_keys:
        return None
    keys = look.many(run.unnamed_keys, "key")
    whose = "whose it was" if run.unnamed_keys == 1 else "whose they were"
    leader = told.calls or f"<@{run.leader_id}>"  # whom a call to the inbox pings already is named here, not pinged
    return look.sheet(
        look.text(f"{leader} {name(told, run)}: {keys} without a name. Use /unlogged to say {whose}."),
        colour=dungeon_of(run).colour,
    )


@says(Saying.FOLLOWS)
def follows(told: Told, run: Run) -> discord.ui.LayoutView | None:
    """Call the raiders of a run to the one that follows it."""
    if run.status.over:
        return None
    join = look.button("Join", f"run:join:{run.id}", look.SUCCESS)
    line = f"comes next. Others get places {look.ago(run.first_until)}." if run.first_until else "comes next."
    return look.sheet(look.text(told.calls, f"{name(told, run)} {line}"), look.row(join), colour=dungeon_of(run).colour)
