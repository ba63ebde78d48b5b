"""Slash commands of a guild's configuration."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import discord
from discord import app_commands

from raidbot.bot.commands import command, group
from raidbot.bot.presses import Press
from raidbot.bot.rates import CONFIGURATION
from raidbot.bot.replies import Answer
from raidbot.bot.seeing import seen, seen_kind, seen_role
from raidbot.core.checkup import label
from raidbot.core.guilds import ChannelSeen, RoleSeen
from raidbot.core.ids import ChannelId, RoleId, Snowflake
from raidbot.core.ranks import Rank, RoleKey
from raidbot.dungeons import catalogue
from raidbot.features.guild_config import api, rules
from raidbot.features.guild_config.model import (
    SETTINGS,
    ChannelKey,
    DungeonRole,
    Mappings,
    NotPerDungeon,
    Scoped,
    ScopedKey,
    SettingShown,
    UnknownSetting,
    scopes,
)

Key = app_commands.Choice[str]
Scope = app_commands.Range[str, 1, 60]


def _choices(keys: Iterable[RoleKey | ChannelKey]) -> list[Key]:
    return [app_commands.Choice(name=key.label, value=key.value) for key in keys]


async def suggest_scopes(_: discord.Interaction[Any], typed: str) -> list[Key]:
    """Return the categories and dungeons that fit what was typed so far, 25 at most."""
    asked = typed.casefold()
    return [app_commands.Choice(name=name, value=key) for key, name in scopes().items() if asked in name.casefold()][
        :25
    ]


@command("setroles", "Show, set or clear which role is which", needs=Rank.ADMINISTRATOR, bucket=CONFIGURATION)
@app_commands.describe(
    what="Which one; leave it out to see all",
    role="The role it is from now on",
    clear="Unset it",
    dungeon="Verified Raider only: who may join this dungeon, or this kind of dungeon",
)
@app_commands.choices(what=_choices(RoleKey))
@app_commands.autocomplete(dungeon=suggest_scopes)
async def setroles(
    press: Press,
    what: str | None = None,
    role: discord.Role | None = None,
    *,
    clear: bool = False,
    dungeon: Scope | None = None,
) -> Answer:
    """Show or change which of a guild's roles are which."""
    before = await _read(press)
    if what is None:
        return Answer(_listed("Roles", {key: _role(before.roles.get(key)) for key in RoleKey}, before, "/setroles"))
    key = RoleKey(what)
    chosen = None if clear or role is None else RoleId(role.id)
    told = None if chosen is None or role is None else seen_role(role)
    if dungeon is not None:
        return await _scoped(press, before, key.value, dungeon, _Wanted(chosen, clear, told))
    if chosen is None and not clear:
        return Answer(f"**{key.label}** is {_role(before.roles.get(key))}.")
    ask = api.SetRoles(press.guild_id, {key: chosen}, [told] if told else [])
    after = await press.ask(api.set_roles, ask)
    warning = _role_warning(press.guild, key, told)
    return Answer(_changed(key.label, _role(before.roles.get(key)), _role(after.roles.get(key)), warning))


@command("setchannels", "Show, set or clear which channel is which", needs=Rank.ADMINISTRATOR, bucket=CONFIGURATION)
@app_commands.describe(
    what="Which one; leave it out to see all",
    channel="The channel it is from now on",
    clear="Unset it",
    dungeon="Raid and Early Loc only: for this dungeon, or this kind of dungeon",
)
@app_commands.choices(what=_choices(ChannelKey))
@app_commands.autocomplete(dungeon=suggest_scopes)
async def setchannels(
    press: Press,
    what: str | None = None,
    channel: app_commands.AppCommandChannel | None = None,
    *,
    clear: bool = False,
    dungeon: Scope | None = None,
) -> Answer:
    """Show or change which of a guild's channels are which."""
    before = await _read(press)
    if what is None:
        found = {key: _channel(before.channels.get(key)) for key in ChannelKey}
        return Answer(_listed("Channels", found, before, "/setchannels"))
    key = ChannelKey(what)
    chosen = None if clear or channel is None else ChannelId(channel.id)
    told = None if chosen is None or channel is None else seen_kind(channel)
    if dungeon is not None:
        return await _scoped(press, before, key.value, dungeon, _Wanted(chosen, clear, channel=told))
    if chosen is None and not clear:
        return Answer(f"**{key.label}** is {_channel(before.channels.get(key))}.")
    ask = api.SetChannels(press.guild_id, {key: chosen}, [told] if told else [])
    after = await press.ask(api.set_channels, ask)
    warning = _channel_warning(press.guild, key, chosen)
    return Answer(_changed(key.label, _channel(before.channels.get(key)), _channel(after.channels.get(key)), warning))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What somebody wants for a dungeon."""

    target: Snowflake | None
    clear: bool
    seen: RoleSeen | None = None
    channel: ChannelSeen | None = None


async def _scoped(press: Press, before: Mappings, what: str, scope: str, wanted: _Wanted) -> Answer:
    """Show or change what a dungeon, or a kind of dungeon, has for itself."""
    if what not in set(ScopedKey):
        allowed = ", ".join(one.label for one in ScopedKey)
        raise NotPerDungeon(f"{label(what)} is the same for all dungeons; {allowed} may differ. Leave the dungeon out.")
    key = ScopedKey(what)
    old = _own(before, scope, key)
    named = f"{key.label} of {scopes().get(scope, scope)}"
    if wanted.target is None and not wanted.clear:
        return Answer(f"**{named}** is {old}.")
    ask = api.SetScoped(
        guild_id=press.guild_id,
        scope=scope,
        key=key,
        target=wanted.target,
        seen=wanted.seen,
        seen_channel=wanted.channel,
    )
    after = await press.ask(api.set_scoped, ask)
    warning = "" if key is ScopedKey.VERIFIED_RAIDER else _channel_warning(press.guild, key, wanted.target)
    return Answer(_changed(named, old, _own(after, scope, key), warning))


def _own(mappings: Mappings, scope: str, key: ScopedKey) -> str:
    found = next((one for one in mappings.scoped if (one.scope, one.key) == (scope, key)), None)
    return _target(found) if found else "the same as everywhere"


def _target(one: Scoped) -> str:
    return _role(RoleId(one.target)) if one.key is ScopedKey.VERIFIED_RAIDER else _channel(ChannelId(one.target))


async def _read(press: Press) -> Mappings:
    return await press.ask(api.read_mappings, api.ReadMappings(press.guild_id))


def _role(role_id: RoleId | None) -> str:
    return f"<@&{role_id}>" if role_id else "not set"


def _channel(channel_id: ChannelId | None) -> str:
    return f"<#{channel_id}>" if channel_id else "not set"


def _listed(title: str, values: Mapping[RoleKey, str] | Mapping[ChannelKey, str], mappings: Mappings, how: str) -> str:
    lines = [f"{key.label}: {value}" for key, value in values.items()]
    named, kinds = scopes(), {str(key) for key in values}
    own = [
        f"{one.key.label} of {named.get(one.scope, one.scope)}: {_target(one)}"
        for one in mappings.scoped
        if one.key in kinds
    ]
    return "\n".join([f"**{title}**", *lines, *own, f"-# Change one: {how} and choose what it is."])


def _changed(name: str, old: str, new: str, warning: str) -> str:
    head = f"**{name}** stays {new}." if old == new else f"**{name}** is {new} now. It was {old}."
    return f"{head}\n⚠️ {warning}" if warning else head


def _role_warning(guild: discord.Guild, key: RoleKey, role: RoleSeen | None) -> str:
    if role is None or key not in rules.GIVEN_BY_US or rules.is_below(seen(guild), role):
        return ""
    return "That role stands above mine, so I cannot give or take it. Drag mine above it in Server Settings, Roles."


def _channel_warning(guild: discord.Guild, key: str, channel_id: Snowflake | None) -> str:
    now = seen(guild)
    channel = now.channel(None if channel_id is None else ChannelId(channel_id))
    missing = rules.missing_in(now, channel, key) if channel else []
    names = ", ".join(one.label for one in missing)
    return f"I lack {names} there. Give my role that in the channel's settings, Permissions." if missing else ""


group("settings", "What this server has set")
group("dungeonrole", "Which role is called for which dungeon")


async def suggest_settings(_: discord.Interaction[Any], typed: str) -> list[Key]:
    """Return the settings whose name holds what was typed."""
    return [app_commands.Choice(name=key, value=key) for key in SETTINGS if typed.lower() in key][:25]


async def suggest_dungeons(_: discord.Interaction[Any], typed: str) -> list[Key]:
    """Return the dungeons that fit what was typed so far, 25 at most."""
    return [app_commands.Choice(name=one.name, value=one.key) for one in catalogue.search(typed)][:25]


@command("settings view", "Show what this server has set", needs=Rank.ADMINISTRATOR, bucket=CONFIGURATION)
@app_commands.describe(setting="Which one, to read what it does and what it takes; leave it out to see all")
@app_commands.autocomplete(setting=suggest_settings)
async def view_settings(press: Press, setting: app_commands.Range[str, 1, 60] | None = None) -> Answer:
    """List every setting with its value, or tell all about one."""
    found = await press.ask(api.read_settings, api.ReadSettings(press.guild_id))
    if setting is None:
        how = "-# What one does: /settings view and choose it."
        return Answer("\n".join(["**Settings**", *(_setting_line(one) for one in found), how]))
    one = next((one for one in found if one.key == setting), None)
    if one is None:
        raise UnknownSetting("There is no such setting. Choose one of those that /settings view lists.")
    return Answer(f"{_setting_line(one)}\n{one.about} Takes {one.limits}.")


@command("settings set", "Set one thing for this server", needs=Rank.ADMINISTRATOR, bucket=CONFIGURATION)
@app_commands.describe(
    setting="Which one", value="What it is from now on", dungeon="For one dungeon alone, where the setting allows it"
)
@app_commands.autocomplete(setting=suggest_settings, dungeon=suggest_dungeons)
async def set_setting(
    press: Press,
    setting: app_commands.Range[str, 1, 60],
    value: app_commands.Range[str, 1, 300],
    dungeon: app_commands.Range[str, 1, 60] | None = None,
) -> Answer:
    """Set one setting."""
    ask = api.SetSetting(guild_id=press.guild_id, key=setting, value=value, dungeon=dungeon)
    return Answer(_set_to(await press.ask(api.set_setting, ask), dungeon, "now"))


@command("settings reset", "Let a setting have its default again", needs=Rank.ADMINISTRATOR, bucket=CONFIGURATION)
@app_commands.describe(setting="Which one", dungeon="For one dungeon alone")
@app_commands.autocomplete(setting=suggest_settings, dungeon=suggest_dungeons)
async def reset_setting(
    press: Press, setting: app_commands.Range[str, 1, 60], dungeon: app_commands.Range[str, 1, 60] | None = None
) -> Answer:
    """Let a setting have its default again."""
    ask = api.ResetSetting(guild_id=press.guild_id, key=setting, dungeon=dungeon)
    return Answer(_set_to(await press.ask(api.reset_setting, ask), dungeon, "again"))


@command("dungeonrole view", "Show which dungeons call which roles", needs=Rank.ADMINISTRATOR, bucket=CONFIGURATION)
async def view_dungeon_roles(press: Press) -> Answer:
    """List which roles are called for which dungeons."""
    found = await press.ask(api.list_dungeon_roles, api.ListDungeonRoles(press.guild_id))
    return Answer(_dungeon_roles(found))


@command("dungeonrole set", "Call a role when a dungeon is opened", needs=Rank.ADMINISTRATOR, bucket=CONFIGURATION)
@app_commands.describe(dungeon="Which dungeon, or which kind of dungeon", role="The role that its runs call")
@app_commands.autocomplete(dungeon=suggest_scopes)
async def set_dungeon_role(press: Press, dungeon: app_commands.Range[str, 1, 60], role: discord.Role) -> Answer:
    """Let the runs of a dungeon call a role."""
    ask = api.SetDungeonRole(press.guild_id, dungeon, RoleId(role.id), seen_role(role))
    return Answer(_dungeon_roles(await press.ask(api.set_dungeon_role, ask)))


@command("dungeonrole clear", "Call no role for a dungeon any more", needs=Rank.ADMINISTRATOR, bucket=CONFIGURATION)
@app_commands.describe(dungeon="Which dungeon, or which kind of dungeon")
@app_commands.autocomplete(dungeon=suggest_scopes)
async def clear_dungeon_role(press: Press, dungeon: app_commands.Range[str, 1, 60]) -> Answer:
    """Let the runs of a dungeon call no role."""
    ask = api.ClearDungeonRole(press.guild_id, dungeon)
    return Answer(_dungeon_roles(await press.ask(api.clear_dungeon_role, ask)))


def _set_to(after: SettingShown, dungeon: str | None, when: str) -> str:
    if dungeon is None:
        return f"**{after.key}** is {after.value} {when}. {after.about}"
    return f"**{after.key}** of {_named(dungeon)} is {after.dungeons.get(dungeon, after.value)} {when}. {after.about}"


def _named(dungeon: str) -> str:
    found = catalogue.find(dungeon)
    return found.name if found else dungeon


def _setting_line(one: SettingShown) -> str:
    changed = f" (default {one.default})" if one.changed else ""
    others = "".join(f", {_named(dungeon)}: {value}" for dungeon, value in one.dungeons.items())
    return f"**{one.key}**: {one.value}{changed}{others}"


def _dungeon_roles(found: list[DungeonRole]) -> str:
    named = scopes()
    lines = [f"{named.get(one.dungeon, one.dungeon)}: <@&{one.role_id}>" for one in found]
    return "\n".join(["**Roles of dungeons**", *(lines or ["None yet. Set one with /dungeonrole set."])])
