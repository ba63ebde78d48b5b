"""What may be done with an import, and what lines say. Pure."""

import re

from raidbot.core.ids import UserId, snowflake
from raidbot.features.name_import.model import Import, ImportState, NothingRead, NotNow, Said

LINE = re.compile(r"\s*(?:<@!?|\")?(\d{1,19})[>\"]?\s*[,;\t ]\s*\"?([^\",;\t]{1,100}?)\"?\s*(?:[,;\t].*)?")
"""A line: a Discord id or a mention, and an IGN."""

HEADS = {"id", "ign", "discord_id", "user_id", "member", "name", "nickname"}
"""Words of a first line that is the head of a table."""

MOVES = {
    ImportState.ASKED: {ImportState.RUNNING, ImportState.DROPPED},
    ImportState.RUNNING: {ImportState.PAUSED},
    ImportState.PAUSED: {ImportState.RUNNING, ImportState.DROPPED},
}
"""From where to where somebody may move it."""


def check_move(one: Import, to: ImportState) -> None:
    """Check that an import can be moved on.

    Raises:
        NotNow: it cannot.
    """
    if to not in MOVES.get(one.state, ()):
        raise NotNow(f"The import is {one.state}. Use /forcesync to see what can be done now.")


def in_lines(text: str) -> list[Said]:
    """Return what a file or a list says, line by line; a line without an id is a heading."""
    found = [LINE.fullmatch(line) for line in text.splitlines()]
    return [Said(snowflake(UserId, one[1]), one[2]) for one in found if one and 0 < int(one[1]) < 2**63]


def unread(text: str) -> list[str]:
    """Return the lines that name no member, besides empty ones and the head of a table."""
    lines = [line.strip() for line in text.splitlines()]
    if lines and HEADS & set(re.split(r"[^\w]+", lines[0].casefold())):
        del lines[0]
    return [line for line in lines if line and not in_lines(line)]


def pasted(text: str) -> list[Said]:
    """Return what a pasted list says.

    Raises:
        NothingRead: no line of it names a member and an IGN.
    """
    said = in_lines(text)
    if not said:
        raise NothingRead("I read nobody in it. Each line takes a Discord id and an IGN: `1180000000000000001 Rook`.")
    return said
