"""The decisions about what is done in Discord. Pure."""

from datetime import datetime, timedelta

FIRST_PAUSE = timedelta(seconds=5)
NOTICE_PAUSE = timedelta(seconds=5)
"""Between two attempts to tell something: what it calls for is near."""

LONGEST_PAUSE = timedelta(minutes=15)


def next_try(tries: int, now: datetime) -> datetime:
    """Return when to try again what failed so often: after 5 s, then twice as long each time, at most 15 minutes."""
    doubled = min(tries, 12)  # 12 doublings are past the longest pause
    return now + min(FIRST_PAUSE * 2**doubled, LONGEST_PAUSE)
