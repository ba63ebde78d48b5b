"""The nouns of a guild's configuration."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

import msgspec
from typing_extensions import override

from raidbot.core.checkup import uses_everywhere
from raidbot.core.errors import NotFound, Refusal
from raidbot.core.events import Event, event
from raidbot.core.guilds import ChannelKind, ChannelSeen
from raidbot.core.ids import ChannelId, RoleId, Snowflake
from raidbot.core.permissions import Permission
from raidbot.core.ranks import RoleKey
from raidbot.dungeons import catalogue, needs


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


UNFIT = {
    ChannelKind.FORUM: "is a forum, where every message needs a post with a title",
    ChannelKind.CATEGORY: "is a category, which holds channels and no messages",
    ChannelKind.VOICE: "is a voice channel, whose chat is seen by few and has no threads",
    ChannelKind.STAGE: "is a stage, whose chat is seen by few and has no threads",
    ChannelKind.OTHER: "is of a kind in which I cannot post",
    ChannelKind.ANNOUNCEMENT: "is an announcement channel, in which nobody can open a private thread",
}
"""Why a channel cannot be used."""

ROLE_CHANNEL = "role_channel"
"""Where members ask for a role that is earned; each role may have another one, so it is no key of the guild's."""

PRIVATE_THREADS = frozenset({ChannelKey.GETVERIFIED, ChannelKey.MODMAIL_MEMBER, ROLE_CHANNEL})
"""Where members have private threads."""


def fits(key: str, channel: ChannelSeen) -> bool:
    """Tell whether a channel is of a kind that can be what a key says."""
    return channel.takes_private_threads if key in PRIVATE_THREADS else channel.takes_messages


def why_unfit(channel: ChannelSeen) -> str:
    """Return why a channel cannot be used, for the middle of a sentence."""
    return UNFIT[channel.kind]


uses_everywhere(Permission.VIEW_CHANNEL, "sees the channels that are set with /setchannels")
uses_everywhere(Permission.SEND_MESSAGES, "posts and edits its panels and logs")
uses_everywhere(Permission.EMBED_LINKS, "shows panels and logs as boxes, with links between them")


class ScopedKey(StrEnum):
    """What some dungeons may have for themselves. Its values are those of the guild's own keys."""

    RAID = "raid"
    EARLY_LOC = "early_loc"
    VERIFIED_RAIDER = "verified_raider"
    """The role that may join."""

    @property
    def label(self) -> str:
        """How members read it: `Early Loc`."""
        return self.value.replace("_", " ").title()


class Scoped(msgspec.Struct, frozen=True, kw_only=True):
    """A channel or role that some dungeons have instead of the guild's."""

    scope: str
    """The key of a dungeon, or of a category."""
    key: ScopedKey
    target: Snowflake
    """The channel or the role."""


class Mappings(msgspec.Struct, frozen=True):
    """Everything a guild has mapped."""

    roles: dict[RoleKey, RoleId]
    channels: dict[ChannelKey, ChannelId]
    scoped: list[Scoped] = []

    def channel(self, key: ChannelKey, dungeon: str) -> ChannelId | None:
        """Return the channel of a dungeon, else that of its category, else the guild's."""
        own = self._own(key, dungeon)
        return self.channels.get(key) if own is None else ChannelId(own)

    def join_role(self, dungeon: str) -> RoleId | None:
        """Return the role that a dungeon or its category asks for instead of the guild's; None: the guild's counts."""
        own = self._own(ScopedKey.VERIFIED_RAIDER, dungeon)
        return None if own is None else RoleId(own)

    def _own(self, key: str, dungeon: str) -> int | None:
        found = {one.scope: one.target for one in self.scoped if one.key == key}
        return next((found[one] for one in scopes_of(dungeon) if one in found), None)


def category_key(category: str) -> str:
    """Return the key of a category of dungeons: `exaltation_dungeons`."""
    return category.lower().replace(" ", "_")


def scopes_of(dungeon: str) -> list[str]:
    """Return the keys under which a dungeon may have something for itself, the narrowest first."""
    found = catalogue.find(dungeon)
    return [dungeon, category_key(found.category)] if found else [dungeon]


def scopes() -> dict[str, str]:
    """Return the names of all categories and dungeons by their keys, categories first."""
    every = catalogue.all_dungeons()
    categories = sorted({one.category for one in every})
    return {category_key(one): f"All {one}" for one in categories} | {one.key: one.name for one in every}


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
class Whole(Kind[int]):
    """A whole number of something."""

    unit: str
    """What is counted, in the plural: `minutes`."""
    least: int
    most: int

    @property
    @override
    def limits(self) -> str:
        return f"a whole number of {self.unit} from {self.least} to {self.most}"

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


class Catalogue(StrEnum):
    """What stands in the catalogue of dungeons holds."""

    CATALOGUE = "catalogue"


@dataclass(frozen=True)
class WholeOrCatalogue(Kind[int | Catalogue]):
    """A whole number, or what the catalogue says."""

    whole: Whole

    @property
    @override
    def limits(self) -> str:
        return f"{self.whole.limits}, or {Catalogue.CATALOGUE}"

    @override
    def read(self, text: str) -> int | Catalogue | None:
        return Catalogue.CATALOGUE if text == Catalogue.CATALOGUE else self.whole.read(text)


@dataclass(frozen=True)
class Needs:
    """How many of which key, class or item a raid needs."""

    numbers: Mapping[str, int]

    @override
    def __str__(self) -> str:
        return needs.worded(self.numbers, catalogue.all_dungeons())


@dataclass(frozen=True)
class NeedsOrCatalogue(Kind[Needs | Catalogue]):
    """Numbers of keys, classes and items, or what the catalogue says."""

    @property
    @override
    def limits(self) -> str:
        return f"{needs.LIMITS}, or {Catalogue.CATALOGUE}"

    @override
    def read(self, text: str) -> Needs | Catalogue | None:
        if text == Catalogue.CATALOGUE:
            return Catalogue.CATALOGUE
        numbers = needs.read_needs(text, catalogue.all_dungeons())
        return None if numbers is None else Needs(numbers)


@dataclass(frozen=True)
class Setting(Generic[Value]):
    """One thing that a guild can set. Declaring it is all there is to do."""

    key: str
    about: str
    kind: Kind[Value]
    default: Value
    per_dungeon: bool = False
    """Whether a dungeon may have a value of its own, which then wins over the guild's."""

    def stored_key(self, dungeon: str | None = None) -> str:
        """Return the key under which the guild's value, or that of a dungeon, is stored."""
        return self.key if dungeon is None else f"{self.key}/{dungeon}"


class PingPolicy(StrEnum):
    """Whom a run calls."""

    HERE = "here"
    DUNGEON_ROLE = "dungeon_role"
    BOTH = "both"
    NONE = "none"


class KeyReveal(StrEnum):
    """Who lets the holder of a key see party and location before the others."""

    ORGANIZER = "organizer"
    AUTOMATIC = "automatic"
    EXALTS = "exalts"
    """The organizer where completions count towards exaltations, automatic elsewhere."""


class StartNeeds(StrEnum):
    """What a run must have before it can start."""

    CATALOGUE = "catalogue"
    BOTH = "both"
    PARTY = "party"
    LOCATION = "location"
    NEITHER = "neither"


class LocationPolicy(StrEnum):
    """How party and location become known."""

    STAGED = "staged"
    PUBLIC = "public"
    """Everybody reads them on the panel once the run is live."""


class RunPing(StrEnum):
    """How the raiders of a run are called."""

    MENTIONS = "mentions"
    ROLE = "role"
    """By a role that the run has to itself while it goes on."""


class Roster(StrEnum):
    """Who may read who is in a run."""

    STAFF = "staff"
    ALL = "all"


class Asked(StrEnum):
    """How much something is asked for."""

    REQUIRED = "required"
    ASKED = "asked"
    OFF = "off"


class Switch(StrEnum):
    """On or off."""

    ON = "on"
    OFF = "off"


class NicknameFormat(StrEnum):
    """What the nicknames of verified raiders say."""

    MAIN_AND_ALTS = "main_and_alts"
    MAIN = "main"
    UNTOUCHED = "untouched"


AUTO_END_MINUTES = Setting(
    "auto_end_minutes",
    "A live run ends by itself this long after its leader last did something.",
    Whole("minutes", 1, 1440),
    120,
)
OPEN_MINUTES = Setting(
    "open_minutes", "A run that nobody starts is cancelled after this long.", Whole("minutes", 1, 1440), 60
)
PING_AT_OPEN = Setting(
    "ping_at_open", "Whom a new run calls.", OneOf(PingPolicy), PingPolicy.DUNGEON_ROLE, per_dungeon=True
)
PING_AT_START = Setting(
    "ping_at_start",
    "Whom a start calls besides those who joined.",
    OneOf(PingPolicy),
    PingPolicy.NONE,
    per_dungeon=True,
)
HERE_PAUSE_MINUTES = Setting(
    "here_pause_minutes",
    "@here is used at most once in this time; 0 leaves it unlimited.",
    Whole("minutes", 0, 1440),
    10,
)
START_NEEDS = Setting(
    "start_needs",
    "What a run must have before it can start.",
    OneOf(StartNeeds),
    StartNeeds.CATALOGUE,
    per_dungeon=True,
)
LOCATION = Setting(
    "location",
    "Whether party and location become known stage by stage, or to everybody at the start.",
    OneOf(LocationPolicy),
    LocationPolicy.STAGED,
    per_dungeon=True,
)
KEY_REVEAL = Setting(
    "key_reveal",
    "Who lets key holders see party and location early: the organizer by Accept, or the line by itself.",
    OneOf(KeyReveal),
    KeyReveal.EXALTS,
    per_dungeon=True,
)
KEY_CAP = Setting(
    "key_cap",
    "How many holders of one kind of key see party and location early.",
    WholeOrCatalogue(Whole("holders", 0, 99)),
    Catalogue.CATALOGUE,
    per_dungeon=True,
)
NEEDED = Setting(
    "needed",
    "How many of which key, class or item a run needs, where that is not as the catalogue says.",
    NeedsOrCatalogue(),
    Catalogue.CATALOGUE,
    per_dungeon=True,
)
WANTS_SEE_EARLY = Setting(
    "wants_see_early",
    "Whether those who bring what a dungeon wants may see party and location before the others.",
    OneOf(Switch),
    Switch.ON,
    per_dungeon=True,
)
NO_POP_MARKS = Setting(
    "no_pop_marks",
    "So many keys offered and not popped in 30 days, and a member's offers are no longer accepted by themselves.",
    Whole("marks", 1, 99),
    3,
)
CALLED_SECONDS = Setting(
    "called_seconds",
    "How long a raider who moves up in a live run has to say that they are here.",
    Whole("seconds", 15, 600),
    60,
)
ROSTER = Setting(
    "roster",
    "Who may read who is in a run; where it is staff, pings vanish soon.",
    OneOf(Roster),
    Roster.STAFF,
)
RUN_PING = Setting(
    "run_ping",
    "Whether raiders are called by mentions, or by a role of the run's own, which Discord is slow to give.",
    OneOf(RunPing),
    RunPing.MENTIONS,
)
O3_SCREENSHOT = Setting(
    "o3_screenshot", "Whether Oryx 3 needs a screenshot before it starts.", OneOf(Asked), Asked.REQUIRED
)
FAILED_RAIDERS_PERCENT = Setting(
    "failed_raiders_percent",
    "The share of a completion that raiders are paid for a failed pop.",
    Whole("percent", 0, 100),
    0,
)
FAILED_LEADER_PERCENT = Setting(
    "failed_leader_percent",
    "The share that the leader is paid for a failed pop.",
    Whole("percent", 0, 100),
    50,
)
ASSIST_PERCENT = Setting(
    "assist_percent",
    "The share of what the leader is paid for a pop that each co-leader is paid.",
    Whole("percent", 0, 100),
    50,
)
SELF_CREDIT_CAP = Setting(
    "self_credit_cap",
    "How many runs and keys an organizer may credit to themselves a day before an officer has to confirm.",
    Whole("entries", 0, 99),
    5,
)
NICKNAME = Setting(
    "nickname",
    "What the nicknames of verified raiders say; symbols and [words] in front stay.",
    OneOf(NicknameFormat),
    NicknameFormat.MAIN_AND_ALTS,
)

SETTINGS: dict[str, Setting[Any]] = {
    one.key: one
    for one in (
        AUTO_END_MINUTES,
        OPEN_MINUTES,
        PING_AT_OPEN,
        PING_AT_START,
        HERE_PAUSE_MINUTES,
        START_NEEDS,
        LOCATION,
        KEY_REVEAL,
        KEY_CAP,
        NEEDED,
        WANTS_SEE_EARLY,
        NO_POP_MARKS,
        CALLED_SECONDS,
        ROSTER,
        RUN_PING,
        O3_SCREENSHOT,
        FAILED_RAIDERS_PERCENT,
        FAILED_LEADER_PERCENT,
        ASSIST_PERCENT,
        SELF_CREDIT_CAP,
        NICKNAME,
    )
}
"""Every setting by its key, in the order in which they are listed."""


@dataclass(frozen=True)
class Settings:
    """What a guild has set, read through the declarations."""

    texts: Mapping[str, str]
    """What differs from the default, as it is stored."""

    def get(self, setting: Setting[Value], dungeon: str | None = None) -> Value:
        """Return the value of a dungeon, else the guild's. What no longer fits the limits counts as not set."""
        own = self._read(setting, setting.stored_key(dungeon)) if dungeon and setting.per_dungeon else None
        value = self._read(setting, setting.key) if own is None else own
        return setting.default if value is None else value

    def dungeons_with(self, setting: Setting[Any]) -> list[str]:
        """Return the dungeons that have a value of their own, sorted."""
        head = setting.stored_key("")
        return sorted(key.removeprefix(head) for key in self.texts if key.startswith(head))

    def _read(self, setting: Setting[Value], key: str) -> Value | None:
        text = self.texts.get(key)
        return None if text is None else setting.kind.read(text)


class SettingShown(msgspec.Struct, frozen=True, kw_only=True):
    """A setting as members read it."""

    key: str
    about: str
    limits: str
    value: str
    default: str
    dungeons: dict[str, str] = {}
    """What dungeons have instead, by the dungeon's key."""

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


class WrongChannel(Refusal):
    """That channel is of a kind that cannot be used for this; the sentence says why, and what to choose."""

    status = 400


class UnsafeRole(Refusal):
    """That role must not be used for this; the sentence says why, and what to choose."""

    status = 400


class NotPerDungeon(Refusal):
    """That cannot differ between dungeons."""

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
