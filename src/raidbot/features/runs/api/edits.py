"""The endpoints of corrections."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import GuildId, UserId
from raidbot.core.ranks import Rank
from raidbot.features.runs.api.life import OfRun
from raidbot.features.runs.model.edits import Edit, EditId
from raidbot.features.runs.model.pops import Outcome

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Names = Annotated[list[Name], msgspec.Meta(max_length=25)]
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class AskEdit(OfRun, frozen=True, kw_only=True):
    """Ask what a correction would write. Raiders are named by id or by IGN."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    pop: Annotated[int, msgspec.Meta(ge=0, le=999)] | None = None
    add: Names = msgspec.field(default_factory=list[str])
    strike: Names = msgspec.field(default_factory=list[str])
    popper_id: UserId | None = None
    key: Word | None = None
    outcome: Outcome | None = None
    leader_id: UserId | None = None
    dungeon: Word | None = None


class OfEdit(msgspec.Struct, frozen=True):
    """Name a correction of a guild."""

    guild_id: GuildId
    edit_id: EditId


class ConfirmEdit(OfEdit, frozen=True):
    """Carry out a correction, exactly as it was shown."""


class DropEdit(OfEdit, frozen=True):
    """Let a correction be."""


ask_edit = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/edits", Rank.MEMBER, AskEdit, Edit)
confirm_edit = Endpoint("POST", "/guilds/{guild_id}/edits/{edit_id}/confirm", Rank.MEMBER, ConfirmEdit, Edit)
drop_edit = Endpoint("POST", "/guilds/{guild_id}/edits/{edit_id}/drop", Rank.MEMBER, DropEdit, Edit)
