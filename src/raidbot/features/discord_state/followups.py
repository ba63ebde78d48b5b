"""The mirror of members: what they hold of the mapped roles, told to the backend when it changes."""

import asyncio
from collections.abc import Iterable

import aiohttp
import discord

from raidbot.bot.backend import Backend
from raidbot.bot.hearing import Ears, compares, hears
from raidbot.bot.members import watch_members
from raidbot.core.ids import GuildId, RoleId, UserId
from raidbot.features.discord_state import api
from raidbot.features.discord_state.model import Chore, ChoreKind, ChoreState, ChoresWanted, MirroredMember
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import MappingsChanged

FIXES = {
    ChoreKind.GIVE_ROLE: "I may not give <@&{target}>: put my role above it and give me Manage Roles.",
    ChoreKind.NICKNAME: "I may not set the nickname: give me Manage Nicknames, and a role above theirs.",
}
"""What an administrator does about a chore that Discord does not allow."""

AT_ONCE = 1000
"""Members in one request."""


class MemberMirror:
    """Knows what the backend was last told of each member, and tells it only what differs."""

    def __init__(self) -> None:
        self._guilds: dict[GuildId, discord.Guild] = {}
        self._mapped: dict[GuildId, frozenset[RoleId]] = {}
        self._told: dict[tuple[GuildId, UserId], MirroredMember] = {}

    async def arrived(self, backend: Backend, guild: discord.Guild) -> None:
        """Tell everything of a guild."""
        self._guilds[GuildId(guild.id)] = guild
        await self.read_mapped(backend, GuildId(guild.id))
        await self._tell(backend, guild, guild.members)

    async def changed(self, backend: Backend, member: discord.Member) -> None:
        """Tell what a member holds, unless that was told before."""
        if GuildId(member.guild.id) not in self._mapped:
            await self.read_mapped(backend, GuildId(member.guild.id))
        await self._tell(backend, member.guild, [member])

    async def left(self, backend: Backend, guild_id: GuildId, user: discord.abc.User) -> None:
        """Tell that a member left, and holds nothing."""
        gone = MirroredMember(UserId(user.id), [], present=False)
        self._told.pop((guild_id, gone.user_id), None)
        await backend.call(api.mirror_members, api.MirrorMembers(guild_id, [gone]))

    async def remapped(self, backend: Backend, guild_id: GuildId) -> None:
        """Tell anew what members hold, after roles were mapped."""
        if guild := self._guilds.get(guild_id):
            await self.arrived(backend, guild)

    async def read_mapped(self, backend: Backend, guild_id: GuildId) -> None:
        """Read which roles count."""
        mappings = await backend.call(guild_config.read_mappings, guild_config.ReadMappings(guild_id))
        self._mapped[guild_id] = frozenset(mappings.roles.values())

    async def _tell(self, backend: Backend, guild: discord.Guild, members: Iterable[discord.Member]) -> None:
        guild_id = GuildId(guild.id)
        held = [self._mirrored(member) for member in members]
        news = [one for one in held if self._told.get((guild_id, one.user_id)) != one]
        for start in range(0, len(news), AT_ONCE):
            some = news[start : start + AT_ONCE]
            await backend.call(api.mirror_members, api.MirrorMembers(guild_id, some))
            self._told.update({(guild_id, one.user_id): one for one in some})

    def _mirrored(self, member: discord.Member) -> MirroredMember:
        mapped = self._mapped[GuildId(member.guild.id)]
        return MirroredMember(
            UserId(member.id),
            sorted(RoleId(role.id) for role in member.roles if role.id in mapped),
            administrator=member.guild_permissions.administrator,
        )


class ChoreWorker:
    """Does in Discord what the record wants shown of members."""

    def __init__(self) -> None:
        self._guilds: dict[GuildId, discord.Guild] = {}
        self._locks: dict[GuildId, asyncio.Lock] = {}
        self._allowed: dict[GuildId, tuple[int, ...]] = {}

    async def look(self, backend: Backend, guild: discord.Guild) -> None:
        """Do what waits, and what was not allowed before if the bot's roles or permissions have changed since."""
        guild_id, me = GuildId(guild.id), guild.me
        self._guilds[guild_id] = guild
        allowed = (me.guild_permissions.value, me.top_role.position, *(role.id for role in guild.roles))
        if self._allowed.get(guild_id) != allowed:
            await backend.call(api.unpark_chores, api.UnparkChores(guild_id))
            self._allowed[guild_id] = allowed
        await self.work(backend, guild_id)

    async def work(self, backend: Backend, guild_id: GuildId) -> None:
        """Do what is due, one thing after the other."""
        guild = self._guilds.get(guild_id)
        if guild is None:
            return
        async with self._locks.setdefault(guild_id, asyncio.Lock()):
            for chore in await backend.call(api.due_chores, api.DueChores(guild_id)):
                await self._do(backend, guild, chore)

    async def _do(self, backend: Backend, guild: discord.Guild, chore: Chore) -> None:
        state, error = await _tried(guild, chore)
        told = api.SettleChore(
            guild_id=GuildId(guild.id),
            user_id=chore.user_id,
            kind=chore.kind,
            target=chore.target,
            version=chore.version,
            tries=chore.tries,
            state=state,
            error=error,
        )
        await backend.call(api.settle_chore, told)


async def _tried(guild: discord.Guild, chore: Chore) -> tuple[ChoreState, str | None]:
    """Do one thing in Discord; return how far it is, and what stood in the way with its fix."""
    member = guild.get_member(chore.user_id)
    if member is None:  # whoever comes back is compared then
        return ChoreState.DONE, None
    try:
        await _done(member, chore)
    except (discord.Forbidden, discord.NotFound):
        return ChoreState.PARKED, FIXES[chore.kind].format(target=chore.target)
    except (discord.HTTPException, aiohttp.ClientError, TimeoutError):
        return ChoreState.OPEN, "Discord does not answer well. It is tried again by itself."
    return ChoreState.DONE, None


async def _done(member: discord.Member, chore: Chore) -> None:
    why = "As the record of this server says"
    if chore.kind is ChoreKind.GIVE_ROLE:
        if not any(role.id == chore.target for role in member.roles):
            await member.add_roles(discord.Object(chore.target), reason=why)
    elif member.display_name != chore.value and member.id != member.guild.owner_id:
        await member.edit(nick=chore.value, reason=why)


mirror = MemberMirror()
chores = ChoreWorker()
watch_members(mirror)


@compares
async def look_for_chores(guild: discord.Guild, ears: Ears) -> None:
    """Do what waits to be done."""
    await chores.look(ears.backend, guild)


@hears(ChoresWanted)
async def do_chores(happened: ChoresWanted, ears: Ears) -> None:
    """Do what is to be done in Discord."""
    await chores.work(ears.backend, happened.guild_id)


@hears(MappingsChanged)
async def take_over_mappings(happened: MappingsChanged, ears: Ears) -> None:
    """Tell the backend who holds the roles that count now."""
    await mirror.remapped(ears.backend, happened.guild_id)
