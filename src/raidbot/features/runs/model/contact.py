"""The nouns of whether a guild can be reached: while it cannot, nothing falls due there."""

from datetime import datetime, timedelta

import msgspec

OUTAGE = timedelta(minutes=5)
"""From how long on an absence of ours, or of Discord, counts as an outage."""

GIVEN_UP_AFTER = timedelta(days=1)
"""After so long without contact nothing waits any more: the bot has left the guild."""


class Contact(msgspec.Struct, frozen=True):
    """When a bot was last connected to a guild, and which process that was."""

    process: str
    beat_at: datetime
