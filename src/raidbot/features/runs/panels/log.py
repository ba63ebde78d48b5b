"""The log of a run in words: one line an act, and one for all who came or went at the same time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import discord
import msgspec

from raidbot.bot import look
from raidbot.core.text import shown
from raidbot.core.wire import decode_hook
from raidbot.dungeons import catalogue
from raidbot.dungeons.model import Dungeon
from raidbot.features.runs.model.edits import Change
from raidbot.features.runs.model.log import Entry
from raidbot.features.runs.model.pops import Outcome
from raidbot.features.runs.panels.words import OUTCOMES, TOLD_REASONS, changes
from raidbot.features.runs.rules.follows import FOLLOWED_FOR

NAMED = 20
"""So many names stand in one line; the others are counted."""

LONGEST_TEXT = 120
"""Characters of what somebody typed, as a line shows them; the record keeps all."""

LONGEST_ENTRY = 3800
"""Characters of a message of the log. docs: Channel, Embed Limits: a description has 4,096"""

TOGETHER = {
    "joined": "Joined",
    "left": "Left",
    "waiting": "Waiting",
    "moved_up": "Moved up",
    "called": "Called to a free place",
    "passed_over": "Did not answer in time",
    "brings": "Said what they bring",
    "claimed": "Say that they were there",
}
"""What many do at once."""

Says: TypeAlias = Callable[[Entry, Dungeon], str]


def _key(entry: Entry, dungeon: Dungeon) -> str:
    key = dungeon.find_key(str(entry.detail.get("key")))
    return f"{key.emoji} {key.name}" if key else str(entry.detail.get("key"))


def _value(value: object) -> str:
    if value is None:
        return "nothing"
    text = shown(str(value))
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def _values(value: object) -> str:
    listed: Sequence[Any] = value if isinstance(value, list) else [value]
    return " · ".join(_value(one) for one in listed)


def _changed(what: str) -> Says:
    return lambda entry, _: f"{what}: {_values(entry.detail.get('old'))} → {_values(entry.detail.get('new'))}"


def _plain(text: str) -> Says:
    return lambda _, __: text


def _told_reason(entry: Entry, _: Dungeon) -> str:
    reason = str(entry.detail.get("reason", ""))
    return f"**Cancelled**: {TOLD_REASONS.get(reason, reason).lower()}"


def _settled(outcome: str) -> Says:
    return lambda entry, dungeon: f"{_key(entry, dungeon)} of <@{entry.about}>: {outcome}"


WORDS: dict[str, Says] = {
    "opened": _plain("**Opened**"),
    "started": _plain("**Started**"),
    "ended": _plain("**Ended**"),
    "auto_ended": lambda entry, _: _ended_itself(entry.detail.get("unopened")),
    "cancelled": _told_reason,
    "not_posted": lambda entry, _: f"**Cancelled**: {_value(entry.detail.get('why'))}",
    "reopened": _plain("**Reopened**"),
    "extended": _plain("Extended by an hour"),
    "postponed": _plain("Everything due waits 15 minutes, after an outage"),
    "locked": _plain("Locked joining"),
    "unlocked": _plain("Unlocked joining"),
    "placed": _changed("Party and location"),
    "shown": lambda entry, _: f"Showed party and location to: {entry.detail.get('stage')}",
    "noted": _changed("Note"),
    "capped": _changed("Places"),
    "chained": _changed("Chain"),
    "removed": lambda entry, _: f"Removed <@{entry.about}>: {_value(entry.detail.get('reason'))}",
    "added": lambda entry, _: f"Added <@{entry.about}>",
    "offered": lambda entry, dungeon: f"Offered {_key(entry, dungeon)}",
    "offer_accepted": _settled("accepted"),
    "offer_popped": _settled("popped"),
    "offer_no_pop": _settled("not popped"),
    "offer_withdrawn": _settled("withdrawn"),
    "offer_removed": _settled("taken out of the line"),
    "popped": lambda entry, _: f"🔑 **Key {entry.detail.get('number')} popped**",
    "window_closed": lambda entry, _: f"Window of key {entry.detail.get('number')} closed: {_raiders(entry)} in",
    "pop_undone": lambda entry, _: f"Took back key {entry.detail.get('number')}",
    "pop_told": lambda entry, dungeon: f"Key {entry.detail.get('number')}: {_told_more(entry, dungeon)}",
    "key_open": lambda entry, dungeon: f"Added a used key: {_key(entry, dungeon)}",
    "key_logged": lambda entry, dungeon: f"{_key(entry, dungeon)} was <@{entry.detail.get('holder_id')}>'s",
    "key_dismissed": lambda entry, dungeon: f"{_key(entry, dungeon)} was not used",
    "key_unknown": lambda entry, dungeon: f"Nobody knows whose {_key(entry, dungeon)} was",
    "edited": lambda entry, _: f"**Corrected the run**: {_corrected(entry)}",
    "stepped": lambda entry, _: _step("", entry),
    "step_undone": lambda entry, _: _step("Took back ", entry),
    "screenshot_given": _plain("Gave the screenshot"),
    "screenshot_reviewed": lambda entry, _: f"Reviewed the screenshot: {_value(entry.detail.get('verdict'))}",
    "next_wished": lambda entry, _: f"Next run: {_dungeon(entry.detail.get('new'))}",
    "opened_to_all": _plain("The minute of the raiders before is over: everybody gets places"),
    "claims_approved": lambda entry, _: f"Confirmed that they were there: {_members(entry.detail.get('user_ids'))}",
    "claims_refused": lambda entry, _: f"Did not confirm: {_members(entry.detail.get('user_ids'))}",
    "claims_lapsed": lambda entry, _: f"Nobody decided, so it lapsed: {_members(entry.detail.get('user_ids'))}",
    "claims_closed": _plain("The time to say that one was there is over"),
    "struck": lambda entry, _: f"Struck as no-shows: {_members(entry.detail.get('user_ids'))}",
    "taken_over": lambda entry, _: f"**Took the run over** from <@{entry.detail.get('from')}>",
    "handed_over": lambda entry, _: f"**Handed the run over** to <@{entry.detail.get('to')}>",
    "co_leaders_named": lambda entry, _: f"Co-leaders: {_members(entry.detail.get('new'))}",
    "raiders_called": lambda entry, _: f"Called the raiders: {entry.detail.get('call_for')}",
    "form_asked": lambda entry, _: f"Typed another {entry.detail.get('form')} while it was changed, and was asked",
}
"""What each kind of entry says; whoever did it is named before it."""


def _told_more(entry: Entry, dungeon: Dungeon) -> str:
    """Say what somebody told of a key, as it is now."""
    new = {name: values[1] for name, values in entry.detail.items() if isinstance(values, list)}
    place = catalogue.known(str(new["dungeon"])) if new.get("dungeon") else dungeon
    key = place.find_key(str(new.get("key")))
    parts = [
        f"popped by <@{new['popper_id']}>" if new.get("popper_id") else "",
        f"{key.emoji} {key.name}" if key else "",
        f"in {place.name}" if "dungeon" in new else "",
        OUTCOMES[Outcome(str(new["outcome"]))].lower() if new.get("outcome") else "",
    ]
    return ", ".join(part for part in parts if part) or "told more"


def _corrected(entry: Entry) -> str:
    """Say what was corrected, and why."""
    change = msgspec.convert(entry.detail, Change, dec_hook=decode_hook)
    return f"{changes(change)} · {_value(entry.detail.get('reason'))}"


def _raiders(entry: Entry) -> str:
    return look.many(int(entry.detail.get("raiders") or 0), "raider")


def _dungeon(key: object) -> str:
    return catalogue.known(str(key)).name if key else "none"


def _ended_itself(unopened: object) -> str:
    """Say that time ended a run, and how what was to follow it can still be opened."""
    how = f". {_dungeon(unopened)} did not open: whoever leads presses Next run within {look.lasting(FOLLOWED_FOR)}"
    return f"**Ended by itself**{how if unopened else ''}"


def _step(before: str, entry: Entry) -> str:
    value = entry.detail.get("value")
    name = str(entry.detail.get("step", "")).replace("_", " ")
    return f"{before}{name}{f': {_value(value)}' if value else ''}"


def _members(ids: object) -> str:
    listed: Sequence[Any] = ids if isinstance(ids, list) else []
    more = f" (+{len(listed) - NAMED})" if len(listed) > NAMED else ""
    return ", ".join(f"<@{one}>" for one in listed[:NAMED]) + more or "nobody"


@dataclass(frozen=True, slots=True)
class Chapter:
    """The entries that one message of a log tells."""

    entries: Sequence[Entry]
    embed: discord.Embed

    @property
    def last(self) -> int:
        """The number of its last entry."""
        return self.entries[-1].id


def chapter(entries: Sequence[Entry], dungeon_key: str) -> Chapter:
    """Return the next message of a log: as many of the entries as fit."""
    dungeon = catalogue.known(dungeon_key)
    number = len(entries)
    while number > 1 and len(_told(entries[:number], dungeon)) > LONGEST_ENTRY:
        number = number * 2 // 3
    told = entries[:number]
    embed = discord.Embed(description=_told(told, dungeon), colour=dungeon.colour, timestamp=told[-1].happened_at)
    return Chapter(told, embed.set_footer(text=foot(told[0].id, told[-1].id)))


def foot(first: int, last: int) -> str:
    """Say which entries a message tells, so that it is known from the message alone."""
    return f"Entries {first} to {last}"


def last_of(text: str) -> int:
    """Return the number of the last entry that a message tells, 0 where it is none of a log."""
    words = text.split()
    is_foot = len(words) == 4 and words[0] == "Entries" and words[-1].isdigit()  # noqa: PLR2004 - as above
    return int(words[-1]) if is_foot else 0


def _told(entries: Sequence[Entry], dungeon: Dungeon) -> str:
    return "\n".join(lines(entries, dungeon))


def lines(entries: Sequence[Entry], dungeon: Dungeon) -> list[str]:
    """Tell entries line by line; those who did the same stand in one line, where the first of them did it."""
    told: dict[str, str] = {}
    for entry in entries:
        if entry.kind in TOGETHER:
            told.setdefault(entry.kind, _together(entry.kind, [one for one in entries if one.kind == entry.kind]))
        else:
            told[str(entry.id)] = line(entry, dungeon)
    return list(told.values())


def _together(kind: str, entries: Sequence[Entry]) -> str:
    names = list(dict.fromkeys(f"<@{one.about}>" for one in entries))
    more = f" (+{len(names) - NAMED})" if len(names) > NAMED else ""
    return f"{TOGETHER[kind]}: {', '.join(names[:NAMED])}{more}"


def line(entry: Entry, dungeon: Dungeon) -> str:
    """Tell one entry, with its time and whoever did it."""
    says = WORDS.get(entry.kind)
    text = says(entry, dungeon) if says else entry.kind.replace("_", " ").capitalize()
    when = discord.utils.format_dt(entry.happened_at, "T")
    return f"{when} <@{entry.user_id}> — {text}" if entry.user_id else f"{when} {text}"
