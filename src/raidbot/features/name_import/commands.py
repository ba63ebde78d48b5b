"""Slash commands of taking over names."""

import asyncio

import discord
from discord import app_commands

from raidbot.bot.commands import command
from raidbot.bot.files import Upload, fetch_text
from raidbot.bot.presses import Press
from raidbot.bot.rates import CONFIGURATION
from raidbot.bot.replies import Answer
from raidbot.core.ids import UserId
from raidbot.core.ranks import Rank, RoleKey
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import Unmapped
from raidbot.features.name_import import api, rules
from raidbot.features.name_import.model import ImportState, Said, UnknownNameImport
from raidbot.features.name_import.panels import report

AT_ONCE = 2000
"""Lines in one request."""

LARGEST = 4 * 1024 * 1024
"""Bytes of a file: a server of more than a hundred thousand members."""

GOES_ON = {ImportState.RUNNING, ImportState.PAUSED}


@command(
    "forcesync",
    "Take over IGNs from nicknames or lines; asks first",
    needs=Rank.ADMINISTRATOR,
    bucket=CONFIGURATION,
)
@app_commands.describe(
    file="Lines with a Discord id and an IGN; without it the nicknames of verified members are read",
    paste="Paste such lines instead of reading nicknames",
)
async def forcesync(press: Press, file: discord.Attachment | None = None, *, paste: bool = False) -> Answer:
    """Show the import that goes on, else read and judge, and ask."""
    try:
        latest = await press.ask(api.latest_import, api.LatestImport(press.guild_id))
    except UnknownNameImport:
        latest = None
    if latest is not None and latest.state in GOES_ON:
        return Answer(view=report(latest))
    said, unread = await _said(press, file, paste=paste)
    begun = await press.ask(api.begin_import, api.BeginImport(press.guild_id))
    for start in range(0, len(said), AT_ONCE):
        more = start + AT_ONCE < len(said)
        ask = api.AddLines(press.guild_id, begun.id, said[start : start + AT_ONCE], more=more)
        begun = await press.ask(api.add_lines, ask)
    return Answer(view=report(begun, unread))


async def _said(press: Press, file: discord.Attachment | None, *, paste: bool) -> tuple[list[Said], list[str]]:
    """Return what is to be judged, and what could not be read.

    What is pasted comes by a form, for which the report has a button.
    """
    if file is not None:
        return await _in_file(file)
    return [] if paste else await _in_nicknames(press), []


async def _in_file(file: discord.Attachment) -> tuple[list[Said], list[str]]:
    text = await fetch_text(Upload.of(file), LARGEST)
    # in a thread: nobody's click waits for ten thousands of lines
    return await asyncio.to_thread(lambda: (rules.in_lines(text), rules.unread(text)))


async def _in_nicknames(press: Press) -> list[Said]:
    mappings = await press.ask(guild_config.read_mappings, guild_config.ReadMappings(press.guild_id))
    role_id = mappings.roles.get(RoleKey.VERIFIED_RAIDER)
    role = press.guild.get_role(role_id) if role_id else None
    if role is None:
        raise Unmapped("No verified role is set, so nobody can be read. An administrator sets it with /setroles.")
    return [Said(UserId(one.id), one.display_name) for one in role.members if not one.bot]
