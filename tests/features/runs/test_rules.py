"""The decisions of runs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.features.runs.made import NOON, OWNER, a_run, met

from raidbot.core.errors import Refusal
from raidbot.core.ids import RoleId, UserId
from raidbot.core.ranks import Rank
from raidbot.dungeons import catalogue
from raidbot.dungeons.model import Dungeon
from raidbot.features.guild_config.model import PingPolicy, Settings
from raidbot.features.runs.model.joins import Brought, JoinRefused, JoinState, NotInRun, TooManyOfAKind
from raidbot.features.runs.model.life import NotLive, NotStartable, NotYourRun, RunOver, RunStatus
from raidbot.features.runs.model.offers import OfferRefused, OfferSettled, OfferState
from raidbot.features.runs.model.pings import PingMoment
from raidbot.features.runs.model.places import Grounds, Stage
from raidbot.features.runs.rules import joins as joins_rules
from raidbot.features.runs.rules import life as rules
from raidbot.features.runs.rules import offers as offers_rules
from raidbot.features.runs.rules import pings as pings_rules
from raidbot.features.runs.rules.places import grounds


def found(key: str) -> Dungeon:
    dungeon = catalogue.find(key)
    assert dungeon is not None
    return dungeon


SHATTERS = found("shatters")
BOTH = frozenset({"party", "location"})


@pytest.mark.parametrize(
    "differs",
    [
        {},
        {"status": RunStatus.LIVE},
        {"needs_verified": False, "verified": False},
        {"join_locked": True, "state": JoinState.JOIN},
    ],
)
def test_who_may_join(differs: dict[str, Any]) -> None:
    joins_rules.check_join(met(**differs))


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
        joins_rules.check_join(met(**differs))


def test_nobody_leaves_a_list_that_is_final() -> None:
    joins_rules.check_leave(met(status=RunStatus.LIVE))

    with pytest.raises(RunOver):
        joins_rules.check_leave(met(status=RunStatus.ENDED))


@pytest.mark.parametrize(
    ("who", "rank"), [(OWNER, Rank.MEMBER), (UserId(9), Rank.ORGANIZER), (UserId(9), Rank.OFFICER)]
)
def test_who_may_steer(who: UserId, rank: Rank) -> None:
    rules.check_leader(a_run(), who, rank)


def test_a_raider_may_not_steer() -> None:
    with pytest.raises(NotYourRun):
        rules.check_leader(a_run(), UserId(9), Rank.VERIFIED_RAIDER)


def test_only_an_open_run_with_party_and_location_starts() -> None:
    rules.check_start(a_run(), BOTH)
    with pytest.raises(NotStartable, match="party and location"):
        rules.check_start(a_run(party=None, location=None), BOTH)
    with pytest.raises(NotStartable, match="live already"):
        rules.check_start(a_run(RunStatus.LIVE), BOTH)
    with pytest.raises(RunOver):
        rules.check_start(a_run(RunStatus.ENDED), BOTH)


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

    assert rules.started(a_run(), brief, Stage.RAIDERS, NOON).auto_end_at == NOON + timedelta(minutes=5)


def test_an_end_that_is_too_near_is_not_warned_of() -> None:
    assert rules.warn_at(NOON + timedelta(minutes=10), NOON) is None
    assert rules.warn_at(NOON + timedelta(minutes=11), NOON) == NOON + timedelta(minutes=1)


def test_what_a_start_needs_is_set_for_a_dungeon_or_the_guild_or_stands_in_the_catalogue() -> None:
    set_to = Settings({"start_needs": "party", "start_needs/shatters": "neither"})

    assert rules.start_needs(Settings({}), SHATTERS) == BOTH
    assert rules.start_needs(Settings({"start_needs": "party"}), SHATTERS) == {"party"}
    assert rules.start_needs(set_to, SHATTERS) == frozenset()


LIVE = {"status": RunStatus.LIVE, "state": JoinState.JOIN, "stage": Stage.RAIDERS}


@pytest.mark.parametrize(
    ("differs", "expected"),
    [
        ({}, Grounds.RAIDER),
        ({"stage": Stage.KEYS}, None),
        ({"stage": Stage.KEYS, "key_holder": True}, Grounds.KEY),
        ({"stage": Stage.KEYS, "key_holder": True, "state": JoinState.LEFT}, None),
        ({"stage": Stage.KEYS, "brings": [Brought("curse", 1)]}, None),
        ({"stage": Stage.WANTS, "brings": [Brought("curse", 1)]}, Grounds.WANT),
        ({"stage": Stage.WANTS, "brings": [Brought("curse", 9)]}, None),
        ({"stage": Stage.WANTS, "brings": [Brought("curse", 1)], "settings": {"wants_see_early": "off"}}, None),
        ({"status": RunStatus.ENDED}, None),
        ({"state": None}, None),
        ({"state": JoinState.WAITING}, None),
        ({"state": JoinState.CALLED}, None),
        ({"state": None, "stage": Stage.ALL}, Grounds.ALL),
        ({"verified": False}, None),
        ({"suspended": True}, None),
        ({"suspended": True, "stage": Stage.ALL}, None),
        ({"state": None, "stage": Stage.KEYS, "leads": True}, Grounds.LEADER),
        ({"status": RunStatus.ENDED, "leads": True}, Grounds.LEADER),
    ],
)
def test_party_and_location_are_for_those_with_a_right_and_in_good_standing_raids_6(
    differs: dict[str, Any], expected: Grounds | None
) -> None:
    assert grounds(met(**{**LIVE, **differs}), SHATTERS) is expected


@pytest.mark.parametrize(
    ("settings", "dungeon", "expected"),
    [
        ({}, "shatters", False),
        ({}, "snake_pit", True),
        ({"key_reveal": "automatic"}, "shatters", True),
        ({"key_reveal": "automatic", "key_reveal/shatters": "organizer"}, "shatters", False),
        ({"key_reveal": "organizer"}, "snake_pit", False),
    ],
)
def test_the_line_accepts_by_itself_where_the_guild_wants_it(
    settings: dict[str, str], dungeon: str, *, expected: bool
) -> None:
    assert offers_rules.accepts_itself(Settings(settings), found(dungeon)) is expected


def test_a_holder_is_accepted_up_to_the_cap_of_the_key_raids_6() -> None:
    key = SHATTERS.keys[0]

    assert offers_rules.cap(Settings({}), SHATTERS, key) == key.early_location
    assert offers_rules.cap(Settings({"key_cap/shatters": "1"}), SHATTERS, key) == 1
    offers_rules.check_accept(OfferState.OFFERED, 0, 1)
    with pytest.raises(OfferRefused, match="1 of 1 holders"):
        offers_rules.check_accept(OfferState.OFFERED, 1, 1)
    with pytest.raises(OfferSettled, match="no longer in line"):
        offers_rules.check_accept(OfferState.WITHDRAWN, 0, 1)


def test_what_is_brought_is_wanted_and_not_there_in_plenty() -> None:
    assert joins_rules.checked_brings(["curse", "marble_seal"], SHATTERS, {}) == ["marble_seal", "curse"]
    with pytest.raises(NotInRun, match="does not ask for that"):
        joins_rules.checked_brings(["umbrella"], SHATTERS, {})
    with pytest.raises(TooManyOfAKind, match="Curse"):
        joins_rules.checked_brings(["curse"], SHATTERS, {"curse": 9})


@pytest.mark.parametrize("policy", PingPolicy)
@pytest.mark.parametrize("wait", [None, -1, 0, 1])
def test_here_is_called_only_where_it_is_wanted_and_free(policy: PingPolicy, wait: int | None) -> None:
    free_at = None if wait is None else NOON + timedelta(minutes=wait)

    told = pings_rules.ping(policy, RoleId(5), free_at, NOON)

    wanted = policy in {PingPolicy.HERE, PingPolicy.BOTH}
    assert told.here == (wanted and wait != 1)
    assert told.here_left_out == (wanted and wait == 1)
    assert (told.role_id is not None) == (policy in {PingPolicy.DUNGEON_ROLE, PingPolicy.BOTH})


def said_by(refused: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refusal:
        refused()
    return refusal.value.sentence


def test_every_refusal_says_what_to_do_next() -> None:
    ended = replace(a_run(RunStatus.ENDED), closed_at=NOON)
    late = NOON + timedelta(hours=1)
    raider, stranger = Rank.VERIFIED_RAIDER, UserId(9)

    expected: list[tuple[Callable[[], object], str]] = [
        (lambda: joins_rules.check_join(met(status=RunStatus.ENDED)), "Look for the next one"),
        (lambda: joins_rules.check_join(met(suspended=True)), "Staff can tell you"),
        (lambda: joins_rules.check_join(met(verified=False)), "Get verified"),
        (lambda: joins_rules.check_join(met(join_locked=True)), "Ask them, or wait"),
        (lambda: joins_rules.check_leave(met(status=RunStatus.ENDED)), "Ask the organizer"),
        (lambda: rules.check_leader(a_run(), stranger, raider), "Ask one of them"),
        (lambda: rules.check_unfinished(ended), "open a new one with /run"),
        (lambda: rules.check_start(a_run(RunStatus.LIVE), BOTH), "Press Refresh"),
        (lambda: rules.check_start(a_run(party=None), BOTH), "Set party first, with the button"),
        (lambda: rules.check_end(a_run()), "Cancel it instead"),
        (lambda: rules.check_reopen(ended, stranger, raider, NOON), "Ask one of them"),
        (lambda: rules.check_reopen(a_run(), OWNER, raider, NOON), "Press Refresh"),
        (lambda: rules.check_reopen(ended, OWNER, raider, late), "Open a new one with /run"),
        (lambda: rules.check_reopen(replace(ended, reason="not_posted"), OWNER, raider, NOON), "Open a new one"),
        (lambda: pings_rules.check_ping(a_run(), PingMoment.START), "Start it first"),
    ]

    assert [said for refused, said in expected if said not in said_by(refused)] == []
