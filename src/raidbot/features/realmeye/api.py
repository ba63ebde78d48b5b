"""The endpoints of RealmEye."""

from datetime import datetime

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.features.realmeye.model.queue import Reason


class ShowSite(msgspec.Struct, frozen=True):
    """Ask how RealmEye does. It concerns all guilds alike."""


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """How RealmEye does, and how many pages are waited for."""

    away_since: datetime | None
    """None while it answers."""
    away_reason: Reason | None
    next_try_at: datetime | None
    """When it is tried again, while it is away."""
    waiting: int
    """Pages that are still to be read."""
    oldest_wanted_at: datetime | None
    """Since when the first of them is waited for."""


show_site = Endpoint("GET", "/realmeye", None, ShowSite, Site)
