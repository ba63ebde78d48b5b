"""The endpoint by which the bot says that a guild is reached."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import GuildId
from raidbot.features.runs.model.contact import Contact


class KeepContact(msgspec.Struct, frozen=True, kw_only=True):
    """Say that members of a guild can press buttons now."""

    guild_id: GuildId
    process: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    away_s: Annotated[float, msgspec.Meta(ge=0, le=1e9)]
    """For how many seconds this process could not say so, by a clock that nobody moves."""


keep_contact = Endpoint("PUT", "/guilds/{guild_id}/contact", None, KeepContact, Contact)
