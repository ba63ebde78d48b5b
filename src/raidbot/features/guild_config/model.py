"""The nouns of a guild's configuration."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

import msgspec
from typing_extensions import override

from raidbot.core.errors import NotFound, Refusal
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


Value = TypeVar("Value")
Read_co = TypeVar("Read_co", covariant=True)
Word = TypeVar("Word", bound=StrEnum)


class Kind(Protocol[Read_co]):
    """What may stand in a setting."""

    @property
    def limits(self) -> str:
        """How members read it: `a whole number of minutes from 1 to 1440`."""
        ...

    def read(self, text: str) -> Read_co | None:
        """Return what `text` means, or None where it is none of what may stand there."""
        ...


@dataclass(frozen=True)
class Minutes(Kind[int]):
    """A whole number of minutes."""

    least: int
    most: int

    @property
    @override
    def limits(self) -> str:
        return f"a whole number of minutes from {self.least} to {self.most}"

    @override
    def read(self, text: str) -> int | None:
        if not (text.isascii() and text.isdigit() and len(text) <= len(str(self.most))):
            return None
        return int(text) if self.least <= int(text) <= self.most else None


@dataclass(frozen=True)
class OneOf(Kind[Word]):
    """One word of a few."""

    words: type[Word]

    @property
    @override
    def limits(self) -> str:
        return "one of " + ", ".join(self.words)

    @override
    def read(self, text: str) -> Word | None:
        return self.words(text) if text in set(self.words) else None


@dataclass(frozen=True)
class Setting(Generic[Value]):
    """One thing that a guild can set. Declaring it is all there is to do."""

    key: str
    about: str
    kind: Kind[Value]
    default: Value


class PingPolicy(StrEnum):
    """Whom a run calls."""

    HERE = "here"
    DUNGEON_ROLE = "dungeon_role"
    BOTH = "both"
    NONE = "none"


AUTO_END_MINUTES = Setting(
    "auto_end_minutes",
    "A live run ends by itself this long after its leader last did something.",
    Minutes(1, 1440),
    120,
)
OPEN_MINUTES = Setting("open_minutes", "A run that nobody starts is cancelled after this long.", Minutes(1, 1440), 60)
PING_AT_OPEN = Setting("ping_at_open", "Whom a new run calls.", OneOf(PingPolicy), PingPolicy.DUNGEON_ROLE)
PING_AT_START = Setting(
    "ping_at_start", "Whom a start calls besides those who joined.", OneOf(PingPolicy), PingPolicy.NONE
)
HERE_PAUSE_MINUTES = Setting(
    "here_pause_minutes", "@here is used at most once in this time; 0 leaves it unlimited.", Minutes(0, 1440), 10
)

SETTINGS: dict[str, Setting[Any]] = {
    one.key: one for one in (AUTO_END_MINUTES, OPEN_MINUTES, PING_AT_OPEN, PING_AT_START, HERE_PAUSE_MINUTES)
}
"""Every setting by its key, in the order in which they are listed."""


@dataclass(frozen=True)
class Settings:
    """What a guild has set, read through the declarations."""

    texts: Mapping[str, str]
    """What differs from the default, as it is stored."""

    def get(self, setting: Setting[Value]) -> Value:
        """Return the guild's value. What no longer fits the limits counts as not set."""
        text = self.texts.get(setting.key)
        value = None if text is None else setting.kind.read(text)
        return setting.default if value is None else value


class SettingShown(msgspec.Struct, frozen=True, kw_only=True):
    """A setting as members read it."""

    key: str
    about: str
    limits: str
    value: str
    default: str

    @property
    def changed(self) -> bool:
        """Whether the guild set something else than the default."""
        return self.value != self.default


class DungeonRole(msgspec.Struct, frozen=True):
    """The role that is called for a dungeon."""

    dungeon: str
    """The dungeon's key in the catalogue."""
    role_id: RoleId


class UnknownSetting(NotFound):
    """There is no such setting."""


class BadSetting(Refusal):
    """That cannot stand in this setting."""

    status = 400


class NoSuchDungeon(Refusal):
    """The catalogue has no such dungeon."""

    status = 400


class Unmapped(Refusal):
    """Something that is needed here has not been mapped."""


@event
class MappingsChanged(Event, frozen=True, kw_only=True):
    """A guild mapped a role or channel, or cleared one."""


@event
class SettingsChanged(Event, frozen=True, kw_only=True):
    """A guild set or reset one of its settings."""

    key: str


@event
class DungeonRoleChanged(Event, frozen=True, kw_only=True):
    """A guild mapped the role of a dungeon, or cleared it."""

    dungeon: str
