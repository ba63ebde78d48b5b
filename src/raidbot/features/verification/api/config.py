"""The endpoints of what a guild has set."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import GuildId
from raidbot.core.ranks import Rank
from raidbot.features.realmeye.model.requirements import Requirement
from raidbot.features.verification.model.config import (
    LONGEST_HOW,
    Cleared,
    ConfigShown,
    Label,
    Page,
    PanelPlace,
    Text,
    Url,
)


class OfGuild(msgspec.Struct, frozen=True):
    """Name a guild."""

    guild_id: GuildId


class ReadConfig(OfGuild, frozen=True):
    """Read what a guild has set about verification."""


class SendPanel(OfGuild, frozen=True):
    """Let the panel stand in the mapped channel. One that stands there is left alone."""


class SetWords(OfGuild, frozen=True, kw_only=True):
    """Say something in a guild's own words. What is left out stays as it was."""

    page: Page
    text: Text | None = None
    image_url: Url | None = None


class SetRequirement(OfGuild, frozen=True, kw_only=True):
    """Ask something of players."""

    requirement: Requirement
    value: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    """As it is typed; null: it is not asked any more."""


class AddLink(OfGuild, frozen=True, kw_only=True):
    """Name something that comes after being verified."""

    label: Label
    url: Url


class AddPreset(OfGuild, frozen=True, kw_only=True):
    """Name a reason to deny screenshots, and what to do better."""

    name: Label
    how: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_HOW)]


class RemovePreset(OfGuild, frozen=True, kw_only=True):
    """Let a reason go."""

    name: Label


class Clear(OfGuild, frozen=True, kw_only=True):
    """Let something be as it comes."""

    what: Cleared


ROOT = "/guilds/{guild_id}/verification"
CONFIG = ROOT + "/config"
read_config = Endpoint("GET", CONFIG, None, ReadConfig, ConfigShown)
send_panel = Endpoint("POST", ROOT + "/panel", Rank.MODERATOR, SendPanel, PanelPlace, can_wait=True)
set_words = Endpoint("PUT", CONFIG + "/words/{page}", Rank.MODERATOR, SetWords, ConfigShown, can_wait=True)
set_requirement = Endpoint(
    "PUT", CONFIG + "/requirements/{requirement}", Rank.MODERATOR, SetRequirement, ConfigShown, can_wait=True
)
add_link = Endpoint("POST", CONFIG + "/links", Rank.MODERATOR, AddLink, ConfigShown, can_wait=True)
add_preset = Endpoint("POST", CONFIG + "/presets", Rank.MODERATOR, AddPreset, ConfigShown, can_wait=True)
remove_preset = Endpoint("POST", CONFIG + "/presets/remove", Rank.MODERATOR, RemovePreset, ConfigShown)
clear = Endpoint("DELETE", CONFIG + "/{what}", Rank.MODERATOR, Clear, ConfigShown)
