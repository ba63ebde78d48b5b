"""The nouns of a guild's configuration."""

from enum import StrEnum

import msgspec

from raidbot.core.errors import Refusal
from raidbot.core.events import Event, event
from raidbot.core.ids import ChannelId, RoleId
from raidbot.core.ranks import RoleKey


class ChannelKey(StrEnum):
    """What a guild can map a channel to."""

    RAID = "raid"
    VERI_LOG = "veri_log"
    MANUAL_VERIFICATION = "manual_verification"
    GETVERIFIED = "getverified"
    PUNISHMENT_LOG = "punishment_log"
    RAID_LOG = "raid_log"
    QUOTA = "quota"
    BOT_LOG = "bot_log"
    STAFF_UPDATES = "staff_updates"
    MODMAIL = "modmail"
    ROLE_PING = "role_ping"
    PARTY_FINDER = "party_finder"
    EARLY_LOC = "early_loc"
    NOTICES = "notices"
    MODMAIL_MEMBER = "modmail_member"
    PRACTICE = "practice"

    @property
    def label(self) -> str:
        """How members read it: `Early Loc`."""
        return self.value.replace("_", " ").title()


class Mappings(msgspec.Struct, frozen=True):
    """Everything a guild has mapped."""

    roles: dict[RoleKey, RoleId]
    channels: dict[ChannelKey, ChannelId]


class Unmapped(Refusal):
    """Something that is needed here has not been mapped."""


@event
class MappingsChanged(Event, frozen=True, kw_only=True):
    """A guild mapped a role or channel, or cleared one."""
