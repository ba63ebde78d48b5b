"""The desk of a run: the panel of those who lead, where staff read, above the log."""

from collections.abc import Mapping

from raidbot.bot.backend import Backend
from raidbot.bot.buttons import gate
from raidbot.bot.panels import Drawing, Spare, Spot, Subject, Versions, panel
from raidbot.bot.presses import Press
from raidbot.bot.replies import Answer
from raidbot.core.ids import ChannelId, GuildId, RunId
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.runs.api import leaders
from raidbot.features.runs.api import life as api
from raidbot.features.runs.panels.organizer import confirm, desk
from raidbot.features.runs.panels.words import DESK, named


@panel
class DeskPanel(Spare):
    """The panel of those who lead, as staff see it in the log channel.

    Where it is missing, /panel and the public panel lead to the same buttons.
    """

    kind = DESK

    async def current(self, backend: Backend, guild_id: GuildId) -> Mapping[int, Versions]:
        """Return every run that goes on, where a channel for logs is mapped."""
        if await self._channel(backend, guild_id) is None:
            return {}
        runs = await backend.call(api.list_runs, api.ListRuns(guild_id))
        return {run.id: Versions(run.version, run.urgent_version) for run in runs}

    async def draw(self, backend: Backend, subject: Subject, ping: str = "") -> Drawing:  # noqa: ARG002 - it pings nobody
        """Read the run and draw its desk. The log says when nobody has to look at it any more."""
        run = await backend.call(api.show_run, api.ShowRun(subject.guild_id, RunId(subject.id)))
        return Drawing(version=run.version, view=desk(run), mark=f"run:raiders:{run.id}", wanted=not run.status.over)

    async def spot(self, backend: Backend, subject: Subject) -> Spot | None:
        """Return the channel for logs; without one the run goes on without a desk."""
        channel_id = await self._channel(backend, subject.guild_id)
        return None if channel_id is None else Spot(channel_id)

    async def _channel(self, backend: Backend, guild_id: GuildId) -> ChannelId | None:
        mappings = await backend.call(guild_config.read_mappings, guild_config.ReadMappings(guild_id))
        return mappings.channels.get(ChannelKey.RAID_LOG)


@gate("run")
async def ask_at_desk(press: Press) -> Answer | None:
    """Ask at a desk who neither leads nor is an officer, naming the host; they work from a panel of their own."""
    if "run" not in press.ids:  # a menu of runs, which is never part of a desk
        return None
    met = await press.ask(leaders.come_to_desk, leaders.ComeToDesk(*named(press)))
    return Answer(view=confirm(met.run)) if met.confirms else None
