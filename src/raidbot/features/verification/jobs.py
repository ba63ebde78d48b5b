"""What falls due in verification by itself."""

from datetime import timedelta

from raidbot.backend.jobs import Tick, job
from raidbot.features.verification.store import sessions

BATCH = 200


@job("verification-expiry", every=timedelta(minutes=5), next_due=sessions.next_expiry)
async def expire(tick: Tick) -> int:
    """Let attempts end whose code is no longer good."""
    return await sessions.expire(tick.tx, tick.now, BATCH)
