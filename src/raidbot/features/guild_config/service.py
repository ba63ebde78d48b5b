"""What the backend does about a guild's configuration."""

from typing import Any

from raidbot.backend.events import emit
from raidbot.backend.serving import Call, serves
from raidbot.core.ids import GuildId, RoleId
from raidbot.database.transaction import Transaction
from raidbot.features.guild_config import api, rules, store
from raidbot.features.guild_config.model import (
    SETTINGS,
    DungeonRole,
    DungeonRoleChanged,
    Mappings,
    MappingsChanged,
    Setting,
    Settings,
    SettingsChanged,
    SettingShown,
)


@serves(api.read_mappings)
async def read_mappings(call: Call[api.ReadMappings]) -> Mappings:
    """Return what the guild has mapped."""
    return await store.mappings(call.tx, call.ask.guild_id)


@serves(api.set_roles)
async def set_roles(call: Call[api.SetRoles]) -> Mappings:
    """Map or clear roles; the old values are kept."""
    await store.save_roles(call.tx, call.ask.guild_id, call.ask.roles, call.caller, call.now)
    await emit(call.tx, MappingsChanged(guild_id=call.ask.guild_id), call.now)
    return await store.mappings(call.tx, call.ask.guild_id)


@serves(api.set_channels)
async def set_channels(call: Call[api.SetChannels]) -> Mappings:
    """Map or clear channels; the old values are kept."""
    await store.save_channels(call.tx, call.ask.guild_id, call.ask.channels, call.caller, call.now)
    await emit(call.tx, MappingsChanged(guild_id=call.ask.guild_id), call.now)
    return await store.mappings(call.tx, call.ask.guild_id)


@serves(api.read_settings)
async def read_settings(call: Call[api.ReadSettings]) -> list[SettingShown]:
    """Return every setting with its value, default and limits. One statement."""
    settings = await settings_of(call.tx, call.ask.guild_id)
    return [rules.shown(setting, settings) for setting in SETTINGS.values()]


@serves(api.set_setting)
async def set_setting(call: Call[api.SetSetting]) -> SettingShown:
    """Set one setting; the old value is kept."""
    setting = rules.known(call.ask.key)
    return await _set(call, setting, rules.checked(setting, call.ask.value))


@serves(api.reset_setting)
async def reset_setting(call: Call[api.ResetSetting]) -> SettingShown:
    """Let a setting have its default again; the old value is kept."""
    return await _set(call, rules.known(call.ask.key), None)


@serves(api.list_dungeon_roles)
async def list_dungeon_roles(call: Call[api.ListDungeonRoles]) -> list[DungeonRole]:
    """Return which dungeons call which roles."""
    return await store.dungeon_roles(call.tx, call.ask.guild_id)


@serves(api.set_dungeon_role)
async def set_dungeon_role(call: Call[api.SetDungeonRole]) -> list[DungeonRole]:
    """Let a dungeon call a role; the old one is kept on record."""
    return await _map_dungeon(call, call.ask.role_id)


@serves(api.clear_dungeon_role)
async def clear_dungeon_role(call: Call[api.ClearDungeonRole]) -> list[DungeonRole]:
    """Let a dungeon call no role; the old one is kept on record."""
    return await _map_dungeon(call, None)


async def mappings_of(tx: Transaction, guild_id: GuildId) -> Mappings:
    """Return what a guild has mapped, for other features. One statement."""
    return await store.mappings(tx, guild_id)


async def settings_of(tx: Transaction, guild_id: GuildId) -> Settings:
    """Return what a guild has set, for other features. One statement."""
    return Settings(await store.settings(tx, guild_id))


async def dungeon_role_of(tx: Transaction, guild_id: GuildId, dungeon: str) -> RoleId | None:
    """Return the role that a dungeon calls, for other features. One statement."""
    return await store.dungeon_role(tx, guild_id, dungeon)


async def _set(call: Call[Any], setting: Setting[Any], text: str | None) -> SettingShown:
    ask: api.ResetSetting = call.ask
    key = rules.stored_key(setting, ask.dungeon)
    change = store.Change(guild_id=ask.guild_id, key=key, new=text, by=call.caller, at=call.now)
    await store.hold_settings(call.tx, ask.guild_id)
    if await store.save_setting(call.tx, change):
        await emit(call.tx, SettingsChanged(guild_id=ask.guild_id, key=setting.key), call.now)
    return rules.shown(setting, await settings_of(call.tx, ask.guild_id))


async def _map_dungeon(call: Call[Any], role_id: RoleId | None) -> list[DungeonRole]:
    ask: api.ClearDungeonRole = call.ask
    change = store.Change(
        guild_id=ask.guild_id,
        key=rules.checked_dungeon(ask.dungeon),
        new=None if role_id is None else str(int(role_id)),
        by=call.caller,
        at=call.now,
    )
    await store.hold_settings(call.tx, ask.guild_id)
    if await store.save_dungeon_role(call.tx, change):
        await emit(call.tx, DungeonRoleChanged(guild_id=ask.guild_id, dungeon=ask.dungeon), call.now)
    return await store.dungeon_roles(call.tx, ask.guild_id)
