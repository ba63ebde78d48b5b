"""Slash commands of raiders."""

from typing import TypeAlias

import discord
from discord import app_commands

from raidbot.bot.commands import command
from raidbot.bot.presses import Press
from raidbot.bot.rates import ORGANIZING
from raidbot.bot.replies import Answer
from raidbot.core import igns
from raidbot.core.errors import Refusal
from raidbot.core.ids import UserId
from raidbot.core.ranks import Rank
from raidbot.core.text import shown
from raidbot.features.raiders import api
from raidbot.features.raiders.model import NothingNamed
from raidbot.features.raiders.panels import claim, done, holders_of, names_of

LONGEST_REASON = 500

Ign: TypeAlias = app_commands.Range[str, 1, igns.LONGEST]
Reason: TypeAlias = app_commands.Range[str, 1, LONGEST_REASON]


class CannotVerify(Refusal):
    """This account cannot be a raider here."""


@command("verify", "Verify a member by hand, with their name in the game", needs=Rank.SECURITY, bucket=ORGANIZING)
@app_commands.describe(member="Who", ign="Their name in the game", reason="How you know it; the log shows it")
async def verify(press: Press, member: discord.Member, ign: Ign, reason: Reason | None = None) -> Answer:
    """Write down whose IGN it is, then show that in Discord: role and nickname."""
    if member.bot:
        raise CannotVerify("Bots do not raid. Choose a member.")
    return await claim(press, "verify", api.VerifyRaider(press.guild_id, UserId(member.id), ign, reason or ""))


@command("unverify", "Take a member's verification back; all records stay", needs=Rank.SECURITY, bucket=ORGANIZING)
@app_commands.describe(member="Who", reason="Why; the log shows it")
async def unverify(press: Press, member: discord.User, reason: Reason) -> Answer:
    """Write it down, and take the verified role, the nickname and places in runs."""
    told = await press.ask(api.unverify_raider, api.UnverifyRaider(press.guild_id, UserId(member.id), reason))
    name = f" Their name **{shown(told.raider.ign)}** stays on record." if told.raider else ""
    return await done(press, UserId(member.id), f"✅ <@{member.id}> is not verified any more.{name}")


@command("editname", "Correct the IGN of a raider", needs=Rank.SECURITY, bucket=ORGANIZING)
@app_commands.describe(member="Who", ign="Their name in the game", reason="Why; the log shows it")
async def edit_name(press: Press, member: discord.User, ign: Ign, reason: Reason | None = None) -> Answer:
    """Correct the main name."""
    return await claim(press, "rename", api.RenameRaider(press.guild_id, UserId(member.id), ign, reason or ""))


@command("addalt", "Add another IGN that a raider plays", needs=Rank.SECURITY, bucket=ORGANIZING)
@app_commands.describe(member="Who", ign="Their other name in the game", reason="Why; the log shows it")
async def add_alt(press: Press, member: discord.User, ign: Ign, reason: Reason | None = None) -> Answer:
    """Write down another name."""
    return await claim(press, "alt", api.AddAlt(press.guild_id, UserId(member.id), ign, reason or ""))


@command("removealt", "Take an alt from a raider", needs=Rank.SECURITY, bucket=ORGANIZING)
@app_commands.describe(member="Who", ign="Which of their other names", reason="Why; the log shows it")
async def remove_alt(press: Press, member: discord.User, ign: Ign, reason: Reason | None = None) -> Answer:
    """Let another name go."""
    ask = api.RemoveAlt(press.guild_id, UserId(member.id), ign, reason or "")
    raider = await press.ask(api.remove_alt, ask)
    left = f" Left: {', '.join(raider.alts)}." if raider.alts else ""
    return await done(press, raider.user_id, f"✅ <@{member.id}> no longer plays as **{shown(ign)}**.{left}")


@command("names", "What a member was called, or who had a name", needs=Rank.SECURITY, bucket=ORGANIZING)
@app_commands.describe(member="Who; paste the id of somebody who is not here", ign="A name in the game, whoever had it")
async def names(press: Press, member: discord.User | None = None, ign: Ign | None = None) -> Answer:
    """Show the history of a member's names, or of one name."""
    if (member is None) == (ign is None):
        raise NothingNamed("Choose a member to see their names, or type a name to see who had it: one of the two.")
    if member is not None:
        return await names_of(press, UserId(member.id))
    return await holders_of(press, (ign or "").strip())
