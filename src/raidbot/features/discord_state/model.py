"""The nouns of what Discord shows."""

from datetime import datetime
from enum import StrEnum
from typing import Any, NewType

import msgspec

from raidbot.core.errors import NotFound
from raidbot.core.events import Event, event
from raidbot.core.ids import ChannelId, MessageId, RoleId, UserId

A_CROWD = 20
"""More members of a guild than that are neither changed nor shown one by one: somebody is asked about all of them."""


class MirroredMember(msgspec.Struct, frozen=True):
    """A member as the bot sees them."""

    user_id: UserId
    role_ids: list[RoleId]
    """The mapped and quota roles that the member holds; others are left out."""
    administrator: bool = False
    """Whether Discord's Administrator permission is theirs, also as owner."""
    present: bool = True
    """False: they left, and hold nothing."""
    joined_at: datetime | None = None
    """Since when they are here. A later time than before: they left and came back. Null: unknown."""


class Posting(msgspec.Struct, frozen=True, kw_only=True):
    """A message that the bot keeps drawn, or is about to post."""

    kind: str
    """Which panel: `run`."""
    subject_id: int
    """What it shows: the number of the run."""
    channel_id: ChannelId
    message_id: MessageId | None
    """None until it stands, and again once somebody deleted it."""
    drawn_version: int
    """The version of the subject that it shows; 0 shows nothing yet."""
    final: bool
    """Whether it shows how its subject ended, so that nobody compares it any more."""
    deletions: int
    """How often it was deleted by hand."""
    attempted_at: datetime
    """When posting was last tried. After a crash the message is looked for from there on."""


class ChoreKind(StrEnum):
    """What is to be done in Discord. Its values are those of `chore.kind` in the database."""

    GIVE_ROLE = "give_role"
    TAKE_ROLE = "take_role"
    NICKNAME = "nickname"
    TIMEOUT = "timeout"
    BAN = "ban"
    UNBAN = "unban"


ACTS = {ChoreKind.TIMEOUT, ChoreKind.BAN, ChoreKind.UNBAN}
"""What is done to a member, and not shown of them."""


class ChoreState(StrEnum):
    """How far a chore is. Its values are those of `chore.state` in the database."""

    OPEN = "open"
    PARKED = "parked"
    """Discord does not allow it; it waits until somebody has changed that."""
    DONE = "done"


STAYS = "stays"
"""A role is not shed by leaving: it waits for whoever is away, and counts from the moment that they are back."""

HARMLESS = "harmless"
"""A role is given only while it grants nothing that @everyone lacks: power may have come to it since it was wished."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a feature wants Discord to show of a member."""

    user_id: UserId
    kind: ChoreKind
    target: int = 0
    """The role; 0 for everything else."""
    value: str = ""
    """What the nickname says: names with ` | ` between them, as many as fit. Empty: none any more, or a role.

    Of a role that is given, `HARMLESS` or `STAYS` may stand there. Of a timeout, until when it lasts in ISO 8601;
    empty: it ends.
    """


class Chore(msgspec.Struct, frozen=True, kw_only=True):
    """Something that Discord is to show of a member."""

    user_id: UserId
    kind: ChoreKind
    target: int
    """The role; 0 for everything else."""
    value: str
    """The nickname; of a role empty, `HARMLESS` or `STAYS`; of a timeout until when it lasts."""
    version: int
    """Counted up by each new wish, so that an old one cannot close it."""
    tries: int
    last_error: str | None
    bulk: bool = False
    """It is one of many, and waits behind what members ask for."""


class NoticeWish(msgspec.Struct, frozen=True, kw_only=True):
    """A message that calls somebody, or tells staff something, once."""

    name: str
    """What is told: the same name is told once in a guild, however often it is wished. 100 characters."""
    kind: str
    """Which words: `run_started`."""
    subject_id: int
    """What it is about: the number of the run."""
    channel: str
    """Where: the key of a mapped channel, the number of a channel, or `thread` for the log thread of the subject."""
    body: dict[str, Any] = {}
    """What the words need to know. JSON."""
    here: bool = False
    role_ids: list[RoleId] = []
    user_ids: list[UserId] = []
    """Who is pinged; at most 80, so that one message holds all mentions."""
    lapses_s: int = 240
    """It is not told any more after so many seconds: a late call does harm."""
    keep_s: int | None = None
    """It is deleted again after so many seconds. Null: it stays."""


NoticeId = NewType("NoticeId", int)
"""Our own number of a notice."""


class NoticeState(StrEnum):
    """How far a notice is. Its values are those of `notice.state` in the database."""

    OPEN = "open"
    TOLD = "told"
    PARKED = "parked"
    """It cannot be told, and waits until somebody has changed that."""
    LAPSED = "lapsed"
    """It was not told in time, or is no longer true."""
    DELETED = "deleted"
    """It was told, and its message is gone again."""


class Place(msgspec.Struct, frozen=True):
    """Where a message stands."""

    channel_id: ChannelId
    message_id: MessageId


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be told, or a message to be deleted again."""

    id: NoticeId
    kind: str
    subject_id: int
    channel: str
    body: dict[str, Any]
    here: bool
    role_ids: list[RoleId]
    user_ids: list[UserId]
    state: NoticeState
    lapses_at: datetime
    attempted_at: datetime | None
    """When a process was first about to post it; none was, where it is null."""
    tries: int
    place: Place | None
    """Where it was told."""


class Arrival(msgspec.Struct, frozen=True):
    """Somebody who was not here before, or came back."""

    user_id: UserId
    left_with: list[RoleId]
    """Which of the mapped roles they held when they left."""
    new: bool = False
    """Whether they were never on record."""


@event
class MembersArrived(Event, frozen=True, kw_only=True):
    """Members came who were not on record, or had left."""

    members: list[Arrival]
    at: datetime


@event
class StrangersArrived(Event, frozen=True, kw_only=True):
    """So many were found at once who were never on record that nobody knows when they came, or why."""

    user_ids: list[UserId]
    at: datetime


@event
class MembersMirrored(Event, frozen=True, kw_only=True):
    """What members hold of the mapped roles has changed, or they left."""

    user_ids: list[UserId]
    at: datetime


@event
class GuildMirrored(Event, frozen=True, kw_only=True):
    """All members of a guild are on record as they are now: at a start, after a gap, or after roles were mapped."""

    at: datetime


@event
class NoticesWanted(Event, frozen=True, kw_only=True):
    """There is something to be told in Discord."""


@event
class ChoresWanted(Event, frozen=True, kw_only=True):
    """There is something to be done in Discord."""


@event
class ChoresStuck(Event, frozen=True, kw_only=True):
    """Discord did not take something about members, or has taken at last what it did not take before."""

    user_ids: list[UserId]
    at: datetime


class UnknownNotice(NotFound):
    """There is no such notice, or it needs nothing any more."""


class UnknownPosting(NotFound):
    """There is no such message on record."""
