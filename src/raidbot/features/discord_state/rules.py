"""The decisions about what is done in Discord. Pure."""

from datetime import datetime, timedelta

from raidbot.core.ids import UserId
from raidbot.features.discord_state.model import A_CROWD, Arrival, ChoreState

FIRST_PAUSE = timedelta(seconds=5)
NOTICE_PAUSE = timedelta(seconds=5)
"""Between two attempts to tell something: what it calls for is near."""

LONGEST_PAUSE = timedelta(minutes=15)


def next_try(tries: int, now: datetime) -> datetime:
    """Return when to try again what failed so often: after 5 s, then twice as long each time, at most 15 minutes."""
    doubled = min(tries, 12)  # 12 doublings are past the longest pause
    return now + min(FIRST_PAUSE * 2**doubled, LONGEST_PAUSE)


def is_stuck(state: ChoreState, tries: int) -> bool:
    """Tell whether something was not taken by Discord, or was at last and not at the first try."""
    return state is ChoreState.PARKED or tries > 0


def strangers(arrivals: list[Arrival], *, surely: bool) -> list[UserId]:
    """Return who was never on record and counts as nobody who came: too many, as when a server is met first."""
    counted = {one.user_id for one in came(arrivals, surely=surely)}
    return [one.user_id for one in arrivals if surely and one.user_id not in counted]


def came(arrivals: list[Arrival], *, surely: bool) -> list[Arrival]:
    """Return who came: all who had left, and of those who are not on record a few, not a whole server at its start."""
    new = [one for one in arrivals if one.new]
    return [one for one in arrivals if not one.new or (surely and len(new) <= A_CROWD)]
