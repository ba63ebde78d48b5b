"""The nouns of what Discord shows."""

import msgspec

from raidbot.core.ids import RoleId, UserId


class MirroredMember(msgspec.Struct, frozen=True):
    """A member as the bot sees them."""

    user_id: UserId
    role_ids: list[RoleId]
    """The mapped and quota roles that the member holds; others are left out."""
    administrator: bool = False
    """Whether Discord's Administrator permission is theirs, also as owner."""
    present: bool = True
    """False: they left, and hold nothing."""
