"""What falls due about changes by hand."""

from datetime import timedelta

from raidbot.backend.jobs import Tick, job
from raidbot.features.hands import service
from raidbot.features.hands.store import crowds


@job("hand-crowds", every=timedelta(minutes=5), next_due=crowds.next_due)
async def ask(tick: Tick) -> int:
    """Ask about many changes of one person, once they have come to an end."""
    due = await crowds.take_due(tick.tx, tick.now)
    if due is None:
        return 0
    await service.ask_about(tick.tx, due, tick.now)
    return 1
