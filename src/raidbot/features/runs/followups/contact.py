"""Says every minute which guilds the bot reaches, so that nothing falls due where nobody can press a button."""

import secrets
from time import perf_counter

import discord

from raidbot.bot.hearing import Ears, every_minute
from raidbot.core.ids import GuildId
from raidbot.features.runs.api import contact as api

PROCESS = secrets.token_hex(8)

said: dict[GuildId, float] = {}
"""When this process last said so of a guild."""


@every_minute
async def keep_contact(guild: discord.Guild, ears: Ears) -> None:
    """Say that a guild is reached, and for how long this process could not say so."""
    guild_id, moment = GuildId(guild.id), perf_counter()
    ask = api.KeepContact(guild_id=guild_id, process=PROCESS, away_s=moment - said.get(guild_id, moment))
    await ears.backend.call(api.keep_contact, ask)
    said[guild_id] = moment
