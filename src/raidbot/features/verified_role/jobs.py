"""What goes on about the verified role."""

from datetime import timedelta

from raidbot.backend.jobs import Tick, job
from raidbot.features.custom_roles import service as custom_roles
from raidbot.features.discord_state.model import ChoreKind
from raidbot.features.hands import service as hands
from raidbot.features.reconciliation import service as reconciliation
from raidbot.features.verified_role import service

BATCH = 25


@job("adopt-plans", every=timedelta(minutes=2), next_due=reconciliation.next_adopted)
async def adopt(tick: Tick) -> int:
    """Take over a little of what an administrator let Discord be right about."""
    found = await reconciliation.adopted(tick.tx, BATCH)
    for change in found:
        if change.kind is ChoreKind.NICKNAME:
            await hands.adopt_nickname(tick.tx, change, tick.now)
        else:
            await service.adopt(tick.tx, change, tick.now)
            await custom_roles.adopt(tick.tx, change, tick.now)
    return len(found)
