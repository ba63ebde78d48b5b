"""Slash commands of configuration files."""

import discord
from discord import app_commands

from raidbot.bot import look
from raidbot.bot.commands import command, group
from raidbot.bot.files import Upload, fetch_text
from raidbot.bot.presses import Press
from raidbot.bot.rates import CONFIGURATION
from raidbot.bot.replies import Answer
from raidbot.bot.seeing import seen
from raidbot.core.guilds import ChannelSeen
from raidbot.core.ranks import Rank
from raidbot.features.config_file import api, rules
from raidbot.features.config_file.panels import sheet

FILE = "raidbot-config.yaml"

group("config", "The whole configuration of this server as a file")


@command("config export", "Get the whole configuration as a file", needs=Rank.ADMINISTRATOR, bucket=CONFIGURATION)
async def export(press: Press) -> Answer:
    """Hand out the file, with what roles and channels are called beside their ids."""
    found = await press.ask(api.export_config, api.ExportConfig(press.guild_id))
    now = seen(press.guild)
    names = {str(int(one.id)): f"@{one.name.removeprefix('@')}" for one in now.roles}
    names |= {str(int(one.id)): f"#{one.name}" for one in now.channels} | {str(press.guild.id): press.guild.name}
    text = rules.written(press.guild_id, found, names, discord.utils.snowflake_time(press.key))
    file: discord.ui.File[discord.ui.LayoutView] = discord.ui.File(f"attachment://{FILE}")
    values = look.many(sum(len(one.entries) for one in found), "value")
    how = "-# Change what you like in it, then hand it to /config import. You see what changes before it does."
    return Answer(
        view=look.sheet(look.text(f"The configuration of this server: {values}."), file, look.text(how)),
        file=(FILE, text),
    )


@command("config import", "Apply a file from /config export", needs=Rank.ADMINISTRATOR, bucket=CONFIGURATION)
@app_commands.describe(file="The file; you see what it changes before anything is changed")
async def import_(press: Press, file: discord.Attachment) -> Answer:
    """Check a file and show what it would change."""
    text = await fetch_text(Upload.of(file), rules.LARGEST)
    now = seen(press.guild)
    ask = api.PrepareImport(
        press.guild_id,
        text,
        now.roles,
        [ChannelSeen(one.id, one.name, kind=one.kind) for one in now.channels],
        now.bot_height,
    )
    return Answer(view=sheet(await press.ask(api.prepare_import, ask)))
