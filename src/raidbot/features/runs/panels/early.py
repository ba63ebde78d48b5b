"""Party and location in the early location channel: one edited message a run, and a short ping after each change."""

from collections.abc import Mapping

import discord

from raidbot.bot import look
from raidbot.bot.backend import Backend
from raidbot.bot.notices import Told, notice
from raidbot.bot.panels import Drawing, Spare, Spot, Subject, Versions, panel
from raidbot.core.ids import GuildId, RunId
from raidbot.core.text import shown
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import ChannelKey, Mappings
from raidbot.features.runs.api import life as api
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.notices import Saying
from raidbot.features.runs.panels.notices import name
from raidbot.features.runs.panels.words import DESK, EARLY, dungeon_of, ending, led_line, status_line, title


@panel
class EarlyPanel(Spare):
    """Party and location of a run, for those who read the early location channel."""

    kind = EARLY

    async def current(self, backend: Backend, guild_id: GuildId) -> Mapping[int, Versions]:
        """Return every run that goes on and says where it is; counts are no news here."""
        mappings = await self._mappings(backend, guild_id)
        runs = await backend.call(api.list_runs, api.ListRuns(guild_id))
        return {
            run.id: Versions(run.urgent_version, run.urgent_version)
            for run in runs
            if run.placed and mappings.channel(ChannelKey.EARLY_LOC, run.dungeon)
        }

    async def draw(self, backend: Backend, subject: Subject, ping: str = "") -> Drawing:  # noqa: ARG002 - it pings nobody
        """Read the run and draw where it is."""
        run = await backend.call(api.show_run, api.ShowRun(subject.guild_id, RunId(subject.id)))
        return Drawing(
            version=run.version,
            view=early(run),
            mark=f"run:join:{run.id}",
            wanted=bool(run.party or run.location) and not run.status.over,
            final=run.status.over,
        )

    async def spot(self, backend: Backend, subject: Subject) -> Spot | None:
        """Return the early location channel; without one nothing is told there."""
        mappings = await self._mappings(backend, subject.guild_id)
        run = await backend.call(api.show_run, api.ShowRun(subject.guild_id, RunId(subject.id)))
        channel_id = mappings.channel(ChannelKey.EARLY_LOC, run.dungeon)
        return None if channel_id is None else Spot(channel_id)

    async def _mappings(self, backend: Backend, guild_id: GuildId) -> Mappings:
        return await backend.call(guild_config.read_mappings, guild_config.ReadMappings(guild_id))


def early(run: Run) -> discord.ui.LayoutView:
    """Draw where a run is; once it is over, that it is."""
    dungeon = dungeon_of(run)
    if run.status.over:
        return look.sheet(look.text(f"### {title(run)} — {ending(run)}"))
    places = (("Party", run.party), ("Location", run.location))
    return look.sheet(
        look.text(f"### 📍 {title(run)}", status_line(run), led_line(run)),
        look.text(*(f"{label}: {f'**{shown(value)}**' if value else 'not set'}" for label, value in places)),
        look.row(look.button("Join", f"run:join:{run.id}", look.SUCCESS, disabled=run.join_locked)),
        colour=dungeon.colour,
    )


@notice(Saying.EARLY, panel=EARLY, desk=DESK, instead=ChannelKey.EARLY_LOC)
async def ping_early(told: Told, backend: Backend) -> discord.ui.LayoutView | None:
    """Call whom the guild calls for the dungeon to the message above, which alone says where."""
    run = await backend.call(api.show_run, api.ShowRun(told.guild_id, RunId(told.subject_id)))
    if run.status.over or not (run.party or run.location):
        return None
    line = f"{name(told, run)}: the location {'is set' if run.placed <= 1 else 'has changed'}."
    return look.sheet(look.text(told.calls, line), colour=dungeon_of(run).colour)
