"""What the bot does by itself for a server that is set up: it goes on with what was cut off."""

import discord

from raidbot.bot.hearing import Ears, compares
from raidbot.features.setup.panels.building import builder


@compares
async def go_on(guild: discord.Guild, ears: Ears) -> None:
    """Make what was wanted and not made yet, because a process ended in between."""
    await builder.work(ears.backend, guild)
