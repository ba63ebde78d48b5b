"""What the bot does when it hears that a run changed."""

from raidbot.bot.hearing import Ears, hears
from raidbot.bot.painter import Need
from raidbot.bot.panels import Subject
from raidbot.features.runs.model.life import RunChanged
from raidbot.features.runs.panels.words import DESK, EARLY, KIND


@hears(RunChanged)
async def redraw(happened: RunChanged, ears: Ears) -> None:
    """Let panel and desk be drawn anew; status and location before counts, and these in the early channel too."""
    for kind in (KIND, DESK, EARLY) if happened.urgent else (KIND, DESK):
        subject = Subject(happened.guild_id, kind, happened.run_id)
        ears.painter.mark(subject, Need.STATUS if happened.urgent else Need.COUNT)
