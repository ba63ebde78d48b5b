"""What is looked at in a guild to tell whether the bot can do its work there. Features add to it; one page shows it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from raidbot.core.guilds import GuildSeen
from raidbot.core.ids import ChannelId, RoleId
from raidbot.core.permissions import Permission

EVERY_CHANNEL = frozenset[str]({"*"})
"""All channels that are mapped, whatever to."""


@dataclass(frozen=True, slots=True)
class Need:
    """A permission that a feature uses."""

    permission: Permission
    reason: str
    """What for, as the operator reads it."""
    channels: frozenset[str] = frozenset()
    """In which mapped channels, by their keys; none: in the whole server."""
    crucial: bool = True
    """Whether the feature fails without it; else only something of it is left out."""

    def counts_in(self, key: str) -> bool:
        """Tell whether it is needed in the channel that is mapped to `key`."""
        return self.channels is EVERY_CHANNEL or key in self.channels


needs: list[Need] = []
"""What all features use, filled as their models are loaded."""


def uses(permission: Permission, reason: str, *channels: str, crucial: bool = True) -> None:
    """Say that a feature uses a permission: in some mapped channels, or without any in the whole server."""
    needs.append(Need(permission, reason, frozenset(channels), crucial))


def uses_everywhere(permission: Permission, reason: str) -> None:
    """Say that a permission is used in every mapped channel."""
    needs.append(Need(permission, reason, EVERY_CHANNEL))


MEMBERS, MEMBERS_LIMITED = 1 << 14, 1 << 15
CONTENT, CONTENT_LIMITED = 1 << 18, 1 << 19
INTENTS = {"Server Members": MEMBERS | MEMBERS_LIMITED, "Message Content": CONTENT | CONTENT_LIMITED}
"""The intents that are switched on by hand, with the flags of an application that may use them.

docs: Application Resource, Application Flags
"""


def missing_intents(flags: int) -> list[str]:
    """Return which intents an application lacks; none where Discord does not tell."""
    return [name for name, bits in INTENTS.items() if flags and not flags & bits]


class Level(StrEnum):
    """How much a finding matters."""

    PROBLEM = "problem"
    HINT = "hint"
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, and how it is mended."""

    level: Level
    text: str
    fix: str = ""
    """The command or the setting of Discord that mends it; empty where nothing needs mending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """What a guild has configured, as checks see it. Keys of roles, channels and settings are their words."""

    roles: Mapping[str, RoleId] = field(default_factory=dict[str, RoleId])
    channels: Mapping[str, ChannelId] = field(default_factory=dict[str, ChannelId])
    dungeon_roles: Mapping[str, RoleId] = field(default_factory=dict[str, RoleId])
    own_channels: Mapping[str, tuple[str, ChannelId]] = field(default_factory=dict[str, tuple[str, ChannelId]])
    """Channels that some dungeons have for themselves, by how members read it: instead of which key, and which."""
    own_roles: Mapping[str, RoleId] = field(default_factory=dict[str, RoleId])
    """Roles that may join some dungeons, by how members read it."""
    earned_roles: Mapping[RoleId, ChannelId | None] = field(default_factory=dict[RoleId, ChannelId | None])
    """Roles that members earn with a screenshot, and where they ask for each."""
    settings: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """The values that a setting has: the guild's, and those of its dungeons."""


Check: TypeAlias = Callable[[GuildSeen, Configured], Iterable[Finding]]

checks: list[Check] = []
"""Every check, filled as the rules of features are loaded."""


def check(look: Check) -> Check:
    """Let the decorated function be asked whenever a guild is looked over."""
    checks.append(look)
    return look


def label(key: str) -> str:
    """Return how members read the key of a role or channel: `Early Loc`."""
    return key.replace("_", " ").title()
