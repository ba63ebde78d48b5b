"""The nouns of forms: what is typed, and the question when somebody else was faster."""

from enum import StrEnum
from typing import TypeAlias

import msgspec

from raidbot.core.errors import NotFound, Refusal
from raidbot.features.runs.model.life import Run

Values: TypeAlias = dict[str, str | None]
"""What stands in the inputs of a form, by their names; null: empty."""


class FormKind(StrEnum):
    """Which form."""

    PLACE = "place"
    NOTE = "note"
    PLAN = "plan"
    """How many pops and how many places."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed while somebody else changed the same. Nothing is set until it is answered."""

    entry_id: int
    mine: Values
    theirs: Values


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a form."""

    run: Run
    question: Question | None
    """Null: what was typed is set."""


class BadValue(Refusal):
    """That cannot stand in this input; the sentence names it and its limits."""

    status = 400


class UnknownQuestion(NotFound):
    """There is no such question of the caller's."""
