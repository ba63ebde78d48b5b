"""What is made in Discord for a server that is set up: each thing once, whatever is killed in between."""

import asyncio
from datetime import timedelta

import aiohttp
import discord
import msgspec

from raidbot.bot.backend import Backend
from raidbot.bot.seeing import seen, seen_role
from raidbot.core.errors import Refusal
from raidbot.core.guilds import OverwriteSeen
from raidbot.core.ids import GuildId, Snowflake
from raidbot.core.ranks import RANK_OF, Rank, RoleKey
from raidbot.features.guild_config import api as guild_config
from raidbot.features.setup import api
from raidbot.features.setup.model import COLOURS, Creation, CreationState, Kind, UnknownCreation
from raidbot.features.setup.rules import steps

CLOCKS_DIFFER = timedelta(minutes=1)
"""What was made so long before an attempt is looked at too."""

WHY = "Setting up the raid bot"

LACKING = {
    Kind.ROLE: "I may not create roles. Allow me Manage Roles in Server Settings, Roles.",
    Kind.CATEGORY: "I may not create channels. Allow me Manage Channels in Server Settings, Roles.",
    Kind.CHANNEL: "I may not create channels so. Allow me Manage Channels and Manage Roles in Server Settings, Roles.",
}
FULL = "Discord takes no more: a server has room for 250 roles and 500 channels."
PASSING = "Discord does not answer well right now. Press Create again in a moment."


class Builder:
    """Makes in Discord what the record wants made, one thing after the other."""

    def __init__(self) -> None:
        self._locks: dict[GuildId, asyncio.Lock] = {}

    async def work(self, backend: Backend, guild: discord.Guild) -> None:
        """Make what is open. Whoever comes while somebody else is at it waits until it is done."""
        guild_id = GuildId(guild.id)
        async with self._locks.setdefault(guild_id, asyncio.Lock()):
            for one in await backend.call(api.open_creations, api.OpenCreations(guild_id)):
                if one.state is CreationState.OPEN:
                    await self._make(backend, guild, one)

    async def _make(self, backend: Backend, guild: discord.Guild, one: Creation) -> None:
        guild_id = GuildId(guild.id)
        try:
            ask = api.ClaimCreation(guild_id, one.id, one.tries)
            before = await backend.call(api.claim_creation, ask)
        except UnknownCreation:
            return
        told = await _outcome(backend, guild, before)
        await backend.call(api.settle_creation, told)


async def _outcome(backend: Backend, guild: discord.Guild, one: Creation) -> api.SettleCreation:
    """Make something, unless it was made before; return what came of it."""
    made, error = None, None
    try:
        made = await _found(guild, one) or await _made(backend, guild, one)
    except discord.Forbidden:
        error = LACKING[one.kind]
    except discord.HTTPException as refused:
        error = FULL if refused.code in {30005, 30013} else PASSING
    except (aiohttp.ClientError, TimeoutError):
        error = PASSING
    except Refusal as refused:
        error = refused.sentence[:200]
    return api.SettleCreation(
        guild_id=GuildId(guild.id),
        creation_id=one.id,
        state=CreationState.MADE if made else CreationState.FAILED,
        made=made,
        error=error,
    )


async def _found(guild: discord.Guild, one: Creation) -> Snowflake | None:
    """Return what an attempt that was cut off has made already, and a category that was there before."""
    if one.kind is Kind.CATEGORY and (there := steps.category_like(seen(guild), one.name)):
        return there
    if one.attempted_at is None:
        return None
    since = one.attempted_at - CLOCKS_DIFFER
    listed = await guild.fetch_roles() if one.kind is Kind.ROLE else await guild.fetch_channels()
    found = [each for each in listed if each.name == one.name and each.created_at >= since]
    return Snowflake(found[0].id) if found else None


async def _made(backend: Backend, guild: discord.Guild, one: Creation) -> Snowflake:
    if one.kind is Kind.ROLE:
        key = RoleKey(one.key)
        role = await guild.create_role(
            name=one.name,
            colour=discord.Colour(COLOURS[key]),
            hoist=RANK_OF.get(key, Rank.MEMBER) >= Rank.ORGANIZER,
            permissions=discord.Permissions.none(),
            reason=WHY,
        )
        return Snowflake(role.id)
    if one.kind is Kind.CATEGORY:
        return Snowflake((await guild.create_category(one.name, reason=WHY)).id)
    return await _channel(backend, guild, one)


async def _channel(backend: Backend, guild: discord.Guild, one: Creation) -> Snowflake:
    guild_id, place = GuildId(guild.id), steps.place_of(one.key)
    mappings = await backend.call(guild_config.read_mappings, guild_config.ReadMappings(guild_id))
    every = await backend.call(api.open_creations, api.OpenCreations(guild_id))
    parent = next((each.made for each in every if each.kind is Kind.CATEGORY and each.key == place.category), None)
    category = guild.get_channel(int(parent)) if parent else None
    # Asked anew: what was created a moment ago may not have come in from the gateway yet.
    roles = [seen_role(each) for each in await guild.fetch_roles()]
    now = msgspec.structs.replace(seen(guild), roles=roles)
    made = await guild.create_text_channel(
        place.name,
        topic=place.topic,
        category=category if isinstance(category, discord.CategoryChannel) else None,
        overwrites=dict(_overwrite(guild, each) for each in steps.overwrites(now, place, mappings)),
        reason=WHY,
    )
    return Snowflake(made.id)


def _overwrite(
    guild: discord.Guild, one: OverwriteSeen
) -> tuple[discord.Member | discord.Role | discord.Object, discord.PermissionOverwrite]:
    what = discord.PermissionOverwrite.from_pair(discord.Permissions(one.allow), discord.Permissions(one.deny))
    if int(one.target) == guild.me.id:
        return guild.me, what
    return discord.Object(int(one.target), type=discord.Role), what


builder = Builder()
