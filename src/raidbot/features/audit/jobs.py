"""What is forgotten of the audit trail after a while."""

from datetime import timedelta

from raidbot.backend.jobs import Tick, job
from raidbot.features.audit import store

KEPT = timedelta(days=90)
"""How long it stays on record who used which command."""

BATCH = 1000


@job("command-retention", every=timedelta(hours=1))
async def forget(tick: Tick) -> int:
    """Delete uses of commands that are older than 90 days."""
    return await store.forget(tick.tx, tick.now - KEPT, BATCH)
