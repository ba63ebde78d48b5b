"""When a page will do, what several say together, and how long a place in line takes."""

from datetime import UTC, datetime, timedelta

import pytest

from raidbot.features.realmeye.model.facts import ABSENT, HIDDEN, Facts, Kind, Reading, Standing, known
from raidbot.features.realmeye.model.queue import NotAName, SiteState
from raidbot.features.realmeye.rules import asking

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)


def test_a_name_keeps_its_capitals_and_loses_what_stands_around_it() -> None:
    assert asking.checked_name("  RookTheBold\n") == "RookTheBold"


@pytest.mark.parametrize("typed", ["", " ", "Rook2", "Rook/..", "\u0420ook", "A" * 17, "Rook the", "Rook\x00"])
def test_what_the_game_does_not_allow_is_refused(typed: str) -> None:
    with pytest.raises(NotAName, match="Type it as the game shows it"):
        asking.checked_name(typed)


def test_a_profile_will_do_for_minutes_and_a_history_for_an_hour() -> None:
    assert asking.will_do_since(Kind.PROFILE, None, NOW) == NOW - timedelta(minutes=5)
    assert asking.will_do_since(Kind.NAMES, None, NOW) == NOW - timedelta(hours=1)
    assert asking.will_do_since(Kind.NAMES, NOW, NOW + timedelta(seconds=3)) == NOW


def test_pages_together_tell_what_each_tells_and_are_as_good_as_the_worst() -> None:
    profile = Reading(Standing.SHOWN, Facts(ign="Rook", stars=known(60), last_seen=HIDDEN))
    graves = Reading(Standing.SHOWN, Facts(ign="Rook", deaths=known(3)))
    broken = Reading(Standing.UNREADABLE, Facts(ign="rook"))

    assert asking.together([profile, graves]) == Reading(
        Standing.SHOWN, Facts(ign="Rook", stars=known(60), last_seen=HIDDEN, deaths=known(3))
    )
    told = asking.together([broken, profile])
    assert (told.standing, told.facts.ign, told.facts.deaths) == (Standing.UNREADABLE, "Rook", ABSENT)


@pytest.mark.parametrize(("place", "later_s", "seconds"), [(1, 0, 3), (10, 0, 30), (1, 12, 15), (0, 0, 1)])
def test_a_wait_is_estimated_from_how_long_pages_took_lately(place: int, later_s: int, seconds: int) -> None:
    site = SiteState(next_at=NOW, pace_s=3)

    assert asking.seconds_until(place, site, NOW + timedelta(seconds=later_s), NOW) == seconds
