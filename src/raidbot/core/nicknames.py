"""Nicknames: what stands in front of a name stays, and as many names as fit follow."""

import re

from raidbot.core.igns import IGN

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


def main_name(nickname: str) -> str | None:
    """Return the first name that a nickname says, without what stands in front; None where that is no IGN."""
    found = PREFIX.match(nickname)
    rest = nickname[found.end() if found else 0 :]
    first = rest.partition("|")[0].strip()
    return first if IGN.fullmatch(first) else None
