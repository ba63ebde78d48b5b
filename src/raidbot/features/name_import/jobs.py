"""What goes on about imports."""

from datetime import timedelta

from raidbot.backend.jobs import Tick, job
from raidbot.features.name_import import service
from raidbot.features.name_import.store import imports as store

BATCH = 200


@job("name-import", every=timedelta(seconds=15), next_due=store.next_running)
async def take_over(tick: Tick) -> int:
    """Take over the next few lines of an import that runs, each batch in one transaction: a crash loses none."""
    lines = await store.due(tick.tx, BATCH)
    if lines:
        await service.take_over(tick.tx, lines, tick.now)
    else:
        await store.finish(tick.tx)
    return len(lines)
