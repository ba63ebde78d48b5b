"""Sealed backups: what can be read back, and what is noticed."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raidbot.backups import sealing
from raidbot.backups.model import BackupFault
from raidbot.backups.sealing import PIECE, TAG, seal, unseal

KEY = "a key that is long enough"
HEAD = len(sealing.MAGIC) + sealing.SALT + sealing.PREFIX


def sealed(content: bytes, key: str = KEY) -> bytes:
    return b"".join(seal([content], key))


def opened(content: bytes, key: str = KEY) -> bytes:
    return b"".join(unseal(io.BytesIO(content), key))


@settings(max_examples=5)  # each derives a key, which is meant to take long
@given(st.lists(st.binary(max_size=50), max_size=5))
def test_what_was_sealed_comes_back(pieces: list[bytes]) -> None:
    assert opened(b"".join(seal(pieces, KEY))) == b"".join(pieces)


@pytest.mark.parametrize("size", [0, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_any_length_comes_back(size: int) -> None:
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)

    assert opened(sealed(content)) == content


def test_two_seals_of_one_content_have_nothing_in_common() -> None:
    first, second = sealed(b"the same"), sealed(b"the same")

    assert first[HEAD:] != second[HEAD:]
    assert b"the same" not in first


def test_another_key_is_told() -> None:
    with pytest.raises(BackupFault, match="BACKUP_KEY is not the key"):
        opened(sealed(b"secret"), "another key that is long")


def test_a_piece_that_is_cut_off_swapped_or_changed_is_noticed() -> None:
    whole = sealed(b"a" * PIECE + b"b" * PIECE + b"c")
    head, rest = whole[:HEAD], whole[HEAD:]
    first, second, third = rest[: PIECE + TAG], rest[PIECE + TAG : 2 * (PIECE + TAG)], rest[2 * (PIECE + TAG) :]
    changed = second[:5] + bytes([second[5] ^ 1]) + second[6:]

    for broken in (head + first + second, head + first + changed + third, head + second + first + third):
        with pytest.raises(BackupFault, match="cannot be unsealed"):
            opened(broken)


def test_a_file_that_is_not_sealed_is_told() -> None:
    with pytest.raises(BackupFault, match="not a sealed backup"):
        opened(b"PGDMP and more of it, long enough to hold a head")
