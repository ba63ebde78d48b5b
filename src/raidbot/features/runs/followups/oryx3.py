"""What the bot does about screenshots that were posted and not written down."""

import discord

from raidbot.bot.hearing import Ears, compares
from raidbot.core.ids import GuildId
from raidbot.features.runs.panels import oryx3


@compares
async def find_lost_screenshots(guild: discord.Guild, ears: Ears) -> None:
    """Write down the screenshots that a process posted before it was killed."""
    await oryx3.find_lost_screenshots(ears.backend, ears.pictures, GuildId(guild.id))
