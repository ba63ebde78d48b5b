"""The decisions about the line of key holders."""

from datetime import timedelta

from raidbot.dungeons.model import Dungeon, DungeonKey
from raidbot.features.guild_config.model import KEY_CAP, KEY_REVEAL, Catalogue, KeyReveal, Settings
from raidbot.features.runs.model.joins import JoinState, Situation
from raidbot.features.runs.model.life import RunOver
from raidbot.features.runs.model.offers import OfferRefused, OfferSettled, OfferState, UnknownKey
from raidbot.features.runs.rules.joins import check_standing

MARKS_COUNT_FOR = timedelta(days=30)
"""How long a key that was offered and not popped counts against automatic acceptance."""


def checked_key(dungeon: Dungeon, key: str) -> DungeonKey:
    """Return a key of a dungeon.

    Raises:
        UnknownKey: the dungeon has none of that name.
    """
    found = dungeon.find_key(key)
    if found is None:
        raise UnknownKey(f"{dungeon.name} has no such key. Press one of the buttons of its panel.", key=key)
    return found


def check_offer(met: Situation) -> None:
    """Check that a member may offer a key.

    Raises:
        RunOver: it is over.
        JoinRefused: not verified or suspended.
        OfferRefused: they have not joined.
    """
    if met.status.over:
        raise RunOver(f"This run is over ({met.status}). Look for the next one in the raid channel.")
    check_standing(met)
    if met.state is not JoinState.JOIN:
        raise not_in()


def not_in() -> OfferRefused:
    """Return what one is told who is not in, maybe since a moment ago."""
    return OfferRefused("Join the run first, then offer your key: only those who are in can pop.")


def cap(settings: Settings, dungeon: Dungeon, key: DungeonKey) -> int:
    """Return how many holders of a key read party and location early."""
    chosen = settings.get(KEY_CAP, dungeon.key)
    return key.early_location if isinstance(chosen, Catalogue) else chosen


def accepts_itself(settings: Settings, dungeon: Dungeon) -> bool:
    """Tell whether the line accepts holders by itself."""
    reveal = settings.get(KEY_REVEAL, dungeon.key)
    return reveal is KeyReveal.AUTOMATIC or (reveal is KeyReveal.EXALTS and not dungeon.exalt)


def check_standing_offer(state: OfferState) -> None:
    """Check that an offer is still in line.

    Raises:
        OfferSettled: it is not.
    """
    if not state.standing:
        raise OfferSettled(f"That offer is no longer in line ({state}). Press Keys to see the line as it is.")


def check_accept(state: OfferState, accepted: int, most: int) -> None:
    """Check that one more holder may read party and location.

    Raises:
        OfferSettled: it is no longer in line.
        OfferRefused: as many as may are accepted.
    """
    check_standing_offer(state)
    if state is OfferState.OFFERED and accepted >= most:
        raise OfferRefused(
            f"{accepted} of {most} holders of this key know the location already. "
            "Mark one of them, or let an administrator raise key_cap with /settings set.",
            cap=most,
        )
