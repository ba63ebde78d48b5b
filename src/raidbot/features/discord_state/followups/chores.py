"""What is done in Discord about members, until Discord shows what the record wants."""

import asyncio

import aiohttp
import discord

from raidbot.bot.backend import Backend
from raidbot.bot.hearing import Ears, compares, hears
from raidbot.core.ids import GuildId
from raidbot.features.discord_state import api, rules
from raidbot.features.discord_state.model import Chore, ChoreKind, ChoreState, ChoresWanted

FIXES = {
    ChoreKind.GIVE_ROLE: "I may not give <@&{target}>: put my role above it and give me Manage Roles.",
    ChoreKind.TAKE_ROLE: "I may not take <@&{target}> away: put my role above it and give me Manage Roles.",
    ChoreKind.NICKNAME: "I may not set the nickname: give me Manage Nicknames, and a role above theirs.",
}
"""What an administrator does about a chore that Discord does not allow."""


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
            await backend.call(api.unpark_notices, api.UnparkNotices(guild_id))
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
    if chore.kind is ChoreKind.NICKNAME:
        await _name(member, chore.value, why)
        return
    held = any(role.id == chore.target for role in member.roles)
    if chore.kind is ChoreKind.GIVE_ROLE and not held:
        await member.add_roles(discord.Object(chore.target), reason=why)
    if chore.kind is ChoreKind.TAKE_ROLE and held:
        await member.remove_roles(discord.Object(chore.target), reason=why)


async def _name(member: discord.Member, wanted: str, why: str) -> None:
    if member.id == member.guild.owner_id:  # nobody names the owner. docs: Guild Resource, Modify Guild Member
        return
    nickname = rules.worn(member.nick or "", wanted) if wanted else None
    if nickname not in (member.nick, member.display_name):
        await member.edit(nick=nickname, reason=why)


chores = ChoreWorker()


@compares
async def look_for_chores(guild: discord.Guild, ears: Ears) -> None:
    """Do what waits to be done."""
    await chores.look(ears.backend, guild)


@hears(ChoresWanted)
async def do_chores(happened: ChoresWanted, ears: Ears) -> None:
    """Do what is to be done in Discord."""
    await chores.work(ears.backend, happened.guild_id)
