"""Slash commands of taking over names."""

import asyncio
import re

import discord
from discord import app_commands

from raidbot.bot.commands import command
from raidbot.bot.files import Upload, fetch_text
from raidbot.bot.presses import Press
from raidbot.bot.rates import CONFIGURATION
from raidbot.bot.replies import Answer
from raidbot.core.ids import UserId, snowflake
from raidbot.core.ranks import Rank, RoleKey
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import Unmapped
from raidbot.features.name_import import api
from raidbot.features.name_import.model import ImportState, Said, UnknownNameImport
from raidbot.features.name_import.panels import report

AT_ONCE = 2000
"""Lines in one request."""

LINE = re.compile(r"\s*\"?(\d{1,19})\"?\s*[,;\t ]\s*\"?([^\",;\t]{1,100}?)\"?\s*(?:[,;\t].*)?")
"""A line of a file: a Discord id, and an IGN."""

LARGEST = 4 * 1024 * 1024
"""Bytes of a file: a server of more than a hundred thousand members."""

GOES_ON = {ImportState.RUNNING, ImportState.PAUSED}


@command(
    "forcesync", "Take over IGNs from nicknames or a file; asks first", needs=Rank.ADMINISTRATOR, bucket=CONFIGURATION
)
@app_commands.describe(file="Lines with a Discord id and an IGN; without it the nicknames of verified members are read")
async def forcesync(press: Press, file: discord.Attachment | None = None) -> Answer:
    """Show the import that goes on, else read and judge, and ask."""
    try:
        latest = await press.ask(api.latest_import, api.LatestImport(press.guild_id))
    except UnknownNameImport:
        latest = None
    if latest is not None and latest.state in GOES_ON:
        return Answer(view=report(latest))
    said = await _in_file(file) if file else await _in_nicknames(press)
    begun = await press.ask(api.begin_import, api.BeginImport(press.guild_id))
    for start in range(0, len(said), AT_ONCE):
        more = start + AT_ONCE < len(said)
        ask = api.AddLines(press.guild_id, begun.id, said[start : start + AT_ONCE], more=more)
        begun = await press.ask(api.add_lines, ask)
    return Answer(view=report(begun))


def in_file(text: str) -> list[Said]:
    """Return what a file says, line by line; a line without an id is a heading."""
    found = [LINE.fullmatch(line) for line in text.splitlines()]
    return [Said(snowflake(UserId, one[1]), one[2]) for one in found if one and 0 < int(one[1]) < 2**63]


async def _in_file(file: discord.Attachment) -> list[Said]:
    text = await fetch_text(Upload.of(file), LARGEST)
    return await asyncio.to_thread(in_file, text)  # nobody's click waits for ten thousands of lines


async def _in_nicknames(press: Press) -> list[Said]:
    mappings = await press.ask(guild_config.read_mappings, guild_config.ReadMappings(press.guild_id))
    role_id = mappings.roles.get(RoleKey.VERIFIED_RAIDER)
    role = press.guild.get_role(role_id) if role_id else None
    if role is None:
        raise Unmapped("No verified role is set, so nobody can be read. An administrator sets it with /setroles.")
    return [Said(UserId(one.id), one.display_name) for one in role.members if not one.bot]
