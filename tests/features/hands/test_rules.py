"""Which changes by hand are against the record, and who decides about them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from raidbot.core.errors import NotAllowed
from raidbot.core.ids import GuildId, RoleId, Snowflake, UserId
from raidbot.core.ranks import Rank, RoleKey
from raidbot.features.discord_state.model import HARMLESS, STAYS, ChoreKind, Wish
from raidbot.features.hands import rules
from raidbot.features.hands.model import (
    CannotPutBack,
    CannotRecord,
    Change,
    DoneByHigher,
    Hand,
    HandDecided,
    HandId,
    HandKind,
    HandState,
    OneOfMany,
    TimeIsUp,
)
from raidbot.features.raiders.model import Raider, RaiderStatus
from raidbot.features.reconciliation.model import PlanId

GAINED, LOST, NICKNAME = HandKind.ROLE_GAINED, HandKind.ROLE_LOST, HandKind.NICKNAME
NOW = datetime(2026, 11, 28, 21, tzinfo=UTC)
SOON, LATER = NOW + timedelta(hours=1), NOW + timedelta(hours=5)
VERIFIED, UNVERIFIED = (
    Raider(guild_id=GuildId(1), user_id=UserId(2), ign="Rook", status=status) for status in RaiderStatus
)


def change(kind: HandKind, key: str = "", new: str = "") -> Change:
    return Change(entry_id=Snowflake(1), user_id=UserId(2), by=UserId(3), kind=kind, role_key=key, new=new, at=NOW)


def hand(kind: HandKind, **more: Any) -> Hand:
    rest: dict[str, Any] = {
        "id": HandId(1),
        "user_id": UserId(2),
        "role_id": 0,
        "role_key": "",
        "old": "",
        "new": "",
        "changed_by": UserId(3),
        "by_bot": False,
        "changed_at": NOW,
        "state": HandState.OPEN,
        "decided_by": None,
        "plan_id": None,
        "version": 1,
    }
    return Hand(kind=kind, **rest | more)


@pytest.mark.parametrize(("members", "much"), [(0, False), (20, False), (21, True)])
def test_what_was_done_to_more_than_twenty_members_is_much(members: int, *, much: bool) -> None:
    twice = [
        Change(entry_id=Snowflake(entry), user_id=UserId(100 + member), by=UserId(3), kind=GAINED, at=NOW)
        for member in range(members)
        for entry in (1, 2)
    ]

    assert rules.is_much(twice) is much


@pytest.mark.parametrize(
    ("what", "raider", "against"),
    [
        (change(GAINED, "verified_raider"), None, True),
        (change(GAINED, "verified_raider"), UNVERIFIED, True),
        (change(GAINED, "verified_raider"), VERIFIED, False),
        (change(LOST, "verified_raider"), VERIFIED, True),
        (change(LOST, "verified_raider"), UNVERIFIED, False),
        (change(LOST, "verified_raider"), None, False),
        (change(GAINED, "suspended"), None, True),
        (change(LOST, "team"), VERIFIED, True),
        (change(LOST, "organizer"), VERIFIED, False),
        (change(NICKNAME, new="!Rook"), VERIFIED, False),
        (change(NICKNAME, new="Castle"), VERIFIED, True),
        (change(NICKNAME, new=""), VERIFIED, True),
        (change(NICKNAME, new="Castle"), UNVERIFIED, False),
        (change(NICKNAME, new="Castle"), None, False),
        (change(HandKind.TIMEOUT), None, True),
        (change(HandKind.BAN), VERIFIED, True),
    ],
)
def test_only_what_is_against_the_record_is_shown(what: Change, raider: Raider | None, against: bool) -> None:  # noqa: FBT001
    assert rules.differs(what, raider, "Rook" if raider else None) is against


@pytest.mark.parametrize(
    ("kind", "role", "against"), [(LOST, 71, True), (LOST, 72, False), (GAINED, 71, False), (GAINED, 72, True)]
)
def test_a_role_that_is_earned_is_against_the_record_as_the_record_says(
    kind: HandKind,
    role: int,
    against: bool,  # noqa: FBT001
) -> None:
    changed = msgspec.structs.replace(change(kind, rules.EARNED), role_id=RoleId(role))

    assert rules.differs(changed, None, None, {RoleId(71)}) is against


def test_nicknames_are_free_where_the_guild_says_so() -> None:
    assert not rules.differs(change(NICKNAME, new="Castle"), VERIFIED, None)


@pytest.mark.parametrize("state", [HandState.RECORDED, HandState.PUT_BACK, HandState.LEFT])
def test_a_change_is_decided_once(state: HandState) -> None:
    with pytest.raises(HandDecided, match="by <@4>"):
        rules.check_open(hand(NICKNAME, state=state, decided_by=UserId(4)))


def test_what_is_asked_about_together_is_decided_together() -> None:
    with pytest.raises(OneOfMany, match="/plans"):
        rules.check_open(hand(GAINED, plan_id=PlanId(7)))


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (None, LATER, HandKind.TIMEOUT),
        (SOON, LATER, HandKind.TIMEOUT),
        (LATER, SOON, HandKind.TIMEOUT),
        (LATER, None, HandKind.TIMEOUT_ENDED),
        (LATER, NOW, HandKind.TIMEOUT_ENDED),
        (NOW, None, None),
        (None, None, None),
    ],
)
def test_a_timeout_is_given_moved_or_ended(
    before: datetime | None, after: datetime | None, kind: HandKind | None
) -> None:
    assert rules.timeout_kind(before, after, NOW) is kind


@pytest.mark.parametrize(
    ("what", "wish"),
    [
        (hand(GAINED, role_id=32), (ChoreKind.TAKE_ROLE, 32, "")),
        (hand(LOST, role_id=32), (ChoreKind.GIVE_ROLE, 32, "")),
        (hand(LOST, role_id=71, role_key=rules.EARNED), (ChoreKind.GIVE_ROLE, 71, HARMLESS)),
        (hand(LOST, role_id=40, role_key=RoleKey.MUTED), (ChoreKind.GIVE_ROLE, 40, STAYS)),
        (hand(HandKind.TIMEOUT, until_at=LATER), (ChoreKind.TIMEOUT, 0, "")),
        (hand(HandKind.TIMEOUT, until_at=LATER, was_until=SOON), (ChoreKind.TIMEOUT, 0, SOON.isoformat())),
        (hand(HandKind.TIMEOUT, until_at=LATER, was_until=NOW), (ChoreKind.TIMEOUT, 0, "")),
        (hand(HandKind.TIMEOUT_ENDED, was_until=SOON), (ChoreKind.TIMEOUT, 0, SOON.isoformat())),
        (hand(HandKind.BAN), (ChoreKind.UNBAN, 0, "")),
        (hand(HandKind.UNBAN), (ChoreKind.BAN, 0, "")),
    ],
)
def test_each_change_has_its_way_back(what: Hand, wish: tuple[ChoreKind, int, str]) -> None:
    undone = rules.undone(what, NOW)

    assert (undone.kind, undone.target, undone.value) == wish
    assert undone.kind is rules.CHORES[what.kind]


def test_neither_a_kick_nor_a_timeout_whose_time_is_up_is_put_back() -> None:
    with pytest.raises(CannotPutBack, match="invitation"):
        rules.undone(hand(HandKind.KICK), NOW)
    with pytest.raises(TimeIsUp):
        rules.undone(hand(HandKind.TIMEOUT_ENDED, was_until=NOW), NOW)


def test_undoing_several_changes_leads_to_how_it_was_before_the_first() -> None:
    gave, took = (Wish(user_id=UserId(2), kind=kind, target=32) for kind in (ChoreKind.GIVE_ROLE, ChoreKind.TAKE_ROLE))
    unban, ban, end = (
        Wish(user_id=UserId(2), kind=kind) for kind in (ChoreKind.UNBAN, ChoreKind.BAN, ChoreKind.TIMEOUT)
    )

    assert rules.first_of_each([gave, unban, took, end, ban]) == [gave, unban, end]


def test_a_crowd_is_asked_about_when_it_is_quiet_and_at_the_latest_after_ten_minutes() -> None:
    assert rules.asked_at(NOW, NOW) == NOW + timedelta(minutes=1)
    assert rules.asked_at(NOW, NOW + timedelta(minutes=9, seconds=30)) == NOW + timedelta(minutes=10)


@pytest.mark.parametrize("kind", [HandKind.BAN, HandKind.UNBAN])
def test_a_ban_is_on_record_already(kind: HandKind) -> None:
    with pytest.raises(CannotRecord, match="on record already"):
        rules.check_recordable(hand(kind))


def test_nobody_decides_about_a_kick_or_the_team_role() -> None:
    assert rules.first_state(change(HandKind.KICK)) is HandState.NOTED
    assert rules.first_state(change(GAINED, "team")) is HandState.NOTED
    assert rules.first_state(change(HandKind.BAN)) is HandState.OPEN


def test_nobody_decides_about_what_somebody_above_them_did_community_w6() -> None:
    rules.check_reach(HandKind.TIMEOUT, Rank.SECURITY, Rank.SECURITY)
    with pytest.raises(DoneByHigher, match="Officer"):
        rules.check_reach(HandKind.TIMEOUT, Rank.SECURITY, Rank.OFFICER)


@pytest.mark.parametrize("kind", [HandKind.BAN, HandKind.UNBAN])
def test_a_ban_is_put_back_by_whoever_may_ban(kind: HandKind) -> None:
    rules.check_reach(kind, Rank.OFFICER, Rank.OFFICER)
    with pytest.raises(NotAllowed, match="Officer or higher"):
        rules.check_reach(kind, Rank.SECURITY, Rank.SECURITY)
