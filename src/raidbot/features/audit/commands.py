"""Slash commands of the audit trail."""

import discord
from discord import app_commands

from raidbot.bot import look
from raidbot.bot.commands import command
from raidbot.bot.presses import Press
from raidbot.bot.rates import INFORMATION
from raidbot.bot.replies import Answer
from raidbot.core.ids import UserId
from raidbot.core.ranks import Rank
from raidbot.core.text import shown
from raidbot.features.audit import api
from raidbot.features.audit.model import CommandUse, Pause

LONGEST_OPTION = 60


@command("audit", "Who used which command lately", needs=Rank.OFFICER, bucket=INFORMATION)
@app_commands.describe(member="Only this member's")
async def audit(press: Press, member: discord.User | None = None) -> Answer:
    """List the latest uses of commands."""
    only = UserId(member.id) if member else None
    found = await press.ask(api.read_commands, api.ReadCommands(guild_id=press.guild_id, user_id=only))
    lines = [_line(one) for one in found.uses] or ["No command was used yet."]
    return Answer(view=look.sheet(look.text("### Latest commands", *lines, _gap(found.pause))))


def _gap(pause: Pause | None) -> str:
    """Say that something may be missing, and why."""
    if pause is None:
        return ""
    until = discord.utils.format_dt(pause.until, "f") if pause.until else "now"
    return (
        f"-# From {discord.utils.format_dt(pause.since, 'f')} until {until} no command was written down: "
        "the bot's disk was nearly full."
    )


def _line(use: CommandUse) -> str:
    given = " ".join(f"{name}: {shown(value[:LONGEST_OPTION])}" for name, value in use.options.items())
    result = "" if use.outcome == "done" else f" — {shown(use.outcome)}"
    return f"{look.ago(use.used_at)} <@{use.user_id}> `/{use.command}` {given}{result}"
