"""The nouns of what Discord shows."""

from datetime import datetime
from enum import StrEnum

import msgspec

from raidbot.core.errors import NotFound
from raidbot.core.events import Event, event
from raidbot.core.ids import ChannelId, MessageId, RoleId, UserId


class MirroredMember(msgspec.Struct, frozen=True):
    """A member as the bot sees them."""

    user_id: UserId
    role_ids: list[RoleId]
    """The mapped and quota roles that the member holds; others are left out."""
    administrator: bool = False
    """Whether Discord's Administrator permission is theirs, also as owner."""
    present: bool = True
    """False: they left, and hold nothing."""


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
    NICKNAME = "nickname"


class ChoreState(StrEnum):
    """How far a chore is. Its values are those of `chore.state` in the database."""

    OPEN = "open"
    PARKED = "parked"
    """Discord does not allow it; it waits until somebody has changed that."""
    DONE = "done"


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a feature wants Discord to show of a member."""

    user_id: UserId
    kind: ChoreKind
    target: int = 0
    """The role; 0 for the nickname."""
    value: str = ""
    """The nickname; empty for a role."""


class Chore(msgspec.Struct, frozen=True, kw_only=True):
    """Something that Discord is to show of a member."""

    user_id: UserId
    kind: ChoreKind
    target: int
    """The role; 0 for the nickname."""
    value: str
    """The nickname; empty for a role."""
    version: int
    """Counted up by each new wish, so that an old one cannot close it."""
    tries: int
    last_error: str | None


@event
class ChoresWanted(Event, frozen=True, kw_only=True):
    """There is something to be done in Discord."""


class UnknownPosting(NotFound):
    """There is no such message on record."""
