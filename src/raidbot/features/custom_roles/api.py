"""The endpoints of roles that are earned."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.guilds import ChannelSeen, RoleInPlace
from raidbot.core.ids import GuildId, RoleId
from raidbot.core.ranks import Rank
from raidbot.features.custom_roles.model import (
    CustomRole,
    Decides,
    Description,
    Instructions,
    PanelShown,
    Part,
    Url,
)


class ListRoles(msgspec.Struct, frozen=True):
    """Read which roles are given out, and what is asked for each."""

    guild_id: GuildId


class SaveRole(msgspec.Struct, frozen=True, kw_only=True):
    """Give a role out to whoever shows that they have earned it. What is left out stays as it was."""

    guild_id: GuildId
    role_id: RoleId
    seen: RoleInPlace
    """How the role stands right now."""
    channel: ChannelSeen | None = None
    """Where members are to ask."""
    description: Description | None = None
    instructions: Instructions | None = None
    image_url: Url | None = None
    decides: Decides | None = None


class ClearPart(msgspec.Struct, frozen=True):
    """Let a part of what is asked be as it comes."""

    guild_id: GuildId
    role_id: RoleId
    part: Part


class RemoveRole(msgspec.Struct, frozen=True):
    """Give a role out no more. Who has it keeps it."""

    guild_id: GuildId
    role_id: RoleId


class ReadPanels(msgspec.Struct, frozen=True):
    """Read which messages stand where members ask."""

    guild_id: GuildId


class Panels(msgspec.Struct, frozen=True):
    """Messages where members ask, with how new each is."""

    versions: dict[int, int]


class ShowPanel(msgspec.Struct, frozen=True):
    """Read what a message shows where members ask."""

    guild_id: GuildId
    panel_id: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]


ROOT = "/guilds/{guild_id}/custom-roles"
ROLE = ROOT + "/{role_id}"
PANELS = "/guilds/{guild_id}/custom-role-panels"
list_roles = Endpoint("GET", ROOT, None, ListRoles, list[CustomRole])
save_role = Endpoint("PUT", ROLE, Rank.ADMINISTRATOR, SaveRole, CustomRole)
clear_part = Endpoint("DELETE", ROLE + "/parts/{part}", Rank.ADMINISTRATOR, ClearPart, CustomRole)
remove_role = Endpoint("DELETE", ROLE, Rank.ADMINISTRATOR, RemoveRole, CustomRole)
read_panels = Endpoint("GET", PANELS, None, ReadPanels, Panels)
show_panel = Endpoint("GET", PANELS + "/{panel_id}", None, ShowPanel, PanelShown)
