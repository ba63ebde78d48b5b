"""Making the practice Discord ready to raid: its roles and channels are mapped by their names."""

import re
from typing import Any, TypeVar

import aiohttp

from raidbot.bot.backend import Backend
from raidbot.core.ids import ChannelId, GuildId, RoleId, UserId, snowflake
from raidbot.core.ranks import RoleKey
from raidbot.features.discord_state import api as discord_state
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import ChannelKey

CALLED = {ChannelKey.EARLY_LOC: "early_location", ChannelKey.GETVERIFIED: "get_verified"}
"""Channels that are called otherwise than their key."""

Key = TypeVar("Key", bound=str)


async def make_ready(api_url: str, token: str, guild_id: GuildId, backend: Backend) -> None:
    """Map the roles and channels of a guild by their names, unless some are mapped already.

    Raises:
        Refusal: the backend is away.
        aiohttp.ClientError: Discord's stand-in is away.
    """
    mapped = await backend.call(guild_config.read_mappings, guild_config.ReadMappings(guild_id))
    if mapped.channels:
        return
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {token}"}) as discord:
        guild = await _read(discord, f"{api_url}/guilds/{guild_id}")
        channels = await _read(discord, f"{api_url}/guilds/{guild_id}/channels")
    owner = UserId(snowflake(UserId, guild["owner_id"]))
    told = discord_state.MirrorMembers(guild_id, [MirroredMember(owner, [], administrator=True)])
    await backend.call(discord_state.mirror_members, told)
    named_roles = {_plain(role["name"]): snowflake(RoleId, role["id"]) for role in guild["roles"]}
    named_channels = {_plain(channel["name"]): snowflake(ChannelId, channel["id"]) for channel in channels}
    roles = {key: named_roles[key] for key in RoleKey if key in named_roles}
    places = {key: named_channels[CALLED.get(key, key)] for key in ChannelKey if CALLED.get(key, key) in named_channels}
    await backend.call(guild_config.set_roles, guild_config.SetRoles(guild_id, dict(roles)), actor=owner)
    await backend.call(guild_config.set_channels, guild_config.SetChannels(guild_id, dict(places)), actor=owner)


async def _read(discord: aiohttp.ClientSession, url: str) -> Any:
    async with discord.get(url) as answer:
        answer.raise_for_status()
        return await answer.json()


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
