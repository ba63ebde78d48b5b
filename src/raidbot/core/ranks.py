"""The ladder of staff ranks that a guild maps its Discord roles to.

The one rule of who stands where. The backend decides by it; the bot uses it to answer early.
"""

from collections.abc import Iterable
from enum import IntEnum, StrEnum


class Rank(IntEnum):
    """What a member may do. A higher rank may do all that a lower one may."""

    MEMBER = 0
    VERIFIED_RAIDER = 10
    ORGANIZER = 20
    SECURITY = 30
    OFFICER = 40
    HEAD_ORGANIZER = 50
    MODERATOR = 60
    ADMINISTRATOR = 70

    @property
    def label(self) -> str:
        """How members read it: `Head Organizer`."""
        return self.name.replace("_", " ").title()


class RoleKey(StrEnum):
    """What a guild can map a Discord role to: the ranks, and three marks that are no rank."""

    ADMINISTRATOR = "administrator"
    MODERATOR = "moderator"
    HEAD_ORGANIZER = "head_organizer"
    OFFICER = "officer"
    SECURITY = "security"
    ORGANIZER = "organizer"
    VERIFIED_RAIDER = "verified_raider"
    TEAM = "team"
    SUSPENDED = "suspended"
    MUTED = "muted"

    @property
    def label(self) -> str:
        """How members read it: `Verified Raider`."""
        return self.value.replace("_", " ").title()


RANK_OF: dict[RoleKey, Rank] = {key: Rank[key.name] for key in RoleKey if key.name in Rank.__members__}
"""The rank that a mapped role carries; marks carry none."""


def rank_of(held: Iterable[RoleKey], *, administrator: bool) -> Rank:
    """Return the highest rank among the mapped roles a member holds.

    A rank that nobody mapped locks no one out: only what is held counts. Discord's
    Administrator permission counts as our administrator, everywhere.
    """
    if administrator:
        return Rank.ADMINISTRATOR
    return max((RANK_OF.get(key, Rank.MEMBER) for key in held), default=Rank.MEMBER)
