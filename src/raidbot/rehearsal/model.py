"""Steps of a rehearsal, and what became of them."""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec

from raidbot.core.permissions import Permission

if TYPE_CHECKING:
    from raidbot.rehearsal.scene import Scene

Json = dict[str, Any]


class Verdict(StrEnum):
    """How a step ended."""

    CONFIRMED = "confirmed"
    DIFFERENT = "different"
    SKIPPED = "skipped"


class Outcome(msgspec.Struct, frozen=True):
    """How a step ended, and what was seen."""

    verdict: Verdict
    saw: str
    """What Discord did, or why it was not tried."""
    at: datetime


class Differs(Exception):  # noqa: N818 - in the words of the report
    """Discord does otherwise than our loopback; the text says what it did."""


class Skipped(Exception):  # noqa: N818 - in the words of the report
    """The step cannot be tried here, or the person wants to leave it out; the text says why."""


@dataclass(frozen=True)
class Later:
    """The rest of a step, which waits while other steps go on."""

    rest: Coroutine[Any, Any, str]
    about: str
    """What it waits for, as a person reads it."""
    lasts_s: float
    """How long about."""


Seen = str | Later

Work = Callable[["Scene"], Awaitable[Seen]]
"""Tries something and returns what was seen.

Raises Differs where that is not what our loopback does, Skipped where it could not be tried.
"""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing to try."""

    name: str
    """By which progress is kept, and which `--only` takes."""
    rule: str
    """The row of the loopback's table, or the sentence of the product, that it is about."""
    page: str = "loopback.md"
    """The page of docs/reference on which that row stands."""
    work: Work
    needs: Permission | None = None
    """What the bot must be allowed to do in the test server for it."""
    costs: str | None = None
    """What is agreed to before it is tried."""
    not_as_administrator: bool = False
    """Whether nothing can be seen of it where the bot is Administrator."""
    person: bool = False
    """Whether somebody has to press or look."""
