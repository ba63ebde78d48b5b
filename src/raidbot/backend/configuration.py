"""What the whole configuration of a guild is made of: features declare sections, and one file holds them all."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import msgspec

from raidbot.core.authors import Author
from raidbot.core.guilds import ChannelSeen, RoleSeen
from raidbot.core.ids import ChannelId, GuildId, RoleId
from raidbot.database.transaction import Transaction


class Holds(StrEnum):
    """What the values of a section are."""

    ROLES = "roles"
    CHANNELS = "channels"
    TEXTS = "texts"


class There(msgspec.Struct, frozen=True):
    """What a guild has in Discord, so that a file names nothing that is not there."""

    guild_id: GuildId
    roles: list[RoleSeen]
    channels: list[ChannelSeen]
    """All of them, of whatever kind."""
    bot_height: tuple[int, int] | None = None
    """How high the bot's highest role stands; None where that is not known."""

    def role(self, role_id: RoleId) -> RoleSeen | None:
        """Return a role, or None."""
        return next((one for one in self.roles if one.id == role_id), None)

    def channel(self, channel_id: ChannelId) -> ChannelSeen | None:
        """Return a channel, or None."""
        return next((one for one in self.channels if one.id == channel_id), None)


Entries: TypeAlias = dict[str, str]
"""Values by their names. A name of two parts has a slash: `shatters/start_needs`."""


def stand_alone(values: Mapping[str, str]) -> None:
    """Find nothing wrong with values that have nothing to do with each other."""
    del values


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a guild's configuration."""

    name: str
    about: str
    """One line above it in the file."""
    holds: Holds
    read: Callable[[Transaction, GuildId], Awaitable[Entries]]
    """Returns what is set, defaults left out."""
    check: Callable[[str, str, There], str]
    """Returns a value as it is stored, given its name; raises a `Refusal` that says what may stand there."""
    write: Callable[[Transaction, Author, Mapping[str, str | None]], Awaitable[None]]
    """Sets what is given and clears what is None, with old and new on record."""
    fits: Callable[[Mapping[str, str]], None] = stand_alone
    """Looks at all values of a file together; raises a `Refusal` that says what is missing."""


sections: dict[str, Section] = {}
"""Every section by its name, in the order of the file."""


def section(one: Section) -> Section:
    """Let a section be exported and imported with all others.

    Raises:
        ValueError: two sections have the same name.
    """
    if one.name in sections:
        raise ValueError(f"two sections are called {one.name}")
    sections[one.name] = one
    return one
