"""The nouns of the line of those who hold a key."""

from datetime import datetime
from enum import StrEnum
from typing import NewType

import msgspec

from raidbot.core.errors import NotFound, Refusal
from raidbot.core.events import Event, event
from raidbot.core.ids import UserId

OfferId = NewType("OfferId", int)
"""Our own number of an offer."""


class OfferState(StrEnum):
    """Where an offer is. Values of `run_offer.state`."""

    OFFERED = "offered"
    """In line."""
    ACCEPTED = "accepted"
    """Its holder may read party and location."""
    POPPED = "popped"
    NO_POP = "no_pop"
    """It was offered and not popped: a mark that staff see."""
    WITHDRAWN = "withdrawn"
    """Its holder took it back, or left."""
    REMOVED = "removed"
    """Whoever leads took it out of the line."""

    @property
    def standing(self) -> bool:
        """Whether it is still in line."""
        return self in {OfferState.OFFERED, OfferState.ACCEPTED}


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A raider's word to bring a key, as those who lead see it."""

    id: OfferId
    user_id: UserId
    ign: str | None
    key: str
    """The key's key in the catalogue."""
    state: OfferState


class OwnOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A raider's own offer, as their card shows it."""

    id: OfferId
    key: str
    state: OfferState
    place: int
    """1 is next."""


class LinedUp(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an offer, as its holder is told."""

    changed: bool
    """False: it was in line already."""
    dungeon: str
    offer: OwnOffer
    party: str | None
    """Null unless they may see it."""
    location: str | None
    """Null unless they may see it."""


@event
class HoldersAccepted(Event, frozen=True, kw_only=True):
    """Some who hold keys may read party and location now."""

    run_id: int
    user_ids: list[UserId]
    at: datetime


class OfferRefused(Refusal):
    """This member cannot offer that key now."""


class UnknownKey(Refusal):
    """The dungeon has no such key."""

    status = 400


class UnknownOffer(NotFound):
    """There is no such offer in this run."""


class OfferSettled(Refusal):
    """The offer is no longer in line, or not at that place."""
