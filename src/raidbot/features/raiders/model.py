"""The nouns of raiders: who owns which name in the game."""

from enum import StrEnum

import msgspec

from raidbot.core.checkup import uses
from raidbot.core.errors import NotAllowed, NotFound, Refusal
from raidbot.core.events import Event, event
from raidbot.core.ids import GuildId, UserId
from raidbot.core.permissions import Permission

uses(Permission.MANAGE_ROLES, "gives the verified role; /setup creates roles")
uses(Permission.MANAGE_NICKNAMES, "sets the name in the game as nickname")


class RaiderStatus(StrEnum):
    """Whether the name is known to be theirs. Its values are those of `raider.status` in the database."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"


class Raider(msgspec.Struct, frozen=True, kw_only=True):
    """A member and their name in the game."""

    guild_id: GuildId
    user_id: UserId
    ign: str
    """As they write it; no other raider of the guild has it in any spelling of capitals."""
    status: RaiderStatus


@event
class RaiderVerified(Event, frozen=True, kw_only=True):
    """Staff verified a raider, or gave them another IGN."""

    user_id: UserId
    ign: str
    by: UserId


class InvalidIgn(Refusal):
    """No raider of the game can be called that."""

    status = 400


class IgnTaken(Refusal):
    """Another raider of this guild owns that IGN; `details` has their `user_id`."""


class UnknownRaider(NotFound):
    """Nobody has verified this member here."""


class NotYourName(NotAllowed):
    """Neither the raider nor of a rank that may look."""
