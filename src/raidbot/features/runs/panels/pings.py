"""Whom a run calls, in words."""

from raidbot.bot.backend import Backend
from raidbot.bot.panels import Spot, Subject
from raidbot.core.ids import ChannelId, RunId
from raidbot.features.runs.api import pings
from raidbot.features.runs.model.pings import PingMoment


async def called(backend: Backend, subject: Subject, channel_id: ChannelId, moment: PingMoment) -> Spot:
    """Return whom the guild wants called at a moment of a run; asked again, it is the same."""
    ping = await backend.call(pings.claim_ping, pings.ClaimPing(subject.guild_id, RunId(subject.id), moment))
    role_ids = (ping.role_id,) if ping.role_id else ()
    mentions = ["@here"] * ping.here + [f"<@&{role_id}>" for role_id in role_ids]
    return Spot(channel_id, " ".join(mentions), here=ping.here, role_ids=role_ids)
