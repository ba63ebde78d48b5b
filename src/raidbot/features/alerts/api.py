"""The endpoint of alerts."""

from typing import Annotated

import msgspec

from raidbot.core.alerts import RunbookPage
from raidbot.core.endpoint import Endpoint
from raidbot.features.alerts.model import Noted


class NoteAlert(msgspec.Struct, frozen=True, kw_only=True):
    """Say that an alert is raised, or over. Told twice, it counts once."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    sentence: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    page: RunbookPage
    raised: bool


note_alert = Endpoint("POST", "/alerts", None, NoteAlert, Noted)
