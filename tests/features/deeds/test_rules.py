"""Which deeds of the bot's account were not ours, and what puts them right."""

from datetime import UTC, datetime, timedelta

import pytest

from raidbot.core import seals
from raidbot.core.ids import ChannelId, GuildId, MessageId, RoleId, Snowflake, UserId
from raidbot.features.deeds import rules
from raidbot.features.deeds.model import (
    BANNED,
    KICKED,
    ROLE_ADDED,
    ROLE_REMOVED,
    ROLES_CHANGED,
    THREAD_CHANGED,
    UNBANNED,
    Change,
    Entry,
    Hold,
    Message,
    TakeBack,
    first_of,
    moment_of,
)

GUILD, BOT, STAFF = GuildId(700), UserId(1), UserId(2)
ROOK, TANSY = UserId(11), UserId(12)
MODERATOR, VERIFIED = RoleId(31), RoleId(32)
SECRET = b"s" * 32
NOW = datetime(2026, 11, 28, 14, tzinfo=UTC)


def entry(
    second: float, *changes: Change, action: int = ROLES_CHANGED, by: int = BOT, about: int = ROOK, reason: str = ""
) -> Entry:
    return Entry(
        guild_id=GUILD,
        id=first_of(NOW + timedelta(seconds=second)),
        action=action,
        by=UserId(by),
        target=Snowflake(about),
        changes=changes,
        reason=reason,
    )


def sealed(second: float) -> str:
    return seals.sealed("Verified", seals.make(SECRET, NOW + timedelta(seconds=second)))


def gave(*roles: RoleId) -> Change:
    return Change(ROLE_ADDED, new_value=[{"id": str(int(one)), "name": "x"} for one in roles])


def took(*roles: RoleId) -> Change:
    return Change(ROLE_REMOVED, new_value=[{"id": str(int(one)), "name": "x"} for one in roles])


def foreign(*entries: Entry) -> list[Entry]:
    return rules.foreign(entries, BOT, SECRET)


def back(wanted: bool, role: RoleId | None = MODERATOR, who: UserId = ROOK) -> TakeBack:  # noqa: FBT001
    return TakeBack(hold=Hold(guild_id=GUILD, user_id=who, role_id=role), wanted=wanted)


def test_an_id_tells_when_it_was_given() -> None:
    assert moment_of(first_of(NOW)) == NOW
    assert moment_of(175928847299117063) == datetime(2016, 4, 30, 11, 18, 25, 796000, tzinfo=UTC)  # docs: Snowflakes


def test_what_has_a_good_seal_is_ours_and_what_others_did_is_theirs() -> None:
    assert foreign(entry(1, reason=sealed(1)), entry(2, by=STAFF)) == []


def test_what_has_no_seal_is_foreign_whatever_it_is() -> None:
    bare = [entry(number, action=action) for number, action in enumerate((1, 12, KICKED, BANNED, 50, 250))]

    assert foreign(*bare) == bare


def test_a_copied_seal_counts_for_the_deed_that_showed_it_first_in_whatever_order_they_are_read() -> None:
    first, copy = entry(1, reason=(seal := sealed(1))), entry(2, reason=seal, about=TANSY)

    assert foreign(copy, first) == [copy]


def test_a_seal_that_is_too_old_or_of_another_secret_is_none() -> None:
    old = entry(400, reason=sealed(0))
    forged = entry(1, reason=seals.sealed("Verified", seals.make(b"x" * 32, NOW)))

    assert foreign(old, forged) == [forged, old]


@pytest.mark.parametrize(
    ("deeds", "wanted"),
    [
        ([entry(1, gave(MODERATOR))], [back(wanted=False)]),
        ([entry(1, took(MODERATOR))], [back(wanted=True)]),
        ([entry(1, gave(MODERATOR), took(VERIFIED))], [back(wanted=False), back(wanted=True, role=VERIFIED)]),
        ([entry(1, gave(MODERATOR)), entry(2, took(MODERATOR))], [back(wanted=False)]),
        ([entry(1, took(MODERATOR)), entry(2, gave(MODERATOR)), entry(3, took(MODERATOR))], [back(wanted=True)]),
        ([entry(1, action=BANNED)], [back(wanted=False, role=None)]),
        ([entry(1, action=UNBANNED, about=TANSY)], [back(wanted=True, role=None, who=TANSY)]),
        ([entry(1, action=KICKED)], []),
        ([entry(1, action=12)], []),
    ],
)
def test_what_is_taken_back_brings_back_how_it_was_before_the_first_foreign_deed(
    deeds: list[Entry], wanted: list[TakeBack]
) -> None:
    assert rules.to_take_back(deeds, foreign(*deeds)) == wanted


@pytest.mark.parametrize("later", [entry(2, took(MODERATOR), by=STAFF), entry(2, took(MODERATOR), reason=sealed(2))])
def test_what_we_or_staff_decided_afterwards_stands(later: Entry) -> None:
    deeds = [entry(1, gave(MODERATOR)), later]

    assert rules.to_take_back(deeds, foreign(*deeds)) == []


def test_a_decision_of_staff_before_the_last_foreign_deed_does_not_count() -> None:
    deeds = [entry(1, gave(MODERATOR)), entry(2, took(MODERATOR), by=STAFF), entry(3, gave(MODERATOR))]

    assert rules.to_take_back(deeds, foreign(*deeds)) == [back(wanted=False)]


BACK = Change("archived", old_value=True, new_value=False)
AWAY = Change("archived", old_value=False, new_value=True)


@pytest.mark.parametrize(
    ("changes", "action", "is_back"),
    [
        ((BACK,), THREAD_CHANGED, True),
        ((AWAY,), THREAD_CHANGED, False),
        ((BACK, Change("locked", old_value=True, new_value=False)), THREAD_CHANGED, False),
        ((BACK, Change("name", "a", "b")), THREAD_CHANGED, False),
        ((), THREAD_CHANGED, False),
        ((BACK,), ROLES_CHANGED, False),
    ],
)
def test_a_thread_that_came_back_and_nothing_else_is_what_a_message_does(
    changes: tuple[Change, ...], action: int, *, is_back: bool
) -> None:
    assert rules.is_brought_back(entry(0, *changes, action=action)) is is_back


def test_only_a_message_in_that_thread_at_that_moment_brought_it_back() -> None:
    thread = ChannelId(77)

    def written(second: float, channel: ChannelId = thread) -> Message:
        moment = NOW + timedelta(seconds=second)
        return Message(guild_id=GUILD, channel_id=channel, id=MessageId(first_of(moment)), text="x")

    near = [written(-4), written(1)]
    messages = [*near, written(-9), written(6), written(0, ChannelId(78))]

    assert rules.woken_by(entry(0, BACK, action=THREAD_CHANGED, about=thread), messages) == near
