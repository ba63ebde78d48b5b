"""The nouns of leases."""

from datetime import datetime, timedelta

import msgspec

from raidbot.core.errors import Refusal

HOLDS_FOR = timedelta(seconds=4)
"""So long a lease holds that nobody renews. A process that is killed is followed by another after it."""

RENEWED_EVERY_S = 1.0
"""Whoever serves renews so often, more often than others ask: after an outage of the backend it is the first."""

ASKED_EVERY_S = 1.5
"""Whoever stands by asks so often."""


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """The right to serve shards."""

    holder: str
    shard_ids: list[int]
    until: datetime


class LeaseHeld(Refusal):
    """Another process serves one of these shards."""
