"""The endpoints of a guild's configuration."""

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import ChannelId, GuildId, RoleId
from raidbot.core.ranks import Rank, RoleKey
from raidbot.features.guild_config.model import ChannelKey, Mappings


class ReadMappings(msgspec.Struct, frozen=True):
    """Read what a guild has mapped."""

    guild_id: GuildId


class SetRoles(msgspec.Struct, frozen=True):
    """Map roles. A key with `null` is cleared; keys left out stay as they are."""

    guild_id: GuildId
    roles: dict[RoleKey, RoleId | None]


class SetChannels(msgspec.Struct, frozen=True):
    """Map channels. A key with `null` is cleared; keys left out stay as they are."""

    guild_id: GuildId
    channels: dict[ChannelKey, ChannelId | None]


read_mappings = Endpoint("GET", "/guilds/{guild_id}/mappings", None, ReadMappings, Mappings)
set_roles = Endpoint("PATCH", "/guilds/{guild_id}/roles", Rank.ADMINISTRATOR, SetRoles, Mappings)
set_channels = Endpoint("PATCH", "/guilds/{guild_id}/channels", Rank.ADMINISTRATOR, SetChannels, Mappings)
