"""The decisions of runs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from raidbot.core.errors import Refusal
from raidbot.core.ids import GuildId, RoleId, RunId, UserId
from raidbot.core.ranks import Rank
from raidbot.dungeons import catalogue
from raidbot.features.guild_config.model import PingPolicy
from raidbot.features.runs.model.life import (
    JoinRefused,
    NotLive,
    NotStartable,
    NotYourRun,
    PingMoment,
    Run,
    RunOver,
    RunStatus,
    Situation,
)
from raidbot.features.runs.rules import life as rules

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


SPANS = rules.Spans(live=timedelta(minutes=120), open=timedelta(minutes=60))


@given(minutes=st.integers(0, 600), status=st.sampled_from([RunStatus.OPEN, RunStatus.LIVE]))
def test_no_act_of_a_leader_brings_the_automatic_end_nearer(minutes: int, status: RunStatus) -> None:
    now = NOON + timedelta(minutes=minutes)
    run = a_run(status)

    acted, extended = rules.acted(run, SPANS, now), rules.extended(run, SPANS, now)

    assert run.auto_end_at <= acted.auto_end_at <= extended.auto_end_at
    assert extended.auto_end_at >= now + rules.EXTENSION


def test_a_start_counts_from_itself_and_not_from_what_was_left() -> None:
    brief = rules.Spans(live=timedelta(minutes=5), open=timedelta(minutes=60))

    assert rules.started(a_run(), brief, NOON).auto_end_at == NOON + timedelta(minutes=5)


def test_an_end_that_is_too_near_is_not_warned_of() -> None:
    assert rules.warn_at(NOON + timedelta(minutes=10), NOON) is None
    assert rules.warn_at(NOON + timedelta(minutes=11), NOON) == NOON + timedelta(minutes=1)


@pytest.mark.parametrize(
    "differs",
    [
        {"status": RunStatus.OPEN},
        {"status": RunStatus.ENDED},
        {"joined": False},
        {"verified": False},
        {"suspended": True},
    ],
)
def test_the_place_is_for_those_in_a_live_run_and_in_good_standing(differs: dict[str, Any]) -> None:
    may = {"status": RunStatus.LIVE, "joined": True}

    assert rules.sees_place(met(**may))
    assert not rules.sees_place(met(**{**may, **differs}))


@pytest.mark.parametrize("policy", PingPolicy)
@pytest.mark.parametrize("wait", [None, -1, 0, 1])
def test_here_is_called_only_where_it_is_wanted_and_free(policy: PingPolicy, wait: int | None) -> None:
    free_at = None if wait is None else NOON + timedelta(minutes=wait)

    told = rules.ping(policy, RoleId(5), free_at, NOON)

    wanted = policy in {PingPolicy.HERE, PingPolicy.BOTH}
    assert told.here == (wanted and wait != 1)
    assert told.here_left_out == (wanted and wait == 1)
    assert (told.role_id is not None) == (policy in {PingPolicy.DUNGEON_ROLE, PingPolicy.BOTH})


def said_by(refused: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refusal:
        refused()
    return refusal.value.sentence


def test_every_refusal_says_what_to_do_next() -> None:
    shatters = catalogue.find("shatters")
    assert shatters is not None
    ended = replace(a_run(RunStatus.ENDED), closed_at=NOON)
    late = NOON + timedelta(hours=1)
    raider, stranger = Rank.VERIFIED_RAIDER, UserId(9)

    expected: list[tuple[Callable[[], object], str]] = [
        (lambda: rules.check_join(met(status=RunStatus.ENDED)), "Look for the next one"),
        (lambda: rules.check_join(met(suspended=True)), "Staff can tell you"),
        (lambda: rules.check_join(met(verified=False)), "Get verified"),
        (lambda: rules.check_join(met(join_locked=True)), "Ask them, or wait"),
        (lambda: rules.check_leave(met(status=RunStatus.ENDED)), "Ask the organizer"),
        (lambda: rules.check_leader(a_run(), stranger, raider), "Ask one of them"),
        (lambda: rules.check_unfinished(ended), "open a new one with /run"),
        (lambda: rules.check_start(a_run(RunStatus.LIVE), shatters), "Press Refresh"),
        (lambda: rules.check_start(a_run(party=None), shatters), "Set party first, with the button"),
        (lambda: rules.check_end(a_run()), "Cancel it instead"),
        (lambda: rules.check_reopen(ended, stranger, raider, NOON), "Ask one of them"),
        (lambda: rules.check_reopen(a_run(), OWNER, raider, NOON), "Press Refresh"),
        (lambda: rules.check_reopen(ended, OWNER, raider, late), "Open a new one with /run"),
        (lambda: rules.check_reopen(replace(ended, reason="not_posted"), OWNER, raider, NOON), "Open a new one"),
        (lambda: rules.check_ping(a_run(), PingMoment.START), "Start it first"),
    ]

    assert [said for refused, said in expected if said not in said_by(refused)] == []
