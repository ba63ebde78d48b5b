"""Log entries read back: the words are those of the panels that write them. Pure."""

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import TypeVar

from raidbot.core import igns
from raidbot.core.ids import UserId
from raidbot.dungeons import catalogue
from raidbot.dungeons.model import Dungeon
from raidbot.features.raiders.model import EntryKind
from raidbot.features.raiders.panels import CHANGES

ABOUT = {EntryKind.VERIFIED: "verified", EntryKind.UNVERIFIED: "verified", EntryKind.RENAMED: "main name"}

Where = TypeVar("Where")

THREAD = re.compile(r"(?P<dungeon>.+) · run (?P<number>\d+)")
ACTS = re.compile(r"^<t:\d+:T>(?: <@(?P<by>\d+)> —)? (?P<act>.+)$", re.MULTILINE)
POPPED, TOOK_BACK = re.compile(r"🔑 \*\*Key (\d+) popped\*\*"), re.compile(r"Took back key (\d+)")
KEY_POPPED = re.compile(r"(?P<key>.+) of <@(?P<user>\d+)>: popped")
TAKEN_OVER, HANDED_OVER = "**Took the run over**", re.compile(r"\*\*Handed the run over\*\* to <@(\d+)>")
ENDS = {"**Ended**": "ended", "**Ended by itself**": "ended by itself", "**Cancelled**": "cancelled"}


@dataclass(frozen=True)
class NameTold:
    """A change of somebody's names, as the log words it."""

    kind: EntryKind
    user_id: UserId
    ign: str
    """The name that it is about; empty where somebody is not verified any more."""

    @property
    def about(self) -> tuple[UserId, str]:
        """What a later change takes the place of: whether they are verified, their main name, or one alt."""
        return (self.user_id, ABOUT.get(self.kind, self.ign.lower()))

    def is_on_record(self, verified: AbstractSet[UserId], names: AbstractSet[tuple[UserId, str]]) -> bool:
        """Tell whether the record says so.

        Args:
            verified: Who is.
            names: Whose names there are, in small letters.
        """
        known = (self.user_id, self.ign.lower()) in names
        if self.kind is EntryKind.VERIFIED:
            return known and self.user_id in verified
        if self.kind is EntryKind.UNVERIFIED:
            return self.user_id not in verified
        return known is (self.kind is not EntryKind.ALT_REMOVED)


@dataclass(frozen=True)
class RunTold:
    """A run, as its log tells it."""

    dungeon: Dungeon
    number: int
    leader: UserId | None
    """Who led it last."""
    pops: int
    keys: tuple[tuple[str, UserId], ...]
    """The keys that popped, and whose they were."""
    end: str


def name_told(text: str) -> NameTold | None:
    """Return the change of names that a message of the log tells, or None."""
    for kind, pattern in PATTERNS.items():
        if found := pattern.match(text):
            names = found.groupdict()
            return NameTold(kind, UserId(int(names["user"])), names.get("new") or names.get("old") or "")
    return None


def last_of_each(told: Iterable[tuple[Where, NameTold]]) -> list[tuple[Where, NameTold]]:
    """Return what came last of all changes, which are told in their order: entering it makes the record right.

    Who was verified and renamed afterwards is verified under the new name at once.
    """
    last: dict[tuple[UserId, str], tuple[Where, NameTold]] = {}
    for where, given in told:
        before = last.get((given.user_id, ABOUT[EntryKind.VERIFIED]))
        renames = given.kind is EntryKind.RENAMED and before is not None and before[1].kind is EntryKind.VERIFIED
        one = replace(given, kind=EntryKind.VERIFIED) if renames else given
        last.pop(one.about, None)
        last[one.about] = (where, one)
    return list(last.values())


def run_told(thread: str, entries: Sequence[str]) -> RunTold | None:
    """Return the run that a thread of that name tells, or None if it is the thread of something else."""
    named = THREAD.fullmatch(thread)
    dungeon = next((one for one in catalogue.all_dungeons() if named and one.name == named["dungeon"]), None)
    if named is None or dungeon is None:
        return None
    acts = [(one["by"], one["act"]) for entry in entries for one in ACTS.finditer(entry)]
    return RunTold(
        dungeon=dungeon,
        number=int(named["number"]),
        leader=_leader(acts),
        pops=len(_numbers(POPPED, acts)) - len(_numbers(TOOK_BACK, acts)),
        keys=tuple(_keys(dungeon, acts)),
        end=next(
            (word for _, act in reversed(acts) for says, word in ENDS.items() if act.startswith(says)), "not ended"
        ),
    )


def _leader(acts: Sequence[tuple[str | None, str]]) -> UserId | None:
    found: str | None = None
    for by, act in acts:
        if handed := HANDED_OVER.match(act):
            found = handed[1]
        elif act.startswith(("**Opened**", TAKEN_OVER)):
            found = by
    return UserId(int(found)) if found else None


def _numbers(pattern: re.Pattern[str], acts: Sequence[tuple[str | None, str]]) -> list[str]:
    return [found[1] for _, act in acts if (found := pattern.match(act))]


def _keys(dungeon: Dungeon, acts: Sequence[tuple[str | None, str]]) -> list[tuple[str, UserId]]:
    by_words = {f"{key.emoji} {key.name}": key.key for key in dungeon.keys}
    found = [told for _, act in acts if (told := KEY_POPPED.fullmatch(act))]
    return [(by_words[one["key"]], UserId(int(one["user"]))) for one in found if one["key"] in by_words]


def _pattern(words: str) -> re.Pattern[str]:
    """Return what finds a line that was written with these words."""
    parts = re.split(r"\{(new|old)\}", words)
    read = "".join(f"(?P<{one}>{igns.PATTERN})" if number % 2 else re.escape(one) for number, one in enumerate(parts))
    return re.compile(rf"<@(?P<user>\d+)> {read}\.")


PATTERNS = {kind: _pattern(words) for kind, words in CHANGES.items() if kind is not EntryKind.TAKEN}
"""A name that was taken over is told by whoever has it since."""
