"""What the backend tells of how much goes on just now."""

from raidbot.backend.serving import Call, serves
from raidbot.features.runs.api import busy as api
from raidbot.features.runs.model.busy import Busy
from raidbot.features.runs.store import busy as store


@serves(api.busy)
async def busy(call: Call[api.AskBusy]) -> Busy:
    """Return how many runs are on, and how many are in them."""
    return await store.busy(call.tx)
