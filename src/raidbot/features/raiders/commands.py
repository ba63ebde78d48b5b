"""Slash commands of raiders."""

import asyncio

import discord
from discord import app_commands

from raidbot.bot.commands import command
from raidbot.bot.presses import Press
from raidbot.bot.rates import ORGANIZING
from raidbot.bot.replies import Answer
from raidbot.core.errors import Refusal
from raidbot.core.ids import UserId
from raidbot.core.ranks import Rank, RoleKey
from raidbot.core.text import shown
from raidbot.features.discord_state import api as discord_state
from raidbot.features.guild_config import api as guild_config
from raidbot.features.raiders import api

LONGEST_IGN = 16

LOOKS, LOOK_S = 15, 0.2
"""How often, and in which distance in seconds, it is looked whether Discord shows it."""


class CannotVerify(Refusal):
    """This account cannot be a raider here."""


@command("verify", "Verify a member by hand, with their name in the game", needs=Rank.SECURITY, bucket=ORGANIZING)
@app_commands.describe(member="Who", ign="Their name in the game")
async def verify(press: Press, member: discord.Member, ign: app_commands.Range[str, 1, LONGEST_IGN]) -> Answer:
    """Write down whose IGN it is, then show that in Discord: role and nickname."""
    if member.bot:
        raise CannotVerify("Bots do not raid. Choose a member.")
    raider = await press.ask(api.verify_raider, api.VerifyRaider(press.guild_id, UserId(member.id), ign))
    head = f"✅ <@{member.id}> is verified as **{shown(raider.ign)}**."
    return Answer("\n".join([head, *await _missing_role(press), *await _left(press, raider.user_id)]))


async def _missing_role(press: Press) -> list[str]:
    """Tell that no role can be given, if the server has not said which."""
    mappings = await press.ask(guild_config.read_mappings, guild_config.ReadMappings(press.guild_id))
    if RoleKey.VERIFIED_RAIDER in mappings.roles:
        return []
    return ["⚠️ No verified role is set. An administrator sets it with /setroles, then use /verify again."]


async def _left(press: Press, user_id: UserId) -> list[str]:
    """Wait until role and nickname were tried, and tell what stands in the way."""
    ask = discord_state.MemberChores(press.guild_id, user_id)
    for _ in range(LOOKS):
        chores = await press.backend.call(discord_state.member_chores, ask)
        if all(chore.tries for chore in chores):
            return [f"⚠️ {chore.last_error}" for chore in chores if chore.last_error]
        await asyncio.sleep(LOOK_S)  # noqa: TID251 - a member waits in real time
    return ["-# Role and nickname follow in a moment."]
