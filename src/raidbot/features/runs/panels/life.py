"""The run as everybody sees it in the raid channel."""

from collections.abc import Mapping

import discord

from raidbot.bot import look
from raidbot.bot.backend import Backend
from raidbot.bot.panels import Drawing, Notice, Spot, Subject, Versions, only, panel
from raidbot.core.ids import ChannelId, GuildId, RunId
from raidbot.core.text import shown
from raidbot.features.guild_config import api as guild_config
from raidbot.features.runs.api import life as api
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.pings import PingMoment
from raidbot.features.runs.panels.pings import called
from raidbot.features.runs.panels.words import (
    KIND,
    claims_lines,
    closing_line,
    counts,
    dungeon_of,
    ending,
    first_line,
    join_label,
    led_line,
    place_line,
    pop_line,
    raid_channel,
    status_line,
    step_line,
    title,
    unopened_line,
)


@panel
class RunPanel:
    """The run as everybody sees it in the raid channel."""

    kind = KIND

    async def current(self, backend: Backend, guild_id: GuildId) -> Mapping[int, Versions]:
        """Return every run that is open or live, with its versions."""
        runs = await backend.call(api.list_runs, api.ListRuns(guild_id))
        return {run.id: Versions(run.version, run.urgent_version) for run in runs}

    async def draw(self, backend: Backend, subject: Subject, ping: str = "") -> Drawing:
        """Read the run and draw it."""
        run = await backend.call(api.show_run, api.ShowRun(subject.guild_id, RunId(subject.id)))
        return Drawing(
            version=run.version,
            view=public(run, ping),
            mark=f"run:join:{run.id}",
            wanted=not run.status.over,
            final=run.status.over and not _awaits(run),
        )

    async def spot(self, backend: Backend, subject: Subject) -> Spot:
        """Return the mapped raid channel, and whom the guild wants called.

        Raises:
            Unmapped: there is none.
        """
        mappings = await backend.call(guild_config.read_mappings, guild_config.ReadMappings(subject.guild_id))
        run = await backend.call(api.show_run, api.ShowRun(subject.guild_id, RunId(subject.id)))
        channel_id = raid_channel(mappings, run.dungeon)
        return await called(backend, subject, channel_id, PingMoment.OPEN)

    async def failed(self, backend: Backend, subject: Subject, why: str) -> None:
        """Cancel the run: nobody can see it."""
        await backend.call(api.drop_run, api.DropRun(subject.guild_id, RunId(subject.id), why[:200]))

    async def removed(self, backend: Backend, subject: Subject, channel_id: ChannelId) -> Notice | None:
        """Tell the organizer of a run that still goes on."""
        run = await backend.call(api.show_run, api.ShowRun(subject.guild_id, RunId(subject.id)))
        if run.status.over:
            return None
        told = (
            f"<@{run.organizer_id}> the panel of your run was deleted twice, so it stays away. "
            "The run goes on: /panel brings up yours."
        )
        return Notice(channel_id, look.sheet(look.text(told)), f"removed-{run.id}", only(run.organizer_id))


def public(run: Run, ping: str = "") -> discord.ui.LayoutView:
    """Draw the panel that everybody sees. It holds party and location only where they are known to all."""
    dungeon = dungeon_of(run)
    if run.status.over:
        told = look.text(f"### {title(run)} — {ending(run)}", closing_line(run), unopened_line(run), *claims_lines(run))
        return look.sheet(told, *_after(run))
    call = [look.text(ping)] if ping else []
    return look.sheet(
        *call,
        look.text(
            f"## {title(run)}",
            status_line(run),
            first_line(run),
            pop_line(run),
            step_line(run),
            led_line(run),
            place_line(run),
        ),
        look.text(shown(run.note) if run.note else "", *counts(run)),
        look.row(
            look.button(join_label(run), f"run:join:{run.id}", look.SUCCESS, disabled=run.join_locked),
            look.button("Leave", f"run:leave:{run.id}"),
            look.button("I bring", f"run:outfit:{run.id}"),
            look.button("Organizer", f"run:panel:{run.id}"),
        ),
        look.row(
            *(look.button(key.label, f"run:key:{run.id}:{key.key}", emoji=key.emoji) for key in dungeon.keys),
        ),
        colour=dungeon.colour,
    )


def _awaits(run: Run) -> bool:
    """Tell whether something about a run that is over may still change what everybody sees."""
    return run.claims_until is not None or run.claims > 0


def _after(run: Run) -> list[discord.ui.ActionRow[discord.ui.LayoutView]]:
    if not _awaits(run):
        return []
    there = [look.button("I was there", f"run:was_there:{run.id}")] if run.claims_until else []
    return [look.row(*there, look.button("Organizer", f"run:panel:{run.id}"))]
