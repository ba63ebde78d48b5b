"""The decisions about what is done in Discord. Pure."""

import re
from datetime import datetime, timedelta

from raidbot.features.discord_state.model import Arrival

FIRST_PAUSE = timedelta(seconds=5)
NOTICE_PAUSE = timedelta(seconds=5)
"""Between two attempts to tell something: what it calls for is near."""

LONGEST_PAUSE = timedelta(minutes=15)


def next_try(tries: int, now: datetime) -> datetime:
    """Return when to try again what failed so often: after 5 s, then twice as long each time, at most 15 minutes."""
    doubled = min(tries, 12)  # 12 doublings are past the longest pause
    return now + min(FIRST_PAUSE * 2**doubled, LONGEST_PAUSE)


A_CROWD = 20
"""More members than that are not changed by surprise."""


def came(arrivals: list[Arrival], *, surely: bool) -> list[Arrival]:
    """Return who came: all who had left, and of those who are not on record a few, not a whole server at its start."""
    new = [one for one in arrivals if one.new]
    return [one for one in arrivals if not one.new or (surely and len(new) <= A_CROWD)]


LONGEST_NICKNAME = 32
"""docs: User Resource, Usernames and Nicknames"""

LEAST_OF_A_NAME = 4
"""Letters of a name that is cut: fewer tell nothing."""

BETWEEN = " | "

PREFIX = re.compile(r"(?:[\[({<][^\])}>]{1,16}[\])}>]\s*|(?:[^\w\s]|_)+\s*)*")
"""What stands in front of a name: symbols, and words in brackets."""


def worn(nickname: str, wanted: str) -> str:
    """Return the nickname that says the wanted names, as many as fit, the first one always whole.

    What stood in front of the nickname before stays there, unless it leaves no room for the first name.
    """
    found = PREFIX.match(nickname)
    prefix = found[0] if found else ""
    first, *others = wanted.split(BETWEEN)
    if len(prefix) + len(first) > LONGEST_NICKNAME:
        prefix = ""
    said = (prefix + first)[:LONGEST_NICKNAME]
    for name in others:
        room = LONGEST_NICKNAME - len(said) - len(BETWEEN)
        if room < min(len(name), LEAST_OF_A_NAME + 1):
            break
        said += BETWEEN + (name if len(name) <= room else name[: room - 1] + "…")
    return said
