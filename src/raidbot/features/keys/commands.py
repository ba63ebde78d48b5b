"""Slash commands of used keys."""

from discord import app_commands

from raidbot.bot.commands import command
from raidbot.bot.presses import Press
from raidbot.bot.rates import ORGANIZING
from raidbot.bot.replies import Answer
from raidbot.core.ids import RunId
from raidbot.core.ranks import Rank
from raidbot.features.keys import api
from raidbot.features.keys.panels import log, unlogged


@command("unlogged", "Runs whose keys have no name yet", needs=Rank.ORGANIZER, bucket=ORGANIZING)
@app_commands.describe(run="The number of a run, to open its keys again")
async def list_unlogged(press: Press, run: app_commands.Range[int, 1, 2**53] | None = None) -> Answer:
    """List the runs with keys without a name, or open the keys of one run."""
    if run is not None:
        return Answer(view=log(await press.ask(api.read_keys, api.ReadKeys(press.guild_id, RunId(run)))))
    found = await press.ask(api.list_unlogged, api.ListUnlogged(press.guild_id))
    return Answer(view=unlogged(found)) if found else Answer("Every key has a name. Well done.")
