"""Which changes by hand are against the record, and who decides about them."""

from datetime import UTC, datetime

import pytest

from raidbot.core.ids import GuildId, Snowflake, UserId
from raidbot.core.ranks import Rank
from raidbot.features.hands import rules
from raidbot.features.hands.model import Change, DoneByHigher, Hand, HandDecided, HandId, HandKind, HandState
from raidbot.features.raiders.model import Raider, RaiderStatus

GAINED, LOST, NICKNAME = HandKind
VERIFIED, UNVERIFIED = (
    Raider(guild_id=GuildId(1), user_id=UserId(2), ign="Rook", status=status) for status in RaiderStatus
)


def change(kind: HandKind, key: str = "", new: str = "") -> Change:
    return Change(entry_id=Snowflake(1), user_id=UserId(2), by=UserId(3), kind=kind, role_key=key, new=new)


@pytest.mark.parametrize(("members", "much"), [(0, False), (20, False), (21, True)])
def test_what_was_done_to_more_than_twenty_members_is_much(members: int, *, much: bool) -> None:
    twice = [
        Change(entry_id=Snowflake(entry), user_id=UserId(100 + member), by=UserId(3), kind=GAINED)
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
    ],
)
def test_only_what_is_against_the_record_is_shown(what: Change, raider: Raider | None, against: bool) -> None:  # noqa: FBT001
    assert rules.differs(what, raider, "Rook" if raider else None) is against


def test_nicknames_are_free_where_the_guild_says_so() -> None:
    assert not rules.differs(change(NICKNAME, new="Castle"), VERIFIED, None)


@pytest.mark.parametrize("state", [HandState.RECORDED, HandState.PUT_BACK])
def test_a_change_is_decided_once(state: HandState) -> None:
    hand = Hand(
        id=HandId(1),
        user_id=UserId(2),
        kind=NICKNAME,
        role_id=0,
        role_key="",
        old="",
        new="",
        changed_by=UserId(3),
        changed_at=datetime(2026, 11, 24, tzinfo=UTC),
        state=state,
        decided_by=UserId(4),
    )
    with pytest.raises(HandDecided, match="by <@4>"):
        rules.check_open(hand)


def test_nobody_decides_about_what_somebody_above_them_did_community_w6() -> None:
    rules.check_reach(Rank.SECURITY, Rank.SECURITY)
    with pytest.raises(DoneByHigher, match="Officer"):
        rules.check_reach(Rank.SECURITY, Rank.OFFICER)
