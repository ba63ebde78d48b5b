"""The endpoints of raiders."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import GuildId, UserId
from raidbot.core.ranks import Rank
from raidbot.features.raiders.model import Raider


class OfRaider(msgspec.Struct, frozen=True):
    """Name a member of a guild."""

    guild_id: GuildId
    user_id: UserId


class VerifyRaider(OfRaider, frozen=True):
    """Say that this IGN is theirs. What was so already stays untouched."""

    ign: Annotated[str, msgspec.Meta(max_length=100)]


class ShowRaider(OfRaider, frozen=True):
    """Read a raider's IGN."""


verify_raider = Endpoint("POST", "/guilds/{guild_id}/raiders/{user_id}/verify", Rank.SECURITY, VerifyRaider, Raider)
show_raider = Endpoint("GET", "/guilds/{guild_id}/raiders/{user_id}", Rank.MEMBER, ShowRaider, Raider)
