"""The roles of runs: made, given to who is in, and deleted with the run. What is not on record is never touched."""

import contextlib
from collections import defaultdict
from datetime import datetime

import discord
import structlog

from raidbot.bot.hearing import Ears, compares, hears
from raidbot.core.ids import GuildId, RoleId
from raidbot.core.seals import without
from raidbot.dungeons import catalogue
from raidbot.features.runs.api import roles as api
from raidbot.features.runs.model.life import RunChanged
from raidbot.features.runs.model.roles import RunRole, RunRoleWished

log: structlog.stdlib.BoundLogger = structlog.get_logger()

NAME_FITS = 100
"""docs: Guild, Create Guild Role"""

LOOKED_AT = 50
"""How many of our newest roles are looked through for one that a killed process made."""


class RunRoles:
    """Lets Discord show the roles that the record has."""

    def __init__(self) -> None:
        self._kept: defaultdict[GuildId, set[int]] = defaultdict(set)
        """The runs of each guild that have or want a role, as far as this process knows."""
        self._guilds: dict[GuildId, discord.Guild] = {}

    def meet(self, ears: Ears, guild: discord.Guild) -> None:
        """Compare the roles of a guild with the record."""
        self._guilds[GuildId(guild.id)] = guild
        self.wake(ears, GuildId(guild.id))

    def wake(self, ears: Ears, guild_id: GuildId) -> None:
        """Let the roles of a guild be put right soon."""
        guild = self._guilds.get(guild_id)
        if guild is not None:
            ears.rounds.wake("run roles", guild_id, lambda: self._round(ears, guild))

    def concern(self, guild_id: GuildId, run_id: int) -> None:
        """Follow a run from now on."""
        self._kept[guild_id].add(run_id)

    def concerns(self, guild_id: GuildId, run_id: int) -> bool:
        """Tell whether a run has a role or wants one."""
        return run_id in self._kept[guild_id]

    async def _round(self, ears: Ears, guild: discord.Guild) -> datetime | None:
        guild_id = GuildId(guild.id)
        roles = await ears.backend.call(api.list_run_roles, api.ListRunRoles(guild_id))
        self._kept[guild_id] = {one.run_id for one in roles}
        for one in roles:
            try:
                await (_end(ears, guild, one) if one.over else _keep(ears, guild, one))
            except discord.Forbidden as refused:
                log.warning("The role of a run needs Manage Roles", run=one.run_id, reason=str(refused))
        return None


async def _keep(ears: Ears, guild: discord.Guild, one: RunRole) -> None:
    role = await _standing(ears, guild, one) or await _made(ears, guild, one)
    if role is None:
        return
    wanted, why = set(one.user_ids), _why(one)
    for holder in role.members:
        if holder.id not in wanted:
            await holder.remove_roles(role, reason=why)
    for user_id in one.user_ids:
        member = guild.get_member(user_id)
        if member is not None and member.get_role(role.id) is None:
            await member.add_roles(role, reason=why)


async def _end(ears: Ears, guild: discord.Guild, one: RunRole) -> None:
    role = await _standing(ears, guild, one) if one.role_id else await _found(guild, one)
    if role is not None:
        with contextlib.suppress(discord.NotFound):
            await role.delete(reason=_why(one))
    await ears.backend.call(api.drop_run_role, api.DropRunRole(GuildId(guild.id), one.run_id))


async def _standing(ears: Ears, guild: discord.Guild, one: RunRole) -> discord.Role | None:
    """Return the role on record; one that somebody deleted is on record no more."""
    if one.role_id is None:
        return None
    try:
        return guild.get_role(one.role_id) or await guild.fetch_role(one.role_id)
    except discord.NotFound:
        await ears.backend.call(api.lose_run_role, api.LoseRunRole(GuildId(guild.id), one.run_id, one.role_id))
        return None


async def _made(ears: Ears, guild: discord.Guild, one: RunRole) -> discord.Role | None:
    """Make the role, unless a process that was killed since has; two that do agree on one."""
    name = f"{catalogue.known(one.dungeon).name} · run {one.run_id}"[:NAME_FITS]
    role = await _found(guild, one) or await guild.create_role(
        name=name, permissions=discord.Permissions.none(), reason=_why(one)
    )
    ask = api.KeepRunRole(GuildId(guild.id), one.run_id, RoleId(role.id))
    kept = await ears.backend.call(api.keep_run_role, ask)
    if kept.role_id == role.id:
        return role
    await role.delete(reason=_why(one))
    return None


async def _found(guild: discord.Guild, one: RunRole) -> discord.Role | None:
    """Return the role that we made for this wish and did not write down. The audit log tells; a name never does."""
    me = guild.me
    if not me.guild_permissions.view_audit_log:
        return None
    made = guild.audit_logs(
        action=discord.AuditLogAction.role_create, user=me, after=one.wished_at, limit=LOOKED_AT, oldest_first=False
    )
    given = [entry.target async for entry in made if without(entry.reason) == _why(one)]
    ours = [int(target.id) for target in given if target is not None]
    return next((role for role_id in ours if (role := guild.get_role(role_id)) is not None), None)


def _why(one: RunRole) -> str:
    return f"Calls the raiders of run {one.run_id}"


run_roles = RunRoles()


@compares
async def compare_roles(guild: discord.Guild, ears: Ears) -> None:
    """Put right what differs."""
    run_roles.meet(ears, guild)


@hears(RunRoleWished)
async def make_role(happened: RunRoleWished, ears: Ears) -> None:
    """Make a role, and give it to who is in."""
    run_roles.concern(happened.guild_id, happened.run_id)
    run_roles.wake(ears, happened.guild_id)


@hears(RunChanged)
async def follow_run(happened: RunChanged, ears: Ears) -> None:
    """Give and take the role of a run as raiders come and go."""
    if run_roles.concerns(happened.guild_id, happened.run_id):
        run_roles.wake(ears, happened.guild_id)
