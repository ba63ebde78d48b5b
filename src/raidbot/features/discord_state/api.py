"""The endpoints by which the bot mirrors Discord."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import GuildId
from raidbot.features.discord_state.model import MirroredMember


class MirrorMembers(msgspec.Struct, frozen=True):
    """Tell what these members hold now; at most 1,000 in one request."""

    guild_id: GuildId
    members: Annotated[list[MirroredMember], msgspec.Meta(max_length=1000)]


class Mirrored(msgspec.Struct, frozen=True):
    """How many members were told."""

    members: int


mirror_members = Endpoint("PUT", "/guilds/{guild_id}/members", None, MirrorMembers, Mirrored)
