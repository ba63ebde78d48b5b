"""Decisions about used keys, one by one."""

from datetime import UTC, datetime

import pytest

from raidbot.core.ids import UserId
from raidbot.core.ranks import Rank
from raidbot.dungeons import catalogue
from raidbot.features.keys import rules
from raidbot.features.keys.model import KeyChanged, KeyUseId, NoSuchKey, NotYourKeys, RunGoesOn

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_leaders_and_organizers_log_keys_and_raiders_are_told_whom_to_ask() -> None:
    rules.check_logger(Rank.MEMBER, leads=True)
    rules.check_logger(Rank.ORGANIZER, leads=False)

    with pytest.raises(NotYourKeys, match="Ask one of them"):
        rules.check_logger(Rank.VERIFIED_RAIDER, leads=False)


def test_a_run_that_goes_on_says_where_its_poppers_are_named() -> None:
    with pytest.raises(RunGoesOn, match="on its panel"):
        rules.check_over(over=False)


def test_a_button_that_was_drawn_before_a_change_changes_nothing() -> None:
    rules.check_revision(3, 3)

    with pytest.raises(KeyChanged, match="Open the keys again"):
        rules.check_revision(2, 3)


def test_a_key_of_another_dungeon_is_refused_with_those_that_there_are() -> None:
    halls = catalogue.find("lost_halls")
    assert halls is not None

    assert rules.checked_key(halls, "void_key") == "void_key"
    with pytest.raises(NoSuchKey, match="Cult Key, Void Key"):
        rules.checked_key(halls, "shatters_key")


def test_each_name_of_a_key_is_paid_under_a_subject_of_its_own() -> None:
    nest = catalogue.find("nest")
    assert nest is not None

    first, second = (rules.pay(KeyUseId(7), number, UserId(1), nest, (1, 2, NOON)) for number in (0, 1))

    assert (first.subject, second.subject) == ("key:7", "key:7#2")
    assert first.points == nest.points.key_pop
