"""The nouns of points."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NewType

import msgspec
from msgspec.structs import replace

from raidbot.core.errors import NotAllowed, NotFound, Refusal
from raidbot.core.ids import UserId

CreditId = NewType("CreditId", int)
"""Our own number of something that waits to be credited."""

CREDIT_WAITS = "credit_waits"
"""The notice that somebody wants more for themselves than a day allows."""


class AwardKind(StrEnum):
    """What somebody is paid for. Its values are those of `award.kind` in the database."""

    COMPLETION = "completion"
    """Being in when the window of a pop closed."""
    KEY = "key"
    """A key popped."""
    LEAD = "lead"
    """A pop led."""
    ASSIST = "assist"
    """A pop helped to lead."""


class Hand(msgspec.Struct, frozen=True):
    """Who writes an entry, when, and why."""

    by: int
    """0: time does."""
    at: datetime
    reason: str | None = None


class Pay(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be paid, once."""

    user_id: UserId
    kind: AwardKind
    dungeon: str
    """The dungeon's key in the catalogue."""
    quantity: int = 1
    """How many completions, keys or pops led it counts as."""
    points: Decimal
    """Exact, with two places at the most."""
    subject: str
    """What is paid: the same subject is never paid twice in a guild."""
    happened_at: datetime
    """When it was earned, which decides the period it belongs to."""
    run_id: int | None = None
    pop_id: int | None = None
    reason: str | None = None

    def again(self, before: int) -> "Pay":
        """Return the payment of something that was paid so often before, and taken back."""
        return replace(self, subject=f"{self.subject}#{before + 1}") if before else self


class Award(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the ledger."""

    id: int
    user_id: UserId
    kind: AwardKind
    dungeon: str
    quantity: int
    points: Decimal
    run_id: int | None
    pop_id: int | None
    subject: str
    happened_at: datetime
    written_at: datetime
    written_by: int
    """0: time did it."""
    reason: str | None
    corrects: int | None
    """The entry that this one takes back."""

    @property
    def thing(self) -> str:
        """What it pays, however often that was paid."""
        return self.subject.partition("#")[0]

    @property
    def times(self) -> int:
        """Which payment of its thing it is: 1 is the first."""
        return int(self.subject.partition("#")[2] or 1)


class Difference(msgspec.Struct, frozen=True):
    """What has to be written so that the ledger says what is owed."""

    back: list[Award]
    """Entries to be taken back."""
    pays: list[Pay]
    """Payments to be made."""


class Logged(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that was written by hand."""

    user_id: UserId
    kind: AwardKind
    dungeon: str
    quantity: int
    points: Decimal
    happened_at: datetime
    waits: bool = False
    """Nothing was written yet: an officer is asked to confirm it."""


class CreditState(StrEnum):
    """What an officer decided. Its values are those of `credit.state` in the database."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class Credit(msgspec.Struct, frozen=True, kw_only=True):
    """What a member wants credited to themselves above what a day allows."""

    id: CreditId
    user_id: UserId
    kind: AwardKind
    dungeon: str
    quantity: int
    points: Decimal
    subject: str
    happened_at: datetime
    reason: str
    state: CreditState
    decided_by: UserId | None


class NothingLogged(Refusal):
    """That entry would say nothing, or something that cannot be."""

    status = 400


class BadDay(Refusal):
    """On that day nothing can be written down any more, or not yet."""

    status = 400


class BelowZero(Refusal):
    """More would be taken away than is there."""


class SelfCreditCap(Refusal):
    """Nobody credits more than so much a day to themselves."""


class UnknownCredit(NotFound):
    """Nothing of that number waits to be credited in this guild."""


class CreditDecided(Refusal):
    """An officer has decided about it."""


class NotYourOwnCredit(NotAllowed):
    """Nobody confirms what is credited to themselves."""
