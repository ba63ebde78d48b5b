"""The nouns of the audit trail."""

from datetime import datetime

import msgspec

from raidbot.core.ids import InteractionId, UserId


class CommandUse(msgspec.Struct, frozen=True, kw_only=True):
    """One use of a slash command."""

    interaction_id: InteractionId
    user_id: UserId
    command: str
    options: dict[str, str]
    """As they were given, in words."""
    outcome: str
    """`done`, the code of the refusal, or `fault` with its reference."""
    used_at: datetime


class Pause(msgspec.Struct, frozen=True):
    """A time in which no use of a command was written down, because the disk was nearly full."""

    since: datetime
    until: datetime | None
    """None: it goes on."""


class Trail(msgspec.Struct, frozen=True, kw_only=True):
    """The latest uses of commands, newest first."""

    uses: list[CommandUse]
    pause: Pause | None = None
    """The last one, if it lies among them or after them."""
