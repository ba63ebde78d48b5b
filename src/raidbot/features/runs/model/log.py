"""The nouns of a run's log: what happened, line by line, in the thread of its desk."""

from datetime import datetime
from typing import Any

import msgspec

from raidbot.core.ids import ChannelId, MessageId


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a run."""

    id: int
    user_id: int
    """Who did it; 0: time did."""
    kind: str
    """What happened, in the past tense: `joined`."""
    detail: dict[str, Any]
    happened_at: datetime

    @property
    def about(self) -> int:
        """Whom it is about: whoever did it, unless it happened to somebody else."""
        return int(self.detail.get("user_id") or self.user_id)


class Untold(msgspec.Struct, frozen=True, kw_only=True):
    """What the log of a run does not tell yet."""

    dungeon: str
    over: bool
    version: int
    """The version of the run."""
    drawn_version: int
    """The version that its desk shows."""
    closed: bool
    """Whether the log was closed: its end was told."""
    mapped: bool
    """Whether there is a channel for logs at all."""
    channel_id: ChannelId | None
    message_id: MessageId | None
    """The message whose thread is the log; null until it stands."""
    told_until: int
    """The number of the last entry that was told."""
    entries: list[Entry]
    """The next ones, oldest first; not all, where there are many."""
