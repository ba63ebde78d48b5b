"""The mirror of members: what they hold of the mapped roles, told to the backend when it changes."""

import asyncio
from collections.abc import Iterable
from weakref import WeakValueDictionary

import discord

from raidbot.bot.backend import Backend
from raidbot.bot.hearing import Ears, hears
from raidbot.bot.members import watch_members
from raidbot.core.ids import LARGEST_SNOWFLAKE, GuildId, RoleId, UserId
from raidbot.features.discord_state import api
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import MappingsChanged, ScopedKey

AT_ONCE = 1000
"""Members in one request."""


class MemberMirror:
    """Knows what the backend was last told of each member, and tells it only what differs."""

    def __init__(self) -> None:
        self._guilds: dict[GuildId, discord.Guild] = {}
        self._mapped: dict[GuildId, frozenset[RoleId]] = {}
        self._told: dict[tuple[GuildId, UserId], MirroredMember] = {}
        self._turns: WeakValueDictionary[tuple[GuildId, UserId], asyncio.Lock] = WeakValueDictionary()
        """Held while something is told of a member; whoever waits keeps it alive."""
        self._whole: set[GuildId] = set()
        """Guilds of which everybody was told, so that who leaves is heard of from there on."""

    async def arrived(self, backend: Backend, guild: discord.Guild) -> None:
        """Tell everything of a guild, and who is no longer there."""
        guild_id = GuildId(guild.id)
        self._guilds[guild_id] = guild
        await self.read_mapped(backend, guild_id)
        if guild_id in self._whole or not guild.chunked:
            if guild.chunked:  # else nobody knows who is missing
                await self._tell_gone(backend, guild)
            await self._tell(backend, guild, guild.members)
        else:
            await self._tell_whole(backend, guild)
            self._whole.add(guild_id)
        await backend.call(api.told_all, api.ToldAll(guild_id))

    async def changed(self, backend: Backend, member: discord.Member) -> None:
        """Tell what a member holds, unless that was told before."""
        guild_id = GuildId(member.guild.id)
        if guild_id not in self._mapped:
            await self.read_mapped(backend, guild_id)
        async with self._turn(guild_id, UserId(member.id)):
            await self._tell(backend, member.guild, [member], just_came=True)

    async def left(self, backend: Backend, guild_id: GuildId, user: discord.abc.Snowflake) -> None:
        """Tell that a member left, and holds nothing."""
        gone = MirroredMember(UserId(user.id), [], present=False)
        async with self._turn(guild_id, gone.user_id):
            self._told.pop((guild_id, gone.user_id), None)
            await backend.call(api.mirror_members, api.MirrorMembers(guild_id, [gone]))

    def _turn(self, guild_id: GuildId, user_id: UserId) -> asyncio.Lock:
        """Let what happens to one member be told in the order in which it happened."""
        lock = self._turns.get((guild_id, user_id))
        if lock is None:
            lock = self._turns[guild_id, user_id] = asyncio.Lock()
        return lock

    async def remapped(self, backend: Backend, guild_id: GuildId) -> None:
        """Tell anew what members hold, after roles were mapped."""
        if guild := self._guilds.get(guild_id):
            await self.arrived(backend, guild)

    async def read_mapped(self, backend: Backend, guild_id: GuildId) -> None:
        """Read which roles count."""
        mappings = await backend.call(guild_config.read_mappings, guild_config.ReadMappings(guild_id))
        own = (RoleId(one.target) for one in mappings.scoped if one.key is ScopedKey.VERIFIED_RAIDER)
        self._mapped[guild_id] = frozenset([*mappings.roles.values(), *own])

    async def _tell(
        self, backend: Backend, guild: discord.Guild, members: Iterable[discord.Member], *, just_came: bool = False
    ) -> None:
        guild_id = GuildId(guild.id)
        held = [self._mirrored(member) for member in members]
        news = [one for one in held if self._told.get((guild_id, one.user_id)) != one]
        for start in range(0, len(news), AT_ONCE):
            some = news[start : start + AT_ONCE]
            await backend.call(api.mirror_members, api.MirrorMembers(guild_id, some, just_came=just_came))
            self._told.update({(guild_id, one.user_id): one for one in some})

    async def _tell_gone(self, backend: Backend, guild: discord.Guild) -> None:
        """Tell who left in a gap of the gateway."""
        for guild_id, user_id in list(self._told):
            if guild_id == guild.id and guild.get_member(user_id) is None:
                await self.left(backend, guild_id, discord.Object(user_id))

    async def _tell_whole(self, backend: Backend, guild: discord.Guild) -> None:
        """Tell all members in order of their ids, so that the backend learns who left while nobody looked."""
        guild_id = GuildId(guild.id)
        held = sorted((self._mirrored(member) for member in guild.members), key=lambda one: one.user_id)
        first = UserId(1)
        for start in range(0, len(held), AT_ONCE):
            some = held[start : start + AT_ONCE]
            last = some[-1].user_id if start + AT_ONCE < len(held) else UserId(LARGEST_SNOWFLAKE)
            await backend.call(api.mirror_members, api.MirrorMembers(guild_id, some, api.Ids(first, last)))
            self._told.update({(guild_id, one.user_id): one for one in some})
            first = UserId(last + 1)

    def _mirrored(self, member: discord.Member) -> MirroredMember:
        if member.bot:  # bots act for nobody here, whatever Discord lets them do
            return MirroredMember(UserId(member.id), [])
        mapped = self._mapped[GuildId(member.guild.id)]
        return MirroredMember(
            UserId(member.id),
            sorted(RoleId(role.id) for role in member.roles if role.id in mapped),
            administrator=member.guild_permissions.administrator,
            joined_at=member.joined_at,
        )


mirror = MemberMirror()
watch_members(mirror)


@hears(MappingsChanged)
async def take_over_mappings(happened: MappingsChanged, ears: Ears) -> None:
    """Tell the backend who holds the roles that count now."""
    await mirror.remapped(ears.backend, happened.guild_id)
