"""Slash commands of setting a server up."""

from raidbot.bot.commands import command
from raidbot.bot.presses import Press
from raidbot.bot.rates import CONFIGURATION
from raidbot.bot.replies import Answer
from raidbot.core.ranks import Rank
from raidbot.features.setup.panels import doctor as doctor_panel
from raidbot.features.setup.panels import steps


@command("setup", "Set this server up, step by step", needs=Rank.ADMINISTRATOR, bucket=CONFIGURATION)
async def setup(press: Press) -> Answer:
    """Show the step that the server is at; it is the same after a restart."""
    return await steps.shown(press)


@command("doctor", "Look over roles, channels and permissions", needs=Rank.ADMINISTRATOR, bucket=CONFIGURATION)
async def doctor(press: Press) -> Answer:
    """Show what is wrong or unwise, each with its fix."""
    return await doctor_panel.looked_over(press)
