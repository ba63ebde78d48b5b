"""What the bot does when it hears of runs."""

import discord

from raidbot.bot import look
from raidbot.bot.hearing import Ears, compares, hears
from raidbot.bot.painter import Need
from raidbot.bot.panels import Notice, Subject, only
from raidbot.core.ids import GuildId
from raidbot.features.discord_state import api as discord_state
from raidbot.features.discord_state.model import UnknownPosting
from raidbot.features.runs.model.life import RunChanged, RunEndingSoon
from raidbot.features.runs.panels import oryx3
from raidbot.features.runs.panels.organizer import ending_soon
from raidbot.features.runs.panels.words import KIND


@hears(RunChanged)
async def redraw(happened: RunChanged, ears: Ears) -> None:
    """Let the panel be drawn anew; status and location before counts."""
    subject = Subject(happened.guild_id, KIND, happened.run_id)
    ears.painter.mark(subject, Need.STATUS if happened.urgent else Need.COUNT)


@hears(RunEndingSoon)
async def warn(happened: RunEndingSoon, ears: Ears) -> None:
    """Ask the organizer, below the panel, whether the run should go on."""
    find = discord_state.FindPosting(happened.guild_id, KIND, happened.run_id)
    try:
        posting = await ears.backend.call(discord_state.find_posting, find)
    except UnknownPosting:
        return
    if posting.message_id is None:
        return
    link = look.link(happened.guild_id, posting.channel_id, posting.message_id)
    view = ending_soon(happened.run_id, happened.organizer_id, happened.ends_at, link)
    nonce = f"end-{happened.run_id}-{happened.ends_at.timestamp():.0f}"
    await ears.painter.tell(Notice(posting.channel_id, view, nonce, only(happened.organizer_id)))


@compares
async def find_lost_screenshots(guild: discord.Guild, ears: Ears) -> None:
    """Write down the screenshots that a process posted before it was killed."""
    await oryx3.find_lost_screenshots(ears.backend, ears.painter, GuildId(guild.id))
