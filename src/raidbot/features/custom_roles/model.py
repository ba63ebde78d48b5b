"""The nouns of roles that are earned: what a server asks for each, and where members ask."""

from enum import StrEnum
from typing import Annotated, Any

import msgspec

from raidbot.core.checkup import uses
from raidbot.core.errors import NotFound, Refusal
from raidbot.core.events import Event, event
from raidbot.core.ids import ChannelId, MessageId, RoleId, UserId
from raidbot.core.permissions import Permission

uses(Permission.MANAGE_ROLES, "gives the roles that members earn with a screenshot: /createrole")

PANEL = "custom_role"
"""The kind of posting where members ask for a role."""

LONGEST_DESCRIPTION = 500
LONGEST_INSTRUCTIONS = 1500
LONGEST_URL = 500
MOST_ROLES = 50
"""Roles of one server that are given out."""

Description = Annotated[str, msgspec.Meta(max_length=LONGEST_DESCRIPTION)]
Instructions = Annotated[str, msgspec.Meta(max_length=LONGEST_INSTRUCTIONS)]
Url = Annotated[str, msgspec.Meta(max_length=LONGEST_URL)]


class Decides(StrEnum):
    """The lowest rank that decides. Its values are those of `custom_role.decides` in the database."""

    SECURITY = "security"
    OFFICER = "officer"
    HEAD_ORGANIZER = "head_organizer"
    MODERATOR = "moderator"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        """How members read it: `Head Organizer`."""
        return self.value.replace("_", " ").title()


class Part(StrEnum):
    """What of a role can be cleared."""

    DESCRIPTION = "description"
    INSTRUCTIONS = "instructions"
    PICTURE = "picture"
    CHANNEL = "channel"


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What a server asks for a role, and where. What it left out is as it comes."""

    channel_id: ChannelId | None = None
    """Where members ask; null: nowhere yet."""
    description: str = ""
    instructions: str = ""
    image_url: str = ""
    decides: Decides = Decides.SECURITY


class CustomRole(msgspec.Struct, frozen=True, kw_only=True):
    """A role that is given out."""

    role_id: RoleId
    terms: Terms
    message_id: MessageId | None = None
    """Where members ask, once that is posted."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change of what is asked for a role; null was or will be not given out."""

    role_id: RoleId
    old: Any
    new: Any
    changed_by: UserId


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """A role that a member has earned, and that nobody has taken away since."""

    user_id: UserId
    role_id: RoleId


class EarnedKind(StrEnum):
    """What happened to a role of a member's. Its values are those of `earned_role.kind` in the database."""

    GIVEN = "given"
    TAKEN = "taken"


class Earned(msgspec.Struct, frozen=True, kw_only=True):
    """A role was given to a member, or taken away."""

    user_id: UserId
    role_id: RoleId
    kind: EarnedKind
    by: UserId
    why: str


class PanelShown(msgspec.Struct, frozen=True, kw_only=True):
    """A message where members ask for a role."""

    role_id: RoleId
    channel_id: ChannelId
    version: int
    is_over: bool
    terms: Terms | None
    """What is asked now; null: the role is not given out any more."""


@event
class CustomRoleChanged(Event, frozen=True, kw_only=True):
    """What is asked for a role has changed, or where."""

    panels: list[int]
    """The messages that show it, or no longer."""


class UnknownRole(NotFound):
    """The guild gives no such role out."""


class UnknownPanel(NotFound):
    """There never was such a message."""


class TooManyRoles(Refusal):
    """The guild gives out as many roles as it can."""


class CannotPost(Refusal):
    """The bot may not post where members are to ask."""


class BadTerms(Refusal):
    """That is no part of what is asked for a role."""

    status = 400
