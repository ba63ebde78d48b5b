"""Forgetting pages that nobody will be answered with any more."""

from datetime import timedelta

from raidbot.backend.jobs import Tick, job
from raidbot.features.realmeye import store
from raidbot.features.realmeye.rules import asking

BATCH = 500


@job("realmeye-retention", every=timedelta(minutes=10))
async def forget(tick: Tick) -> int:
    """Delete pages that are a day old: what players show changes, and what they hid since is theirs."""
    return await store.delete_pages(tick.tx, tick.now - asking.KEPT, BATCH)
