"""What the backend does about a guild's configuration."""

from collections.abc import Iterable, Mapping
from typing import Any

from raidbot.backend.events import emit
from raidbot.backend.serving import Call, serves
from raidbot.core.authors import Author
from raidbot.core.guilds import ChannelSeen, RoleInPlace, RoleSeen
from raidbot.core.ids import ChannelId, GuildId, RoleId, Snowflake
from raidbot.core.ranks import RoleKey
from raidbot.database.transaction import Transaction
from raidbot.features.guild_config import api, rules, store
from raidbot.features.guild_config.model import (
    SETTINGS,
    ChannelKey,
    DungeonRole,
    DungeonRoleChanged,
    Mappings,
    MappingsChanged,
    ScopedKey,
    Setting,
    Settings,
    SettingsChanged,
    SettingShown,
    scopes_of,
)


@serves(api.read_mappings)
async def read_mappings(call: Call[api.ReadMappings]) -> Mappings:
    """Return what the guild has mapped."""
    return await store.mappings(call.tx, call.ask.guild_id)


@serves(api.set_roles)
async def set_roles(call: Call[api.SetRoles]) -> Mappings:
    """Map or clear roles; the old values are kept."""
    rules.check_roles(call.ask.guild_id, call.ask.roles, call.ask.seen)
    await map_all(call.tx, author_of(call), roles=call.ask.roles)
    return await store.mappings(call.tx, call.ask.guild_id)


@serves(api.set_channels)
async def set_channels(call: Call[api.SetChannels]) -> Mappings:
    """Map or clear channels; the old values are kept."""
    rules.check_channels(call.ask.channels, call.ask.seen)
    await map_all(call.tx, author_of(call), channels=call.ask.channels)
    return await store.mappings(call.tx, call.ask.guild_id)


@serves(api.set_scoped)
async def set_scoped(call: Call[api.SetScoped]) -> Mappings:
    """Let a dungeon or category have something for itself; the old value is kept."""
    ask = call.ask
    scope = rules.checked_scope(ask.scope)
    if ask.key is ScopedKey.VERIFIED_RAIDER and ask.target is not None:
        role_id = RoleId(ask.target)
        rules.check_role(ask.guild_id, role_id, ask.seen, "who may join", for_many=True)
    elif ask.target is not None and ask.seen_channel is not None:
        rules.check_channel(ask.key, ask.seen_channel, ask.key.label)
    await map_all(call.tx, author_of(call), scoped={(scope, ask.key): ask.target})
    return await store.mappings(call.tx, ask.guild_id)


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
    ask = call.ask
    rules.check_role(ask.guild_id, ask.role_id, ask.seen, "the role of a dungeon", for_many=True)
    return await _map_dungeon(call, call.ask.role_id)


@serves(api.clear_dungeon_role)
async def clear_dungeon_role(call: Call[api.ClearDungeonRole]) -> list[DungeonRole]:
    """Let a dungeon call no role; the old one is kept on record."""
    return await _map_dungeon(call, None)


async def mappings_of(tx: Transaction, guild_id: GuildId) -> Mappings:
    """Return what a guild has mapped, for other features. One statement."""
    return await store.mappings(tx, guild_id)


async def map_all(
    tx: Transaction,
    author: Author,
    *,
    roles: Mapping[RoleKey, RoleId | None] | None = None,
    channels: Mapping[ChannelKey, ChannelId | None] | None = None,
    scoped: Mapping[tuple[str, ScopedKey], Snowflake | None] | None = None,
) -> None:
    """Map and clear, with old and new on record. Whether a role is safe was checked before."""
    guild_id = author.guild_id
    await store.hold_settings(tx, guild_id)
    if roles:
        await store.save_roles(tx, guild_id, roles, author.by, author.at)
    if channels:
        await store.save_channels(tx, guild_id, channels, author.by, author.at)
    for (scope, key), target in (scoped or {}).items():
        await store.save_scoped(tx, key, store.change(author, scope, target))
    await emit(tx, MappingsChanged(guild_id=guild_id), author.at)


async def map_checked(
    tx: Transaction,
    author: Author,
    *,
    roles: Mapping[RoleKey, RoleId | None],
    channels: Mapping[ChannelKey, ChannelId | None],
    seen: Iterable[RoleSeen],
) -> None:
    """Map and clear what another feature gathered, with old and new on record.

    Raises:
        UnsafeRole: a role is @everyone, belongs to an integration, or would hand power to many.
    """
    rules.check_roles(author.guild_id, roles, seen)
    await map_all(tx, author, roles=roles, channels=channels)


def author_of(call: Call[Any]) -> Author:
    """Return who changes the configuration of a call's guild, and when."""
    return Author(call.ask.guild_id, call.caller, call.now)


async def hold(tx: Transaction, guild_id: GuildId) -> None:
    """Let nobody else change a guild's configuration until this transaction ends."""
    await store.hold_settings(tx, guild_id)


async def set_texts(tx: Transaction, author: Author, texts: Mapping[str, str | None]) -> None:
    """Set and reset settings by their stored keys, with old and new on record. What may stand there was checked."""
    for key, text in texts.items():
        if await store.save_setting(tx, store.change(author, key, text)):
            await emit(tx, SettingsChanged(guild_id=author.guild_id, key=key.partition("/")[0]), author.at)


async def texts_of(tx: Transaction, guild_id: GuildId) -> dict[str, str]:
    """Return what a guild has set, as it is stored. One statement."""
    return await store.settings(tx, guild_id)


async def call_roles(tx: Transaction, author: Author, roles: Mapping[str, RoleId | None]) -> None:
    """Let dungeons and categories call roles or none, with old and new on record. What is safe was checked."""
    for scope, role_id in roles.items():
        if await store.save_dungeon_role(tx, store.change(author, scope, role_id)):
            await emit(tx, DungeonRoleChanged(guild_id=author.guild_id, dungeon=scope), author.at)


async def dungeon_roles_of(tx: Transaction, guild_id: GuildId) -> list[DungeonRole]:
    """Return which dungeons and categories call which roles, for other features. One statement."""
    return await store.dungeon_roles(tx, guild_id)


def checked_text(key: str, dungeon: str | None, text: str) -> str:
    """Return what was written for a setting as it is stored.

    Raises:
        UnknownSetting: there is none of that key.
        BadSetting: it is outside of the setting's limits, or the same for all dungeons.
        NoSuchDungeon: the catalogue does not have it.
    """
    setting = rules.known(key)
    rules.stored_key(setting, dungeon)
    return rules.checked(setting, text)


def check_scope(scope: str) -> None:
    """Check that there is a dungeon or category of that key.

    Raises:
        NoSuchDungeon: the catalogue has neither.
    """
    rules.checked_scope(scope)


def check_role_of_many(guild_id: GuildId, role: RoleSeen, what: str) -> None:
    """Check that a role may be handed to many.

    Raises:
        UnsafeRole: it is @everyone, belongs to an integration, or carries power.
    """
    rules.check_role(guild_id, role.id, role, what, for_many=True)


def check_harmless(guild_id: GuildId, place: RoleInPlace) -> None:
    """Check that a role may be handed out to whoever earns it.

    Raises:
        UnsafeRole: it is @everyone, belongs to an integration, grants something, or stands above the bot.
    """
    rules.check_harmless(guild_id, place)


def check_channel(key: str, channel: ChannelSeen, what: str) -> None:
    """Check that a channel is of a kind that can be what a key says; `what` names that in the sentence.

    Raises:
        WrongChannel: it is not.
    """
    rules.check_channel(key, channel, what)


def check_mapped_role(guild_id: GuildId, key: RoleKey, role: RoleSeen) -> None:
    """Check that a role may be what it is to be.

    Raises:
        UnsafeRole: it is @everyone, belongs to an integration, or would hand power to many.
    """
    rules.check_roles(guild_id, {key: role.id}, [role])


async def settings_of(tx: Transaction, guild_id: GuildId) -> Settings:
    """Return what a guild has set, for other features. One statement."""
    return Settings(await store.settings(tx, guild_id))


async def dungeon_role_of(tx: Transaction, guild_id: GuildId, dungeon: str) -> RoleId | None:
    """Return the role that a dungeon or else its category calls, for other features. One statement."""
    return await store.dungeon_role(tx, guild_id, scopes_of(dungeon))


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
        key=rules.checked_scope(ask.dungeon),
        new=None if role_id is None else str(int(role_id)),
        by=call.caller,
        at=call.now,
    )
    await store.hold_settings(call.tx, ask.guild_id)
    if await store.save_dungeon_role(call.tx, change):
        await emit(call.tx, DungeonRoleChanged(guild_id=ask.guild_id, dungeon=ask.dungeon), call.now)
    return await store.dungeon_roles(call.tx, ask.guild_id)
