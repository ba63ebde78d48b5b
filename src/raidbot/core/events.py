"""What happened: the events that a transaction leaves behind, and the stream of them that bots read."""

from typing import Any, ClassVar, TypeVar

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import GuildId


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened in a guild. Subclasses are named noun + past participle: `RunEnded`."""

    kinds: ClassVar[dict[str, type["Event"]]] = {}
    """Every event by its name, filled by `event`."""

    guild_id: GuildId


AnyEvent = TypeVar("AnyEvent", bound=Event)


def event(kind: type[AnyEvent]) -> type[AnyEvent]:
    """Make the decorated class known by its name, so that it can be read back from the stream."""
    Event.kinds[kind.__name__] = kind
    return kind


class StoredEvent(msgspec.Struct, frozen=True):
    """An event as it stands in the stream."""

    kind: str
    body: dict[str, Any]


class ReadEvents(msgspec.Struct, frozen=True):
    """Ask for what happened after a place in the stream.

    The place is opaque: take it from the last answer. Without one the answer is the
    present end of the stream and nothing else.
    """

    after: str | None = None
    shard_id: int = 0
    shard_count: int = 1
    """A guild belongs to shard `(guild_id >> 22) % shard_count`. docs: Gateway, Sharding"""
    wait: float = 20
    """How many seconds the answer may take when nothing happens; at most 20."""


class EventPage(msgspec.Struct, frozen=True):
    """The events after a place, oldest first, and the place after the last of them."""

    events: list[StoredEvent]
    place: str
    gap: bool = False
    """The asked place is no longer known: compare everything with the record."""


read_events = Endpoint("GET", "/events", None, ReadEvents, EventPage)
