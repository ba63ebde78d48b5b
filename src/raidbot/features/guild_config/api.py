"""The endpoints of a guild's configuration."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.guilds import ChannelSeen, RoleSeen
from raidbot.core.ids import ChannelId, GuildId, RoleId, Snowflake
from raidbot.core.ranks import Rank, RoleKey
from raidbot.features.guild_config.model import ChannelKey, DungeonRole, Mappings, ScopedKey, SettingShown


class ReadMappings(msgspec.Struct, frozen=True):
    """Read what a guild has mapped."""

    guild_id: GuildId


class SetRoles(msgspec.Struct, frozen=True):
    """Map roles. A key with `null` is cleared; keys left out stay as they are."""

    guild_id: GuildId
    roles: dict[RoleKey, RoleId | None]
    seen: list[RoleSeen] = []
    """How the bot sees those roles, so that no unsafe one is mapped."""


class SetChannels(msgspec.Struct, frozen=True):
    """Map channels. A key with `null` is cleared; keys left out stay as they are."""

    guild_id: GuildId
    channels: dict[ChannelKey, ChannelId | None]
    seen: list[ChannelSeen] = []
    """How the bot sees those channels, so that none is mapped in which it cannot post."""


Key = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class SetScoped(msgspec.Struct, frozen=True, kw_only=True):
    """Let a dungeon or category have a channel or role of its own. Null: it has the guild's again."""

    guild_id: GuildId
    scope: Key
    key: ScopedKey
    target: Snowflake | None
    seen: RoleSeen | None = None
    """How the bot sees the role, where it is one."""
    seen_channel: ChannelSeen | None = None
    """How the bot sees the channel, where it is one."""


class ReadSettings(msgspec.Struct, frozen=True):
    """Read every setting of a guild."""

    guild_id: GuildId


class ResetSetting(msgspec.Struct, frozen=True, kw_only=True):
    """Let a setting have its default again, or a dungeon the guild's value."""

    guild_id: GuildId
    key: Key
    dungeon: Key | None = None
    """Null: for all dungeons that have no value of their own."""


class SetSetting(ResetSetting, frozen=True, kw_only=True):
    """Set one setting."""

    value: Annotated[str, msgspec.Meta(max_length=300)]


class ListDungeonRoles(msgspec.Struct, frozen=True):
    """Read which dungeons call which roles."""

    guild_id: GuildId


class ClearDungeonRole(msgspec.Struct, frozen=True):
    """Let a dungeon call no role."""

    guild_id: GuildId
    dungeon: Key


class SetDungeonRole(ClearDungeonRole, frozen=True):
    """Let a dungeon, or all of a category, call a role."""

    role_id: RoleId
    seen: RoleSeen | None = None
    """How the bot sees it, so that no unsafe one is mapped."""


read_mappings = Endpoint("GET", "/guilds/{guild_id}/mappings", None, ReadMappings, Mappings)
set_roles = Endpoint("PATCH", "/guilds/{guild_id}/roles", Rank.ADMINISTRATOR, SetRoles, Mappings)
set_channels = Endpoint("PATCH", "/guilds/{guild_id}/channels", Rank.ADMINISTRATOR, SetChannels, Mappings)
set_scoped = Endpoint("PUT", "/guilds/{guild_id}/scoped/{scope}/{key}", Rank.ADMINISTRATOR, SetScoped, Mappings)

read_settings = Endpoint("GET", "/guilds/{guild_id}/settings", None, ReadSettings, list[SettingShown])
set_setting = Endpoint("PUT", "/guilds/{guild_id}/settings/{key}", Rank.ADMINISTRATOR, SetSetting, SettingShown)
reset_setting = Endpoint("DELETE", "/guilds/{guild_id}/settings/{key}", Rank.ADMINISTRATOR, ResetSetting, SettingShown)

DUNGEON_ROLES = "/guilds/{guild_id}/dungeon-roles"
OF_DUNGEON = DUNGEON_ROLES + "/{dungeon}"
list_dungeon_roles = Endpoint("GET", DUNGEON_ROLES, None, ListDungeonRoles, list[DungeonRole])
set_dungeon_role = Endpoint("PUT", OF_DUNGEON, Rank.ADMINISTRATOR, SetDungeonRole, list[DungeonRole])
clear_dungeon_role = Endpoint("DELETE", OF_DUNGEON, Rank.ADMINISTRATOR, ClearDungeonRole, list[DungeonRole])
