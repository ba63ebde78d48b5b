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
