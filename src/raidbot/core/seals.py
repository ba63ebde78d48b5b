"""Seals: how the audit log tells what this system did from what others did with the bot's token.

Each request that the audit log of Discord may show carries a seal in its reason. Nobody makes one without the secret,
which the record keeps; one that was seen in an audit log counts once, for a few minutes.
"""

import base64
import hmac
import os
import re
from datetime import UTC, datetime, timedelta

LASTS = timedelta(minutes=5)
"""How far the moment of a deed and that of its seal may lie apart: this machine's clock is not Discord's."""

LONGEST_REASON = 512
"""Characters. docs: API Reference, Audit Log Reason."""

SECONDS, NONCE, MAC = 4, 6, 8
"""Bytes of a seal: when it was made, what makes it the only one of its second, and the proof."""

STANDS = re.compile(r" ?\[([A-Za-z0-9_-]{24})\]$")


def make(secret: bytes, now: datetime) -> str:
    """Return a new seal."""
    said = int(now.timestamp()).to_bytes(SECONDS) + os.urandom(NONCE)
    return base64.urlsafe_b64encode(said + _proof(secret, said)).decode()


def sealed(reason: str, seal: str) -> str:
    """Return a reason with a seal; what does not fit is cut off the reason."""
    mark = f"[{seal}]"
    return f"{reason[: LONGEST_REASON - len(mark) - 1]} {mark}".strip()


def seal_in(reason: str | None) -> str | None:
    """Return the seal of a reason, good or not, or None."""
    found = STANDS.search(reason or "")
    return found[1] if found else None


def without(reason: str | None) -> str:
    """Return a reason as it was given, without its seal."""
    return STANDS.sub("", reason or "")


def is_good(secret: bytes, seal: str, at: datetime) -> bool:
    """Tell whether a seal was made with the secret, about when the deed was done."""
    whole = base64.urlsafe_b64decode(seal)
    said, proof = whole[:-MAC], whole[-MAC:]
    made = datetime.fromtimestamp(int.from_bytes(said[:SECONDS]), UTC)
    return hmac.compare_digest(proof, _proof(secret, said)) and abs(at - made) <= LASTS


def _proof(secret: bytes, said: bytes) -> bytes:
    return hmac.digest(secret, said, "sha256")[:MAC]
