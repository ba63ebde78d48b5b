"""What staff decide about screenshots."""

from datetime import datetime

import msgspec


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody stands in the line of staff."""

    ticket_id: int
    number: int
    """1 is next."""
    opened_at: datetime
    usual_s: int | None
    """How long it took lately, in seconds; None: too little is known."""


class Denial(msgspec.Struct, frozen=True, kw_only=True):
    """What staff said no to, and what to do better."""

    ign: str
    reason: str
    how: str
    at: datetime
