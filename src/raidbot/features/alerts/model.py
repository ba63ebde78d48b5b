"""The nouns of alerts."""

import msgspec

ALERT_CHANGED = "alert_changed"
"""The notice that something about the system is wrong, or no longer."""


class Noted(msgspec.Struct, frozen=True):
    """What was made of an alert."""

    fresh: bool
    """Whether nobody had told it before."""
