"""Seals: nobody makes one without the secret, and one is good for the deed it was made for."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from raidbot.core import seals

SECRET, OTHER = b"s" * 32, b"o" * 32
NOW = datetime(2026, 11, 28, 14, 0, 7, tzinfo=UTC)


def test_a_seal_is_good_about_when_it_was_made_and_not_later() -> None:
    seal = seals.make(SECRET, NOW)

    assert seals.is_good(SECRET, seal, NOW - timedelta(minutes=4))
    assert seals.is_good(SECRET, seal, NOW + timedelta(minutes=4))
    assert not seals.is_good(SECRET, seal, NOW + timedelta(minutes=6))
    assert not seals.is_good(SECRET, seal, NOW - timedelta(minutes=6))


def test_nobody_makes_a_seal_without_the_secret() -> None:
    assert not seals.is_good(SECRET, seals.make(OTHER, NOW), NOW)


@pytest.mark.parametrize("place", range(18))
def test_a_seal_in_which_anything_was_changed_is_none(place: int) -> None:
    whole = bytearray(base64.urlsafe_b64decode(seals.make(SECRET, NOW)))
    whole[place] ^= 1

    assert not seals.is_good(SECRET, base64.urlsafe_b64encode(bytes(whole)).decode(), NOW)


def test_two_seals_of_one_second_differ() -> None:
    assert len({seals.make(SECRET, NOW) for _ in range(100)}) == 100


@pytest.mark.parametrize("reason", ["", "Verified", " ✓ by hand ", "x" * 485, "x" * 486, "x" * 600, "was [x]"])
def test_a_reason_with_a_seal_fits_and_both_are_found_in_it(reason: str) -> None:
    seal = seals.make(SECRET, NOW)

    whole = seals.sealed(reason, seal)

    assert len(whole) <= seals.LONGEST_REASON
    assert seals.seal_in(whole) == seal
    assert reason.strip().startswith(seals.without(whole).strip())


@pytest.mark.parametrize("reason", [None, "", "Verified", "[not a seal]", f"[{'a' * 24}] and more"])
def test_a_reason_without_a_seal_is_left_as_it_is(reason: str | None) -> None:
    assert seals.seal_in(reason) is None
    assert seals.without(reason) == (reason or "")
