"""What is done in Discord about members, until Discord shows what the record wants."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

import aiohttp
import discord

from raidbot.bot.backend import Backend
from raidbot.bot.hearing import Ears, compares, hears
from raidbot.bot.pace import MARGIN, Window
from raidbot.core.ids import GuildId
from raidbot.core.nicknames import worn
from raidbot.features.discord_state import api
from raidbot.features.discord_state.model import ACTS, HARMLESS, STAYS, Chore, ChoreKind, ChoreState, ChoresWanted

FIXES = {
    ChoreKind.GIVE_ROLE: "I may not give <@&{target}>: put my role above it and give me Manage Roles.",
    ChoreKind.TAKE_ROLE: "I may not take <@&{target}> away: put my role above it and give me Manage Roles.",
    ChoreKind.NICKNAME: "I may not set the nickname: give me Manage Nicknames, and a role above theirs.",
    ChoreKind.TIMEOUT: "I may not set the timeout: give me Timeout Members and a role above theirs, or do it by hand.",
    ChoreKind.BAN: "I may not ban: give me Ban Members and a role above theirs, or do it by hand.",
    ChoreKind.UNBAN: "I may not lift bans: give me Ban Members, or do it by hand: Server Settings, Bans.",
}
"""What an administrator does about a chore that Discord does not allow."""


BULK_IN_10_S = 8
"""Of the 10 changes of roles, and of nicknames, that Discord takes in 10 seconds, what a whole server waits for has
these: who is verified meanwhile finds room. To confirm: the figures, which only headers tell."""
AWAY = "They have left. It is done when they come back."
BANS = {ChoreKind.BAN, ChoreKind.UNBAN}
WAITS = {HARMLESS, STAYS}
"""Roles that wait for whoever has left."""
NOT_BANNED = 10026
"""docs: Opcodes and Status Codes, JSON Error Codes: Unknown ban"""
POWERFUL = "I do not give <@&{target}>: it may do more than @everyone. Take that away from it in Server Settings."


class ChoreWorker:
    """Does in Discord what the record wants shown of members."""

    def __init__(self) -> None:
        self._bulk: dict[tuple[GuildId, bool], Window] = defaultdict(lambda: Window(BULK_IN_10_S, 10 * MARGIN))
        """The pace of bulk, for nicknames and for roles."""
        self._guilds: dict[GuildId, discord.Guild] = {}
        self._allowed: dict[GuildId, tuple[int, ...]] = {}

    async def look(self, guild: discord.Guild, ears: Ears) -> None:
        """Do what waits, and what was not allowed before if the bot's roles or permissions have changed since."""
        guild_id, me = GuildId(guild.id), guild.me
        is_new = self._guilds.get(guild_id) is not guild
        self._guilds[guild_id] = guild
        roles = (value for role in guild.roles for value in (role.id, role.permissions.value))
        allowed = (me.guild_permissions.value, me.top_role.position, *roles)
        if is_new or self._allowed.get(guild_id) != allowed:
            await ears.backend.call(api.unpark_chores, api.UnparkChores(guild_id))
            await ears.backend.call(api.unpark_notices, api.UnparkNotices(guild_id))
            self._allowed[guild_id] = allowed
        self.wake(guild_id, ears)

    def wake(self, guild_id: GuildId, ears: Ears) -> None:
        """Let what is due in a guild be done beside everything else."""
        if guild := self._guilds.get(guild_id):
            ears.rounds.wake("chores", guild_id, lambda: self._make_round(guild, ears))

    async def _make_round(self, guild: discord.Guild, ears: Ears) -> datetime | None:
        """Do what members wait for, else one thing of many, so that nobody waits long; return when there is more."""
        due = await ears.backend.call(api.due_chores, api.DueChores(GuildId(guild.id)))
        shown = [one for one in due if _is_shown(guild, one, ears.clock.now())]
        await _settle(ears.backend, guild, [_told(guild, one, ChoreState.DONE) for one in shown])
        left = [one for one in due if one not in shown]
        for chore in left:
            if not chore.bulk:
                await self._do(ears, guild, chore)
        if left and left[0].bulk:
            wait = await self._do_one_of_many(ears, guild, left)
            return ears.clock.now() + timedelta(seconds=wait)
        return ears.clock.now() if due else None

    async def _do_one_of_many(self, ears: Ears, guild: discord.Guild, left: Iterable[Chore]) -> float:
        """Do the first thing whose pace allows it; return in how many seconds the next is possible."""
        now = ears.clock.now().timestamp()
        waits: list[float] = []
        for chore in left:
            pace = self._bulk[GuildId(guild.id), chore.kind is ChoreKind.NICKNAME]
            if not (wait := pace.wait(now)):
                pace.take(now)
                await self._do(ears, guild, chore)
                return 0
            waits.append(wait)
        return min(waits)

    async def _do(self, ears: Ears, guild: discord.Guild, chore: Chore) -> None:
        state, error = await _tried(guild, chore, ears.clock.now())
        await _settle(ears.backend, guild, [_told(guild, chore, state, error)])


async def _settle(backend: Backend, guild: discord.Guild, told: list[api.SettleChore]) -> None:
    if told:
        await backend.call(api.settle_chores, api.SettleChores(GuildId(guild.id), told))


def _told(guild: discord.Guild, chore: Chore, state: ChoreState, error: str | None = None) -> api.SettleChore:
    return api.SettleChore(
        guild_id=GuildId(guild.id),
        user_id=chore.user_id,
        kind=chore.kind,
        target=chore.target,
        version=chore.version,
        tries=chore.tries,
        state=state,
        error=error,
    )


def _is_shown(guild: discord.Guild, chore: Chore, now: datetime) -> bool:
    """Tell whether Discord shows it already, or cannot: who is not here is compared on coming back.

    What they have earned or may not shed is kept for them instead, and so is the end of a timeout. Bans are no matter
    of members.
    """
    member = guild.get_member(chore.user_id)
    if chore.kind in ACTS:
        return chore.kind is ChoreKind.TIMEOUT and member is not None and _is_timed_out_so(member, chore, now)
    if member is None:
        return chore.value not in WAITS
    if chore.kind is ChoreKind.NICKNAME:
        # Nobody names the owner. docs: Guild Resource, Modify Guild Member
        return member.id == guild.owner_id or _nickname(member, chore.value) in (member.nick, member.display_name)
    return any(role.id == chore.target for role in member.roles) is (chore.kind is ChoreKind.GIVE_ROLE)


def _is_timed_out_so(member: discord.Member, chore: Chore, now: datetime) -> bool:
    until = member.timed_out_until
    return (until if until and until > now else None) == _timeout(chore, now)


def _timeout(chore: Chore, now: datetime) -> datetime | None:
    """Return until when a timeout is to last; None: it is to be over, or would be by now."""
    until = datetime.fromisoformat(chore.value) if chore.value else None
    return until if until and until > now else None


def _nickname(member: discord.Member, wanted: str) -> str | None:
    return worn(member.nick or "", wanted) if wanted else None


async def _tried(guild: discord.Guild, chore: Chore, now: datetime) -> tuple[ChoreState, str | None]:
    """Do one thing in Discord; return how far it is, and what stood in the way with its fix."""
    member = guild.get_member(chore.user_id)
    if member is None and chore.kind not in BANS:  # gone since it was looked, or away with something to come
        waits = chore.value in WAITS or chore.kind is ChoreKind.TIMEOUT
        return (ChoreState.PARKED, AWAY) if waits else (ChoreState.DONE, None)
    if chore.value == HARMLESS and _carries_power(guild, chore.target):
        return ChoreState.PARKED, POWERFUL.format(target=chore.target)
    try:
        await _done(guild, member, chore, now)
    except (discord.Forbidden, discord.NotFound) as refused:
        if refused.code == NOT_BANNED:
            return ChoreState.DONE, None
        return ChoreState.PARKED, FIXES[chore.kind].format(target=chore.target)
    except (discord.HTTPException, aiohttp.ClientError, TimeoutError):
        return ChoreState.OPEN, "Discord does not answer well. It is tried again by itself."
    return ChoreState.DONE, None


def _carries_power(guild: discord.Guild, role_id: int) -> bool:
    """Tell whether a role grants something that @everyone lacks."""
    role = guild.get_role(role_id)
    return role is not None and bool(role.permissions.value & ~guild.default_role.permissions.value)


async def _done(guild: discord.Guild, member: discord.Member | None, chore: Chore, now: datetime) -> None:
    why, account = "As the record of this server says", discord.Object(chore.user_id)
    if chore.kind is ChoreKind.UNBAN:
        await guild.unban(account, reason=why)
    elif chore.kind is ChoreKind.BAN:
        await guild.ban(account, reason=why, delete_message_seconds=0)
    elif member is not None:
        await _changed(member, chore, why, now)


async def _changed(member: discord.Member, chore: Chore, why: str, now: datetime) -> None:
    if chore.kind is ChoreKind.TIMEOUT:
        await member.timeout(_timeout(chore, now), reason=why)
    elif chore.kind is ChoreKind.NICKNAME:
        await member.edit(nick=_nickname(member, chore.value), reason=why)
    elif chore.kind is ChoreKind.GIVE_ROLE:
        await member.add_roles(discord.Object(chore.target), reason=why)
    else:
        await member.remove_roles(discord.Object(chore.target), reason=why)


chores = ChoreWorker()


@compares
async def look_for_chores(guild: discord.Guild, ears: Ears) -> None:
    """Do what waits to be done."""
    await chores.look(guild, ears)


@hears(ChoresWanted)
async def do_chores(happened: ChoresWanted, ears: Ears) -> None:
    """Do what is to be done in Discord."""
    chores.wake(happened.guild_id, ears)
