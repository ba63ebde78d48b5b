"""What is forgotten of our deeds after a while."""

from datetime import timedelta

from raidbot.backend.jobs import Tick, job
from raidbot.features.deeds import store
from raidbot.features.deeds.model import KEPT

BATCH = 1000


@job("own-message-retention", every=timedelta(hours=1))
async def forget(tick: Tick) -> int:
    """Delete which messages were ours more than a month ago."""
    return await store.forget(tick.tx, tick.now - KEPT, BATCH)
