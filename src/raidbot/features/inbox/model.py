"""The nouns of the inbox: letters that wait for a member, and whether they were read."""

from datetime import datetime
from typing import NewType

import msgspec

from raidbot.core.errors import NotFound
from raidbot.core.ids import UserId

LetterId = NewType("LetterId", int)
"""Our own number of a letter."""

WAITING = "inbox_waiting"
"""The kind of notice that calls a member to their inbox."""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a member is to know. Nobody else reads it in the server."""

    id: LetterId
    user_id: UserId
    title: str
    body: str
    left_at: datetime
    read_at: datetime | None
    """When they were shown it first; None: they have not been."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """What staff see of a letter: whether it arrived, not what it says."""

    user_id: UserId
    title: str
    left_at: datetime
    called: bool
    """Whether a mention called them to their inbox."""
    read_at: datetime | None


class UnknownLetter(NotFound):
    """There is no such letter in this guild."""
