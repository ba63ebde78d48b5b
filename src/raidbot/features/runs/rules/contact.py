"""The decision whether a guild could not be reached."""

from datetime import datetime, timedelta

from raidbot.features.runs.model.contact import OUTAGE, Contact


def was_out(before: Contact | None, process: str, away: timedelta, now: datetime) -> bool:
    """Tell whether members could not press anything for long, once they can again.

    A process knows for how long it was away; of another one that is known by its last sign. A long silence between two
    signs of one process is a clock that was moved.
    """
    if before is None:
        return False
    return away > OUTAGE if before.process == process else now - before.beat_at > OUTAGE
