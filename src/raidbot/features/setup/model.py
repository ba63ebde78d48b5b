"""The nouns of setting a server up: what there should be, and what is being made."""

from datetime import datetime
from enum import StrEnum
from typing import NewType

import msgspec

from raidbot.core.checkup import uses
from raidbot.core.errors import NotFound
from raidbot.core.ids import Snowflake
from raidbot.core.permissions import Permission
from raidbot.core.ranks import RoleKey
from raidbot.features.guild_config.model import ChannelKey

uses(Permission.MANAGE_CHANNELS, "creates channels in /setup; take it away once the server is set up, if you like")


class Audience(StrEnum):
    """Who reads a channel that the bot creates. Only the bot writes there; threads are open to its readers."""

    EVERYBODY = "everybody"
    """Also those who are not verified, and those who are suspended."""
    RAIDERS = "raiders"
    STAFF = "staff"
    """Organizers and above."""
    SECURITY = "security"
    """Security and above."""


class Category(StrEnum):
    """Where a channel that the bot creates stands, by the name that it gives."""

    WELCOME = "Welcome"
    RAIDING = "Raiding"
    STAFF = "Raid Staff"


class Place(msgspec.Struct, frozen=True):
    """A channel as the bot would create it."""

    key: ChannelKey
    name: str
    category: Category
    audience: Audience
    topic: str


PLACES = (
    Place(
        ChannelKey.GETVERIFIED,
        "get-verified",
        Category.WELCOME,
        Audience.EVERYBODY,
        "Get verified here to join raids.",
    ),
    Place(
        ChannelKey.NOTICES,
        "notices",
        Category.WELCOME,
        Audience.EVERYBODY,
        "Tells you when a message waits for you.",
    ),
    Place(
        ChannelKey.MODMAIL_MEMBER,
        "contact-staff",
        Category.WELCOME,
        Audience.EVERYBODY,
        "Your private talks with staff stand here.",
    ),
    Place(ChannelKey.RAID, "raids", Category.RAIDING, Audience.RAIDERS, "Every run, with its buttons."),
    Place(ChannelKey.ROLE_PING, "role-pings", Category.RAIDING, Audience.RAIDERS, "Choose which dungeons call you."),
    Place(
        ChannelKey.PARTY_FINDER, "party-finder", Category.RAIDING, Audience.RAIDERS, "Parties that look for members."
    ),
    Place(
        ChannelKey.EARLY_LOC,
        "early-location",
        Category.RAIDING,
        Audience.STAFF,
        "Party and location before the start. Open it to whom you like.",
    ),
    Place(
        ChannelKey.PRACTICE,
        "practice",
        Category.STAFF,
        Audience.STAFF,
        "Practice runs: no pings, and nothing counts.",
    ),
    Place(ChannelKey.RAID_LOG, "raid-log", Category.STAFF, Audience.STAFF, "What happened in every run."),
    Place(ChannelKey.QUOTA, "quota", Category.STAFF, Audience.STAFF, "Who has met their quota."),
    Place(ChannelKey.STAFF_UPDATES, "staff-updates", Category.STAFF, Audience.STAFF, "Promotions."),
    Place(
        ChannelKey.MANUAL_VERIFICATION,
        "manual-verification",
        Category.STAFF,
        Audience.SECURITY,
        "Verifications that wait for a person.",
    ),
    Place(ChannelKey.VERI_LOG, "veri-log", Category.STAFF, Audience.SECURITY, "What happened in verifications."),
    Place(ChannelKey.PUNISHMENT_LOG, "punishment-log", Category.STAFF, Audience.SECURITY, "Warnings, mutes, bans."),
    Place(ChannelKey.MODMAIL, "modmail", Category.STAFF, Audience.SECURITY, "Mail from members, a thread each."),
    Place(ChannelKey.BOT_LOG, "bot-log", Category.STAFF, Audience.SECURITY, "What was changed, and by whom."),
)
"""Every channel, in the order in which they are created."""

COLOURS = {
    RoleKey.ADMINISTRATOR: 0xE74C3C,
    RoleKey.MODERATOR: 0xE67E22,
    RoleKey.HEAD_ORGANIZER: 0xF1C40F,
    RoleKey.OFFICER: 0x9B59B6,
    RoleKey.SECURITY: 0x3498DB,
    RoleKey.ORGANIZER: 0x1ABC9C,
    RoleKey.VERIFIED_RAIDER: 0x2ECC71,
    RoleKey.TEAM: 0x95A5A6,
    RoleKey.SUSPENDED: 0x7F8C8D,
    RoleKey.MUTED: 0x546E7A,
}
"""Every role in the order in which they are created, the highest first, with the colour it gets."""


class Step(StrEnum):
    """Where somebody who sets a server up is."""

    USE = "use"
    """Something is there under a name that fits."""
    CREATE = "create"
    """Something is missing."""
    CHECK = "check"
    """All is there, or was skipped."""


class Kind(StrEnum):
    """What is created. Its values are those of `guild_creation.kind` in the database."""

    ROLE = "role"
    CATEGORY = "category"
    CHANNEL = "channel"


class CreationState(StrEnum):
    """How far a creation is. Its values are those of `guild_creation.state` in the database."""

    OPEN = "open"
    MADE = "made"
    FAILED = "failed"
    """Discord did not allow it; whoever presses Create again tries again."""


CreationId = NewType("CreationId", int)
"""Our own number of something that is created."""


class Creation(msgspec.Struct, frozen=True, kw_only=True):
    """A role, category or channel that is to be made in Discord once."""

    id: CreationId
    kind: Kind
    key: str
    """What it is mapped to; of a category, its name."""
    name: str
    state: CreationState
    tries: int
    attempted_at: datetime | None
    """When it was last tried: from there on it is looked for. Null: never."""
    made: Snowflake | None
    """What it became in Discord."""
    error: str | None


class Wanted(msgspec.Struct, frozen=True):
    """Something that is to be created."""

    kind: Kind
    key: str
    name: str


class SetupState(msgspec.Struct, frozen=True):
    """What the record holds about a server's setting up."""

    skipped: list[Step]
    creations: list[Creation]

    def failures(self) -> list[Creation]:
        """Return what could not be created."""
        return [one for one in self.creations if one.state is CreationState.FAILED]

    @property
    def under_way(self) -> bool:
        """Whether something is still being created."""
        return any(one.state is CreationState.OPEN for one in self.creations)


class UnknownCreation(NotFound):
    """There is no such creation, or somebody else is at it."""
