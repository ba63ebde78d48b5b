"""The decisions of runs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from raidbot.core.errors import Refusal
from raidbot.core.ids import GuildId, RunId, UserId
from raidbot.core.ranks import Rank
from raidbot.dungeons import catalogue
from raidbot.features.runs import rules
from raidbot.features.runs.model import (
    JoinRefused,
    NotLive,
    NotStartable,
    NotYourRun,
    Run,
    RunOver,
    RunStatus,
    Situation,
)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
OWNER = UserId(3)


def a_run(status: RunStatus = RunStatus.OPEN, party: str | None = "p", location: str | None = "l") -> Run:
    return Run(
        id=RunId(1),
        guild_id=GuildId(2),
        organizer_id=OWNER,
        dungeon="shatters",
        status=status,
        party=party,
        location=location,
        note=None,
        join_locked=False,
        reason=None,
        opened_at=NOON,
        started_at=None,
        closed_at=None,
        auto_end_at=NOON + timedelta(hours=2),
        version=1,
        raiders=1,
    )


def met(**differs: Any) -> Situation:
    usual: dict[str, Any] = {
        "status": RunStatus.OPEN,
        "join_locked": False,
        "needs_verified": True,
        "verified": True,
        "suspended": False,
        "joined": False,
    }
    return Situation(**{**usual, **differs})


@pytest.mark.parametrize(
    "differs",
    [
        {},
        {"status": RunStatus.LIVE},
        {"needs_verified": False, "verified": False},
        {"join_locked": True, "joined": True},
    ],
)
def test_who_may_join(differs: dict[str, Any]) -> None:
    rules.check_join(met(**differs))


@pytest.mark.parametrize(
    ("differs", "refusal"),
    [
        ({"status": RunStatus.ENDED}, RunOver),
        ({"status": RunStatus.CANCELLED, "suspended": True}, RunOver),
        ({"suspended": True}, JoinRefused),
        ({"verified": False}, JoinRefused),
        ({"join_locked": True}, JoinRefused),
    ],
)
def test_who_may_not_join(differs: dict[str, Any], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        rules.check_join(met(**differs))


def test_nobody_leaves_a_list_that_is_final() -> None:
    rules.check_leave(met(status=RunStatus.LIVE))

    with pytest.raises(RunOver):
        rules.check_leave(met(status=RunStatus.ENDED))


@pytest.mark.parametrize(
    ("who", "rank"), [(OWNER, Rank.MEMBER), (UserId(9), Rank.ORGANIZER), (UserId(9), Rank.OFFICER)]
)
def test_who_may_steer(who: UserId, rank: Rank) -> None:
    rules.check_leader(a_run(), who, rank)


def test_a_raider_may_not_steer() -> None:
    with pytest.raises(NotYourRun):
        rules.check_leader(a_run(), UserId(9), Rank.VERIFIED_RAIDER)


def test_only_an_open_run_with_party_and_location_starts() -> None:
    shatters = catalogue.find("shatters")
    assert shatters is not None

    rules.check_start(a_run(), shatters)
    with pytest.raises(NotStartable, match="party and location"):
        rules.check_start(a_run(party=None, location=None), shatters)
    with pytest.raises(NotStartable, match="live already"):
        rules.check_start(a_run(RunStatus.LIVE), shatters)
    with pytest.raises(RunOver):
        rules.check_start(a_run(RunStatus.ENDED), shatters)


def test_only_a_live_run_ends() -> None:
    rules.check_end(a_run(RunStatus.LIVE))

    with pytest.raises(NotLive):
        rules.check_end(a_run(RunStatus.OPEN))
    with pytest.raises(RunOver):
        rules.check_end(a_run(RunStatus.CANCELLED))
