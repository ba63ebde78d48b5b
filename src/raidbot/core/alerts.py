"""What an operator has to know at once: conditions of a process that last, and when they begin and end."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class RunbookPage(StrEnum):
    """The page of the runbook that says what to do: `docs/operate/runbook/<page>.md`."""

    BOT_SILENT = "bot-silent"
    DATABASE_AWAY = "database-away"
    DATABASE_FULL = "database-full"
    DISCORD_DOWN = "discord-down"
    JOB_FAILS = "job-fails"
    REALMEYE = "realmeye-blocks-us"
    RESTORE = "restore"
    SLOW_CLICKS = "slow-clicks"


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that is wrong now."""

    name: str
    """Names it for good, as in `database_away`: an alert of one name stands once."""
    sentence: str
    """What is wrong, as a person reads it at night. Holds no secret."""
    page: RunbookPage
    lasting_s: float = 0
    """An alert is raised once it was so for as long."""


@dataclass(frozen=True, slots=True)
class Change:
    """That an alert is raised, or over."""

    condition: Condition
    raised: bool


class Watch:
    """Follows the conditions of one process from look to look."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}
        self._raised: dict[str, Condition] = {}

    def look(self, conditions: Iterable[Condition], now_s: float) -> list[Change]:
        """Take in everything that is wrong now; return which alerts that raises, and which are over."""
        wrong = {one.name: one for one in conditions}
        self._since = {name: self._since.get(name, now_s) for name in wrong}
        fresh = [
            one
            for name, one in wrong.items()
            if name not in self._raised and now_s - self._since[name] >= one.lasting_s
        ]
        over = [one for name, one in self._raised.items() if name not in wrong]
        self._raised = {name: one for name, one in self._raised.items() if name in wrong}
        self._raised |= {one.name: one for one in fresh}
        return [*(Change(one, raised=True) for one in fresh), *(Change(one, raised=False) for one in over)]
