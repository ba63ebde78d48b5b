"""What the bot does when a role that is earned changes."""

from raidbot.bot.hearing import Ears, hears
from raidbot.bot.painter import Need
from raidbot.bot.panels import Subject
from raidbot.features.custom_roles.model import PANEL, CustomRoleChanged


@hears(CustomRoleChanged)
async def draw_anew(happened: CustomRoleChanged, ears: Ears) -> None:
    """Draw the message of the role as it is now, and let the one before lead to it."""
    for number in happened.panels:
        ears.painter.mark(Subject(happened.guild_id, PANEL, number), Need.REPAIR)
