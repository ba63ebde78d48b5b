"""Encrypting a backup as it is written, and reading it back.

A sealed file is: `RAIDBOT` and the byte 1; 16 bytes of salt; 7 bytes of prefix; then pieces of 1 MiB (the last one may
be shorter), each AES-256-GCM with its 16 bytes of tag behind it. The key is scrypt(BACKUP_KEY, salt, n=2^15, r=8, p=1).
A piece's nonce is the prefix, its number in 4 bytes, and 1 for the last piece, else 0; what stands before the first
piece is authenticated with each. So nothing can be cut off, swapped or taken from another file unnoticed.
Source: Hoang, Reyhanitabar, Rogaway, Vizár, "Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance", 2015: the construction STREAM.
"""

import secrets
from collections.abc import Iterable, Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from raidbot.backups.model import BackupFault

MAGIC = b"RAIDBOT\x01"
SALT = 16
PREFIX = 7
PIECE = 1 << 20
TAG = 16


def seal(plain: Iterable[bytes], key: str) -> Iterator[bytes]:
    """Return the content of a sealed file for a plain one, piece by piece."""
    head = MAGIC + secrets.token_bytes(SALT + PREFIX)
    box = _box(key, head)
    yield head
    number, held = 0, bytearray()
    for some in plain:
        held += some
        while len(held) > PIECE:  # a full piece that may be the last one waits
            yield box.encrypt(_nonce(head, number, last=False), bytes(held[:PIECE]), head)
            number += 1
            del held[:PIECE]
    yield box.encrypt(_nonce(head, number, last=True), bytes(held), head)


def unseal(file: IO[bytes], key: str) -> Iterator[bytes]:
    """Return the plain content of a sealed file, piece by piece; nothing that was not checked.

    Raises:
        BackupFault: the key is another one, or the file was changed or cut off.
    """
    head = file.read(len(MAGIC) + SALT + PREFIX)
    if not head.startswith(MAGIC):
        raise BackupFault("The file is not a sealed backup.")
    box = _box(key, head)
    number, held = 0, file.read(PIECE + TAG)
    while True:
        following = file.read(PIECE + TAG)
        try:
            yield box.decrypt(_nonce(head, number, last=not following), held, head)
        except InvalidTag:
            why = "BACKUP_KEY is not the key it was sealed with" if number == 0 else "the file was changed or cut off"
            raise BackupFault(f"The backup cannot be unsealed: {why}.") from None
        if not following:
            return
        number, held = number + 1, following


def _box(key: str, head: bytes) -> AESGCM:
    salt = head[len(MAGIC) : len(MAGIC) + SALT]
    return AESGCM(Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(key.encode()))


def _nonce(head: bytes, number: int, *, last: bool) -> bytes:
    return head[-PREFIX:] + number.to_bytes(4, "big") + bytes([last])
