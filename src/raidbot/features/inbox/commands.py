"""`/inbox`."""

from raidbot.bot.commands import command
from raidbot.bot.presses import Press
from raidbot.bot.rates import INFORMATION
from raidbot.bot.replies import Answer
from raidbot.features.inbox import panels


@command("inbox", "What this server's staff wrote you", bucket=INFORMATION)
async def inbox(press: Press) -> Answer:
    """Show a member their letters."""
    return await panels.read(press)
