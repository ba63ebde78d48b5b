"""What is forgotten of Discord after a while."""

from datetime import timedelta

from raidbot.backend.jobs import Tick, job
from raidbot.features.discord_state.store import notices

KEPT = timedelta(days=30)
"""How long it stays on record what was told."""

BATCH = 1000


@job("notice-retention", every=timedelta(hours=1))
async def forget(tick: Tick) -> int:
    """Delete what was told, or not told, more than a month ago."""
    return await notices.forget(tick.tx, tick.now - KEPT, BATCH)
