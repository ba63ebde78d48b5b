"""Codes, and what follows from a page of RealmEye. Pure."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from raidbot.features.realmeye.model.facts import Facts, Standing
from raidbot.features.realmeye.model.queue import Read
from raidbot.features.realmeye.model.requirements import Check
from raidbot.features.realmeye.model.requirements import Outcome as Met
from raidbot.features.verification.model.sessions import Outcome, Session

ALPHABET = "ABCDEFGHJKMNPQRTUVWXY346789"
"""Letters and digits that nobody takes for each other: no I, L, O, S, Z, 0, 1, 2, 5."""

LENGTH, GROUP = 12, 4


def new_code() -> str:
    """Return a code that nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def grouped(code: str) -> str:
    """Return a code as it is shown: `K7QM-4XRD-9TWE`."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def letters(text: str) -> str:
    """Return letters and digits alone, in capitals: how a code is compared, however it was typed."""
    return "".join(one for one in text.upper() if one.isascii() and one.isalnum())


def holds_code(lines: Iterable[str], code: str) -> bool:
    """Tell whether a description holds a code, in one line or broken over several."""
    return code in letters("".join(lines))


def judged(read: Read, ign: str, code: str, checks: list[Check]) -> Outcome:
    """Return what follows from a page, as far as the page alone says."""
    if read.standing is Standing.NOT_SHOWN:
        return Outcome.UNKNOWN
    if read.standing is not Standing.SHOWN or read.facts.ign.casefold() != ign.casefold():
        return Outcome.UNREADABLE
    if not holds_code(_description(read.facts), code):
        return Outcome.NO_CODE
    return Outcome.VERIFIED if all(one.outcome is Met.MET for one in checks) else Outcome.NOT_MET


def goes_on(session: Session, since: datetime) -> bool:
    """Tell whether a member still goes by RealmEye: it is looked at for them, or has answered since then."""
    return session.checking_since is not None or (session.checked_at is not None and session.checked_at > since)


def _description(facts: Facts) -> list[str]:
    return facts.description.value or []
