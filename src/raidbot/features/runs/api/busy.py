"""The endpoint of how much goes on just now."""

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.features.runs.model.busy import Busy


class AskBusy(msgspec.Struct, frozen=True):
    """Ask what a restart would hold up."""


busy = Endpoint("GET", "/live-runs", None, AskBusy, Busy)
