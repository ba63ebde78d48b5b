"""What falls due by itself: runs whose time is up."""

from datetime import timedelta

from msgspec.structs import replace

from raidbot.backend.jobs import Tick, job
from raidbot.core.ids import UserId
from raidbot.features.runs import store
from raidbot.features.runs.model import RunStatus

BATCH = 10

NOBODY = UserId(0)
"""Who acts when time does."""


@job("auto-end", every=timedelta(minutes=2), next_due=store.next_due)
async def auto_end(tick: Tick) -> int:
    """End live runs whose time is up, and cancel those that never went live."""
    due = await store.hold_due(tick.tx, tick.now, BATCH)
    for one in due:
        run = await store.find_run(tick.tx, one.guild_id, one.id)
        if run is None:
            continue
        status = RunStatus.ENDED if run.status is RunStatus.LIVE else RunStatus.CANCELLED
        over = replace(run, status=status, closed_at=tick.now, reason="auto_end")
        await store.save_run(tick.tx, over, NOBODY, "auto_ended", {}, tick.now)
    return len(due)
