"""Slash commands by which entries are written by hand."""

from datetime import date
from typing import Any

import discord
from discord import app_commands

from raidbot.bot.commands import command
from raidbot.bot.presses import Press
from raidbot.bot.rates import ORGANIZING
from raidbot.bot.replies import Answer
from raidbot.core.ids import UserId
from raidbot.core.ranks import Rank
from raidbot.dungeons import catalogue
from raidbot.features.points import api
from raidbot.features.points.model import BadDay
from raidbot.features.points.panels import written

Amount = app_commands.Range[int, -99, 99]
Reason = app_commands.Range[str, 1, 500]
Word = app_commands.Range[str, 1, 60]

ABOUT = {
    "dungeon": "Which dungeon",
    "reason": "Why it is written by hand: it stays in the record",
    "amount": "How many; below 0 takes back what was too much",
    "member": "Whom it concerns; without it yourself",
    "when": "The day in UTC, as 2026-03-31; without it today, at most 14 days back",
}


async def suggest_dungeons(_: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
    """Return the dungeons that fit what was typed so far, 25 at most."""
    return [app_commands.Choice(name=f"{one.emoji} {one.name}", value=one.key) for one in catalogue.search(typed)[:25]]


async def suggest_keys(interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
    """Return the keys of the dungeon that was chosen, or of all."""
    chosen = catalogue.find(str(interaction.namespace.dungeon or ""))
    dungeons = [chosen] if chosen else catalogue.all_dungeons()
    every = {key.key: key for dungeon in dungeons for key in dungeon.keys}
    found = [key for key in every.values() if typed.lower() in key.name.lower()][:25]
    return [app_commands.Choice(name=f"{key.emoji} {key.name}", value=key.key) for key in found]


@command("logrun", "Write down runs that were led and not counted", needs=Rank.ORGANIZER, bucket=ORGANIZING)
@app_commands.describe(**ABOUT)
@app_commands.autocomplete(dungeon=suggest_dungeons)
async def logrun(
    press: Press,
    dungeon: Word,
    reason: Reason,
    *,
    amount: Amount = 1,
    member: discord.Member | None = None,
    when: Word | None = None,
) -> Answer:
    """Write down runs by hand."""
    ask = api.LogRun(
        guild_id=press.guild_id,
        user_id=UserId(member.id) if member else press.user_id,
        dungeon=dungeon,
        amount=amount,
        reason=reason,
        when=day(when),
    )
    return Answer(view=written(await press.ask(api.log_run, ask)))


@command("logkey", "Write down keys that were popped and not counted", needs=Rank.ORGANIZER, bucket=ORGANIZING)
@app_commands.describe(key="Which key; without it the dungeon's first", **ABOUT)
@app_commands.autocomplete(dungeon=suggest_dungeons, key=suggest_keys)
async def logkey(  # noqa: PLR0913 - the options of the command
    press: Press,
    dungeon: Word,
    reason: Reason,
    *,
    key: Word | None = None,
    amount: Amount = 1,
    member: discord.Member | None = None,
    when: Word | None = None,
) -> Answer:
    """Write down keys by hand."""
    ask = api.LogKey(
        guild_id=press.guild_id,
        user_id=UserId(member.id) if member else press.user_id,
        dungeon=dungeon,
        key=key,
        amount=amount,
        reason=reason,
        when=day(when),
    )
    return Answer(view=written(await press.ask(api.log_key, ask)))


def day(typed: str | None) -> date | None:
    """Return the day that was typed.

    Raises:
        BadDay: it is none.
    """
    if typed is None:
        return None
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise BadDay("Type the day as year-month-day, for example 2026-03-31, or leave it out for today.") from None
