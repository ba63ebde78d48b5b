"""Slash commands of raiders."""

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
from raidbot.features.guild_config import api as guild_config
from raidbot.features.raiders import api

LONGEST_IGN = 16


class CannotVerify(Refusal):
    """This account cannot be a raider here."""


@command("verify", "Verify a member by hand, with their name in the game", needs=Rank.SECURITY, bucket=ORGANIZING)
@app_commands.describe(member="Who", ign="Their name in the game")
async def verify(press: Press, member: discord.Member, ign: app_commands.Range[str, 1, LONGEST_IGN]) -> Answer:
    """Write down whose IGN it is, then show that in Discord: role and nickname."""
    if member.bot:
        raise CannotVerify("Bots do not raid. Choose a member.")
    raider = await press.ask(api.verify_raider, api.VerifyRaider(press.guild_id, UserId(member.id), ign))
    left = [*await _give_role(press, member), *await _name(press, member, raider.ign)]
    head = f"✅ <@{member.id}> is verified as **{shown(raider.ign)}**."
    return Answer("\n".join([head, *(f"⚠️ {one}" for one in left)]))


async def _give_role(press: Press, member: discord.Member) -> list[str]:
    """Give the verified role; return what stood in the way, with its fix."""
    mappings = await press.ask(guild_config.read_mappings, guild_config.ReadMappings(press.guild_id))
    role_id = mappings.roles.get(RoleKey.VERIFIED_RAIDER)
    if role_id is None:
        return ["No verified role is set. An administrator sets it with /setroles, then use /verify again."]
    if any(role.id == role_id for role in member.roles):
        return []
    try:
        await member.add_roles(discord.Object(role_id), reason=f"/verify by {press.member}")
    except discord.HTTPException:
        return [
            f"I could not give <@&{role_id}>: put my role above it and give me Manage Roles, then use /verify again."
        ]
    return []


async def _name(press: Press, member: discord.Member, ign: str) -> list[str]:
    """Let the nickname be the IGN; return what stood in the way, with its fix."""
    if member.display_name == ign or member.id == press.guild.owner_id:
        return []
    try:
        await member.edit(nick=ign, reason=f"/verify by {press.member}")
    except discord.HTTPException:
        return [
            "I could not set the nickname: give me Manage Nicknames and a role above theirs, then use /verify again."
        ]
    return []
