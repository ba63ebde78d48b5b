"""What the bot does when something happens in verification."""

import discord

from raidbot.bot.hearing import Ears, compares, hears
from raidbot.bot.painter import Need
from raidbot.bot.panels import Subject
from raidbot.core.ids import GuildId
from raidbot.features.guild_config.model import MappingsChanged
from raidbot.features.realmeye.model.queue import PageFailed
from raidbot.features.verification.api import config as api
from raidbot.features.verification.api import tickets
from raidbot.features.verification.model.config import PANEL, QUEUE, VerificationConfigured
from raidbot.features.verification.model.sessions import VerificationAnswered
from raidbot.features.verification.model.tickets import QueueChanged, TicketClosed
from raidbot.features.verification.panels import pictures
from raidbot.features.verification.panels.sessions import show_by_itself

AWAY = -1
"""The version of a screen that says that RealmEye is away: it has no answer yet."""


@hears(VerificationAnswered)
async def show_answer(happened: VerificationAnswered, ears: Ears) -> None:
    """Show a member the answer that they wait for, where they look."""
    await show_by_itself(ears.backend, (happened.guild_id, happened.user_id), happened.checks)


@hears(PageFailed)
async def offer_the_other_way(happened: PageFailed, ears: Ears) -> None:
    """Show a member who waits that RealmEye is away, and what they can do instead."""
    await show_by_itself(ears.backend, (happened.guild_id, happened.user_id), AWAY)


@hears(VerificationConfigured)
async def draw_anew(happened: VerificationConfigured, ears: Ears) -> None:
    """Draw the panel as it is set now, and let the one before lead to it."""
    _mark(ears, happened.guild_id, happened.panel)


@hears(MappingsChanged)
async def follow_channel(happened: MappingsChanged, ears: Ears) -> None:
    """Let the panel stand where it belongs now."""
    found = await ears.backend.call(api.read_config, api.ReadConfig(happened.guild_id))
    _mark(ears, happened.guild_id, found.panel)
    line = await ears.backend.call(tickets.read_line, tickets.ReadLine(happened.guild_id))
    for one in (line.queue - 1, line.queue):
        if one > 0 and line.version:
            ears.painter.mark(Subject(happened.guild_id, QUEUE, one), Need.REPAIR)


@hears(QueueChanged)
async def draw_line(happened: QueueChanged, ears: Ears) -> None:
    """Show staff how many wait now."""
    ears.painter.mark(Subject(happened.guild_id, QUEUE, happened.queue), Need.REPAIR)


@hears(TicketClosed)
async def end_threads(happened: TicketClosed, ears: Ears) -> None:
    """Delete the thread of a member whose screenshot was decided about."""
    await _end_threads(happened.guild_id, ears)


@compares
async def catch_up(guild: discord.Guild, ears: Ears) -> None:
    """Write down pictures that a killed process had posted, take those that it missed, and delete threads it left."""
    await pictures.find_lost_pictures(ears.backend, ears.pictures, GuildId(guild.id))
    await pictures.read_missed(ears, guild)
    await _end_threads(GuildId(guild.id), ears)


async def _end_threads(guild_id: GuildId, ears: Ears) -> None:
    found = await ears.backend.call(tickets.over_threads, tickets.OverThreads(guild_id))
    for one in found.threads:
        await ears.canvas.delete_thread(one.thread_id)
        await ears.backend.call(tickets.forget_thread, tickets.ForgetThread(guild_id, one.thread_id))


def _mark(ears: Ears, guild_id: GuildId, number: int) -> None:
    for one in (number - 1, number):
        if one > 0:
            ears.painter.mark(Subject(guild_id, PANEL, one), Need.REPAIR)
