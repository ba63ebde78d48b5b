"""What may be asked for, when a page that is known will do, and what several pages say together."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from raidbot.core.igns import IGN
from raidbot.features.realmeye.model.facts import ABSENT, Facts, Kind, Reading, Standing
from raidbot.features.realmeye.model.queue import NotAName, SiteState

FRESH = {
    Kind.PROFILE: timedelta(minutes=5),
    Kind.NAMES: timedelta(hours=1),
    Kind.GRAVEYARD: timedelta(hours=1),
    Kind.EXALTATIONS: timedelta(hours=1),
}
"""How long a page will do for those who do not ask for a younger one."""

KEPT = timedelta(days=1)
"""How long a page is kept at all."""

REREAD = timedelta(seconds=15)
"""The same page is not asked for sooner again, however often somebody presses."""


def checked_name(typed: str) -> str:
    """Return what was typed if it can be a player's name.

    Raises:
        NotAName: it cannot.
    """
    name = typed.strip()
    if not IGN.fullmatch(name):  # nothing else becomes part of an address
        raise NotAName("An IGN has 1 to 16 letters from A to Z and nothing else. Type it as the game shows it.")
    return name


def will_do_since(kind: Kind, not_older_than: datetime | None, now: datetime) -> datetime:
    """Return since when a page must have been asked for to be answered with."""
    return now - FRESH[kind] if not_older_than is None else not_older_than


def together(readings: Sequence[Reading]) -> Reading:
    """Return what all pages say: the worst standing of them, and each fact from the page that tells it."""
    order = (Standing.SHOWN, Standing.NOT_SHOWN, Standing.UNREADABLE)
    standing = max((one.standing for one in readings), key=order.index)
    shown = [one.facts for one in readings if one.standing is Standing.SHOWN]
    ign = shown[0].ign if shown else readings[0].facts.ign
    told = {name: fact for facts in shown for name, fact in _told(facts)}
    return Reading(standing, msgspec.structs.replace(Facts(ign=ign), **told))


def _told(facts: Facts) -> Iterable[tuple[str, object]]:
    fields = msgspec.structs.asdict(facts).items()
    return ((name, fact) for name, fact in fields if name != "ign" and fact != ABSENT)


def seconds_until(place: int, site: SiteState, not_before: datetime, now: datetime) -> int:
    """Return about how many seconds it takes until the page at that place of the line is read."""
    first = max((max(site.next_at, not_before) - now).total_seconds(), 0)
    return max(1, round(first + place * site.pace_s))
