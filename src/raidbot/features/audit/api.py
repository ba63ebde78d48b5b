"""The endpoints of the audit trail."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import GuildId, InteractionId, UserId
from raidbot.core.ranks import Rank
from raidbot.features.audit.model import Trail


class NoteCommand(msgspec.Struct, frozen=True, kw_only=True):
    """Tell that a command was used. Told twice, it counts once."""

    guild_id: GuildId
    interaction_id: InteractionId
    user_id: UserId
    command: Annotated[str, msgspec.Meta(max_length=100)]
    options: dict[str, Annotated[str, msgspec.Meta(max_length=6000)]]
    outcome: Annotated[str, msgspec.Meta(max_length=100)]


class Noted(msgspec.Struct, frozen=True):
    """Whether it was new."""

    new: bool


class ReadCommands(msgspec.Struct, frozen=True, kw_only=True):
    """Read the latest uses of commands, newest first."""

    guild_id: GuildId
    user_id: UserId | None = None
    """Only this member's."""
    before: InteractionId | None = None
    """Only older ones than this: the last of the page before."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 15


note_command = Endpoint("POST", "/guilds/{guild_id}/commands", None, NoteCommand, Noted, can_wait=True)
read_commands = Endpoint("GET", "/guilds/{guild_id}/commands", Rank.OFFICER, ReadCommands, Trail)
