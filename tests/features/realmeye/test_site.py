"""One request: what of an answer is taken, and what every kind of trouble is called."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.features.realmeye.pages import a_player
from tests.support.realmeye import PAUSE

from raidbot.features.realmeye.jobs import site
from raidbot.features.realmeye.jobs.site import Manners, Trouble
from raidbot.features.realmeye.model.facts import Kind, known
from raidbot.features.realmeye.model.queue import Reason
from raidbot.features.realmeye.rules import reading
from realmeye_loopback.client import RealmEye
from realmeye_loopback.troubles import Mode

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)


async def fetched(realmeye: RealmEye, kind: Kind = Kind.PROFILE) -> str:
    manners = Manners(realmeye.url, PAUSE, "a test", patience_s=0.5)
    async with site.session(manners) as session:
        return await site.fetch(session, manners, kind, "Rook", NOW)


@pytest.mark.parametrize("kind", Kind)
async def test_each_kind_of_page_is_found_and_read(realmeye: RealmEye, kind: Kind) -> None:
    await realmeye.put(a_player())

    facts = reading.read(kind, await fetched(realmeye, kind), "Rook").facts

    told = {"profile": facts.stars, "graveyard": facts.deaths}.get(kind)
    assert told in (None, known(62), known(14))
    assert facts.ign == "Rook"


@pytest.mark.parametrize(
    ("trouble", "reason", "later_s"),
    [
        ({"mode": Mode.SLOW, "seconds": 5}, Reason.SLOW, None),
        ({"mode": Mode.TORN}, Reason.BROKEN, None),
        ({"mode": Mode.ENDLESS}, Reason.TOO_LARGE, None),
        ({"mode": Mode.ELSEWHERE}, Reason.ELSEWHERE, None),
        ({"mode": Mode.STATUS, "status": 500}, Reason.BROKEN, None),
        ({"mode": Mode.STATUS, "status": 520}, Reason.BROKEN, None),
        ({"mode": Mode.STATUS, "status": 503, "retry_after": "7"}, Reason.BROKEN, 7),
        ({"mode": Mode.STATUS, "status": 403}, Reason.FORBIDDEN, None),
        ({"mode": Mode.STATUS, "status": 401}, Reason.FORBIDDEN, None),
        ({"mode": Mode.STATUS, "status": 429}, Reason.TOO_MANY, None),
        ({"mode": Mode.STATUS, "status": 429, "retry_after": "120"}, Reason.TOO_MANY, 120),
        ({"mode": Mode.STATUS, "status": 429, "retry_after": "Tue, 24 Nov 2026 20:05:00 GMT"}, Reason.TOO_MANY, 300),
        ({"mode": Mode.STATUS, "status": 429, "retry_after": "Tue, 24 Nov 2026 19:00:00 GMT"}, Reason.TOO_MANY, 0),
        ({"mode": Mode.STATUS, "status": 429, "retry_after": "soon"}, Reason.TOO_MANY, None),
        ({"mode": Mode.STATUS, "status": 429, "retry_after": "-5"}, Reason.TOO_MANY, None),
    ],
)
async def test_every_trouble_has_its_name_community_w16(
    realmeye: RealmEye, trouble: dict[str, Any], reason: Reason, later_s: int | None
) -> None:
    await realmeye.put(a_player())
    await realmeye.trouble(**trouble)

    with pytest.raises(Trouble) as told:
        await fetched(realmeye)

    later = None if later_s is None else timedelta(seconds=later_s)
    assert (told.value.reason, told.value.retry_after) == (reason, later)


def test_we_present_ourselves_by_name_and_contact() -> None:
    assert site.user_agent("0.1.0", "me@example.org") == "RotMG-Raid-Bot/0.1.0 (+me@example.org)"
    assert site.user_agent("0.1.0", None) == "RotMG-Raid-Bot/0.1.0"
