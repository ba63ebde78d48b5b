"""Which deeds of the bot's account were not ours, and what would put them right. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from raidbot.core import seals
from raidbot.core.ids import RoleId, UserId
from raidbot.features.deeds.model import (
    BANNED,
    ROLE_ADDED,
    ROLE_REMOVED,
    ROLES_CHANGED,
    THREAD_CHANGED,
    UNBANNED,
    WAKES_WITHIN,
    Entry,
    Hold,
    Message,
    TakeBack,
)


class Touch(NamedTuple):
    """What an entry did to a hold."""

    hold: Hold
    given: bool


def foreign(entries: Iterable[Entry], bot_id: UserId, secret: bytes) -> list[Entry]:
    """Return what the bot's account did without a good seal, the oldest first.

    A seal counts for the deed that showed it first. Everybody who may read the audit log can copy it afterwards.

    Args:
        entries: Of all guilds, and of a while before what is asked about, so that a copy is found to be one.
        bot_id: The account.
        secret: What our seals are made with.
    """
    used: set[str] = set()
    found: list[Entry] = []
    for one in sorted(entries, key=lambda one: one.id):
        if one.by != bot_id:
            continue
        seal = seals.seal_in(one.reason)
        if seal is None or seal in used or not seals.is_good(secret, seal, one.at):
            found.append(one)
        else:
            used.add(seal)
    return found


def is_brought_back(entry: Entry) -> bool:
    """Tell whether an entry says nothing but that a thread is no longer archived.

    A message does that too, and messages carry no seal; whether Discord then makes an entry is nowhere written.
    """
    return entry.action == THREAD_CHANGED and [(one.key, one.new_value) for one in entry.changes] == [
        ("archived", False)
    ]


def woken_by(entry: Entry, messages: Iterable[Message]) -> list[Message]:
    """Return the messages in a thread by which it may have been brought back."""
    return [one for one in messages if one.channel_id == entry.target and abs(one.at - entry.at) <= WAKES_WITHIN]


def touches(entry: Entry) -> list[Touch]:
    """Return which roles and bans an entry gave and took."""
    if entry.target is None:
        return []
    user_id = UserId(entry.target)
    if entry.action in {BANNED, UNBANNED}:
        ban = Hold(guild_id=entry.guild_id, user_id=user_id, role_id=None)
        return [Touch(ban, given=entry.action == BANNED)]
    if entry.action != ROLES_CHANGED:
        return []
    return [
        Touch(Hold(guild_id=entry.guild_id, user_id=user_id, role_id=RoleId(int(role["id"]))), change.key == ROLE_ADDED)
        for change in entry.changes
        if change.key in {ROLE_ADDED, ROLE_REMOVED}
        for role in change.new_value or ()
    ]


def to_take_back(entries: Iterable[Entry], thiefs: Sequence[Entry]) -> list[TakeBack]:
    """Return what brings back how it was before the first foreign deed.

    Where we or somebody else decided about the same role or ban after the last foreign one, that decision stands.

    Args:
        entries: What everybody did.
        thiefs: Those of them that were foreign.
    """
    ids = {one.id for one in thiefs}
    done: dict[Hold, list[tuple[bool, bool]]] = defaultdict(list)
    for one in sorted(entries, key=lambda one: one.id):
        for touch in touches(one):
            done[touch.hold].append((one.id in ids, touch.given))
    return [
        TakeBack(hold=hold, wanted=not next(given for is_foreign, given in each if is_foreign))
        for hold, each in done.items()
        if each[-1][0]
    ]
