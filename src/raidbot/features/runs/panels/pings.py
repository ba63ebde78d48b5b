"""Whom a run calls, in words."""

from raidbot.bot import look
from raidbot.bot.backend import Backend
from raidbot.bot.panels import Notice, Spot, Subject
from raidbot.bot.presses import Press
from raidbot.core.ids import ChannelId, RunId
from raidbot.features.guild_config import api as guild_config
from raidbot.features.runs.api import pings
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.pings import PingMoment
from raidbot.features.runs.panels.words import KIND, dungeon_of, raid_channel


async def called(backend: Backend, subject: Subject, channel_id: ChannelId, moment: PingMoment) -> Spot:
    """Return whom the guild wants called at a moment of a run; asked again, it is the same."""
    ping = await backend.call(pings.claim_ping, pings.ClaimPing(subject.guild_id, RunId(subject.id), moment))
    role_ids = (ping.role_id,) if ping.role_id else ()
    mentions = ["@here"] * ping.here + [f"<@&{role_id}>" for role_id in role_ids]
    return Spot(channel_id, " ".join(mentions), here=ping.here, role_ids=role_ids)


async def call_at_start(press: Press, run: Run) -> None:
    """Call whom the guild wants called when a run goes live, below its panel."""
    subject = Subject(run.guild_id, KIND, run.id)
    mappings = await press.backend.call(guild_config.read_mappings, guild_config.ReadMappings(run.guild_id))
    spot = await called(press.backend, subject, raid_channel(mappings.channels), PingMoment.START)
    if spot.ping:
        told = look.sheet(look.text(f"{spot.ping} **{dungeon_of(run).name}** is live."), colour=dungeon_of(run).colour)
        await press.painter.tell(Notice(spot.channel_id, told, f"start-{run.id}", spot.mentions))
