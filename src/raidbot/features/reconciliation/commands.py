"""Slash commands of reconciliation."""

from raidbot.bot import look
from raidbot.bot.commands import command
from raidbot.bot.presses import Press
from raidbot.bot.rates import CONFIGURATION
from raidbot.bot.replies import Answer
from raidbot.core.ranks import Rank
from raidbot.features.reconciliation import api
from raidbot.features.reconciliation.panels import choices, line

SHOWN = 5


@command("plans", "Changes of many members that wait for a decision", needs=Rank.ADMINISTRATOR, bucket=CONFIGURATION)
async def plans(press: Press) -> Answer:
    """List the plans that wait, with the buttons to decide."""
    found = await press.ask(api.list_plans, api.ListPlans(press.guild_id))
    if not found:
        return Answer("Nothing waits for a decision.")
    parts = [part for one in found[:SHOWN] for part in (look.text(line(one)), look.row(*choices(one.id, one.cause)))]
    return Answer(view=look.sheet(*parts))
