"""The nouns of raiders: who owns which names in the game."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from raidbot.core.checkup import uses
from raidbot.core.errors import NotAllowed, NotFound, Refusal
from raidbot.core.events import Event, event
from raidbot.core.ids import GuildId, UserId
from raidbot.core.permissions import Permission

uses(Permission.MANAGE_ROLES, "gives the verified role; /setup creates roles")
uses(Permission.MANAGE_NICKNAMES, "sets the name in the game as nickname")

RAIDER_CHANGED = "raider_changed"
"""The notice that a raider's names changed."""


class RaiderStatus(StrEnum):
    """Whether the name is known to be theirs. Its values are those of `raider.status` in the database."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"


class Raider(msgspec.Struct, frozen=True, kw_only=True):
    """A member and their names in the game."""

    guild_id: GuildId
    user_id: UserId
    ign: str
    """As they write it; no other raider of the guild has it in any spelling of capitals."""
    status: RaiderStatus
    alts: list[str] = []
    """Their other names, from A to Z; nobody else has them either."""

    @property
    def names(self) -> list[str]:
        """All their names, the main one first."""
        return [self.ign, *self.alts]


class How(StrEnum):
    """How it is known whose a name is."""

    STAFF = "staff"
    REALMEYE = "realmeye"
    SCREENSHOT = "screenshot"
    IMPORT = "import"
    HAND = "hand"
    """Somebody changed it in Discord, and staff let it stand."""


class Naming(msgspec.Struct, frozen=True, kw_only=True):
    """That a name is somebody's."""

    user_id: UserId
    ign: str
    by: UserId
    """Who says so; the member themselves, where they proved it alone."""
    how: How = How.STAFF
    why: str = ""
    proven: bool = False
    """They showed that the account is theirs: a name that somebody left behind is theirs at once."""
    take_from: UserId | None = None
    """Whom staff take the name from, knowing that it was left behind."""
    in_bulk: bool = False
    """It is one of many that nobody looks at alone: whom the watch list leaves to a person is left out."""


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """Who has a name."""

    user_id: UserId
    is_main: bool
    verified: bool
    present: bool

    @property
    def left_it_behind(self) -> bool:
        """Whether the name may go to somebody else: its owner left, or is not verified any more."""
        return not (self.verified and self.present)


class EntryKind(StrEnum):
    """What happened to a raider's names. Its values are those of `raider_entry.kind` in the database."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    RENAMED = "renamed"
    ALT_ADDED = "alt_added"
    ALT_REMOVED = "alt_removed"
    TAKEN = "taken"
    """A name that they left behind went to somebody else."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a raider's names."""

    id: int | None = None
    """Our own number of it, once it is on record."""
    user_id: UserId
    kind: EntryKind
    changed_by: UserId
    changed_at: datetime
    old_ign: str | None = None
    new_ign: str | None = None
    how: How | None = None
    why: str | None = None


class History(msgspec.Struct, frozen=True, kw_only=True):
    """A page of what happened to a member's names, or to one name whoever had it."""

    raider: Raider | None
    """The member, or whoever has the name now; null: they have no name here, or nobody has it."""
    entries: list[Entry]
    """The latest first."""
    older: int | None
    """The number of the last entry here if there are older ones, which are asked for with it."""


@event
class RaiderVerified(Event, frozen=True, kw_only=True):
    """A raider was verified, or verified anew under another IGN."""

    user_id: UserId
    ign: str
    by: UserId
    how: How = How.STAFF


@event
class RaidersImported(Event, frozen=True, kw_only=True):
    """Names of many members were taken over at once."""

    user_ids: list[UserId]
    by: UserId


@event
class RaiderRenamed(Event, frozen=True, kw_only=True):
    """Staff corrected a raider's IGN."""

    user_id: UserId
    old_ign: str
    ign: str
    by: UserId


@event
class RaiderUnverified(Event, frozen=True, kw_only=True):
    """A raider is not verified any more."""

    user_id: UserId
    by: UserId
    reason: str
    at: datetime


class InvalidIgn(Refusal):
    """No raider of the game can be called that."""

    status = 400


class IgnTaken(Refusal):
    """Another raider of this guild owns that IGN; `details` has their `user_id`."""


class IgnLeftBehind(IgnTaken):
    """Somebody owns that IGN who left or is not verified any more; staff may take it from them."""

    @property
    def owner(self) -> UserId:
        """Whose it is."""
        return UserId(int(self.details["user_id"]))


class UnknownRaider(NotFound):
    """Nobody has verified this member here."""


class NotVerified(Refusal):
    """That needs a verified raider."""


class NothingNamed(Refusal):
    """It was not said whose names are to be shown."""

    status = 400


class NoSuchAlt(NotFound):
    """The raider has no such alt."""


class TooManyAlts(Refusal):
    """A raider can have so many names and no more."""


class NotYourName(NotAllowed):
    """Neither the raider nor of a rank that may look."""


class NotOnYourself(NotAllowed):
    """Staff do not decide about themselves."""


class OutranksYou(NotAllowed):
    """The member's rank is as high as the caller's, or higher."""


def details_of(entry: Entry) -> dict[str, Any]:
    """Return a change as the log needs it."""
    return {
        "kind": entry.kind,
        "by": str(int(entry.changed_by)),
        "old": entry.old_ign,
        "new": entry.new_ign,
        "how": entry.how,
        "why": entry.why,
    }
