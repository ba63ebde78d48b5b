"""The logs of runs: a thread for each, in which every act stands once, whatever is killed in between."""

from collections import defaultdict
from datetime import datetime, timedelta

import discord
import structlog

from raidbot.bot.canvas import NO_CHANNEL
from raidbot.bot.hearing import Ears, compares, hears
from raidbot.core.ids import ChannelId, GuildId, MessageId, RunId
from raidbot.dungeons import catalogue
from raidbot.features.discord_state import api as discord_state
from raidbot.features.runs.api import log as api
from raidbot.features.runs.model.life import RunChanged
from raidbot.features.runs.model.log import Untold
from raidbot.features.runs.panels.log import chapter, last_of
from raidbot.features.runs.panels.words import DESK

log: structlog.stdlib.BoundLogger = structlog.get_logger()

GATHER = timedelta(seconds=1)
"""How long what happens gathers before it is told."""

PAUSE = timedelta(seconds=4)
"""Between two messages in one thread."""

RETRY = timedelta(seconds=20)
"""After Discord did not take one."""


class RunLogs:
    """Tells what happened to runs in the threads of their desks."""

    def __init__(self) -> None:
        self._due: dict[GuildId, dict[RunId, datetime]] = defaultdict(dict)
        self._sure: set[RunId] = set()
        """The runs whose thread this process knows: nothing stands there that is not on record."""

    def wake(self, ears: Ears, guild_id: GuildId, run_id: RunId) -> None:
        """Let what happened to a run be told soon."""
        self._due[guild_id].setdefault(run_id, ears.clock.now() + GATHER)

        async def go() -> datetime | None:
            return await self._round(ears, guild_id)

        ears.rounds.wake("run logs", guild_id, go)

    async def _round(self, ears: Ears, guild_id: GuildId) -> datetime | None:
        due = self._due[guild_id]
        for run_id, moment in list(due.items()):
            if moment <= ears.clock.now():
                pause = await self._tell(ears, guild_id, run_id)
                del due[run_id]
                if pause is not None:
                    due[run_id] = ears.clock.now() + pause
        return min(due.values(), default=None)

    async def _tell(self, ears: Ears, guild_id: GuildId, run_id: RunId) -> timedelta | None:
        """Tell what is next of a run; return how long to wait for more of it, None if there is nothing."""
        untold = await ears.backend.call(api.read_log, api.ReadLog(guild_id, run_id))
        if untold.message_id is None:  # the desk is on its way, unless nobody has mapped a channel for it
            return None if untold.over or not untold.mapped else GATHER
        if not untold.entries:
            return await self._close(ears, guild_id, run_id, untold)
        try:
            last, message_id = await self._told(ears, untold, run_id)
        except discord.HTTPException as refused:
            log.warning("A log could not be written", run=run_id, reason=str(refused))
            if refused.code == NO_CHANNEL:
                await _start(ears, untold, run_id)
            return RETRY
        ask = discord_state.ToldLog(
            guild_id,
            DESK,
            run_id,
            before=untold.told_until,
            until=last,
            thread_id=ChannelId(untold.message_id),
            message_id=message_id,
        )
        await ears.backend.call(discord_state.told_log, ask)
        return PAUSE

    async def _close(self, ears: Ears, guild_id: GuildId, run_id: RunId, untold: Untold) -> timedelta | None:
        """Let nobody look at a run any more whose end stands in its log and on its desk."""
        if not untold.over:
            return None
        if untold.drawn_version < untold.version:
            return PAUSE
        self._sure.discard(run_id)
        if not untold.closed:
            ask = discord_state.DrewPosting(guild_id, DESK, run_id, untold.version, final=True)
            await ears.backend.call(discord_state.drew_posting, ask)
        return None

    async def _told(self, ears: Ears, untold: Untold, run_id: RunId) -> tuple[int, MessageId]:
        """Tell what is next; return the number of the last entry that stands in the thread now, and its message."""
        thread_id = ChannelId(untold.message_id or 0)
        if untold.told_until == 0:
            await _start(ears, untold, run_id)
        if run_id not in self._sure:
            # A process may have been killed after it had told more than is on record.
            self._sure.add(run_id)
            stands = await ears.canvas.last_noted(thread_id)
            if stands is not None and (last := last_of(stands.foot)) > untold.told_until:
                return last, stands.message_id
        next_one = chapter(untold.entries, untold.dungeon)
        noted = await ears.canvas.note(thread_id, next_one.embed, f"l-{untold.entries[0].id}")
        return last_of(noted.foot) or next_one.last, noted.message_id


async def _start(ears: Ears, untold: Untold, run_id: RunId) -> None:
    if untold.channel_id is not None and untold.message_id is not None:
        name = f"{catalogue.known(untold.dungeon).name} · run {run_id}"
        await ears.canvas.start_thread(untold.channel_id, untold.message_id, name)


logs = RunLogs()


@hears(RunChanged)
async def log_change(happened: RunChanged, ears: Ears) -> None:
    """Let the log tell what happened."""
    logs.wake(ears, happened.guild_id, RunId(happened.run_id))


@compares
async def look_for_untold(guild: discord.Guild, ears: Ears) -> None:
    """Let logs tell what was left over."""
    guild_id = GuildId(guild.id)
    behind = await ears.backend.call(api.logs_behind, api.LogsBehind(guild_id))
    for run_id in behind.run_ids:
        logs.wake(ears, guild_id, run_id)
