"""The nouns of deeds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from raidbot.core.ids import ChannelId, GuildId, MessageId, RoleId, Snowflake, UserId

KEPT = timedelta(days=30)
"""How long the record knows a message as ours; notices are forgotten then too."""

ROLE_ADDED, ROLE_REMOVED = "$add", "$remove"
KICKED, BANNED, UNBANNED, ROLES_CHANGED = 20, 22, 23, 25
"""docs: Audit Log, Audit Log Events and Change Exceptions."""

THREAD_CHANGED = 111

WAKES_WITHIN = timedelta(seconds=5)
"""So near to each other are a message in an archived thread and the entry that the thread is back. To confirm."""

EPOCH_MS, TIME_BITS = 1_420_070_400_000, 22
"""docs: API Reference, Snowflakes."""


def moment_of(snowflake: int) -> datetime:
    """Return when Discord gave an id."""
    return datetime.fromtimestamp(((snowflake >> TIME_BITS) + EPOCH_MS) / 1000, UTC)


def first_of(moment: datetime) -> Snowflake:
    """Return the smallest id that Discord gives at a moment."""
    return Snowflake((int(moment.timestamp() * 1000) - EPOCH_MS) << TIME_BITS)


class Secret(msgspec.Struct, frozen=True):
    """What seals are made with, and since when they are."""

    secret: bytes
    made_at: datetime


class Mapped(msgspec.Struct, frozen=True):
    """A channel, and what a guild has mapped it to."""

    key: str
    channel_id: ChannelId


class Name(msgspec.Struct, frozen=True):
    """A name that the record knows, and whether its owner is verified."""

    user_id: UserId
    ign: str
    verified: bool


class Change(msgspec.Struct, frozen=True):
    """What an entry of the audit log says that changed, as Discord words it."""

    key: str
    old_value: Any = None
    new_value: Any = None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the audit log: who did what to whom."""

    guild_id: GuildId
    id: Snowflake
    action: int
    by: UserId | None
    target: Snowflake | None
    changes: tuple[Change, ...] = ()
    reason: str = ""

    @property
    def at(self) -> datetime:
        """When it was done."""
        return moment_of(self.id)


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """That a member holds a role, or that an account is banned."""

    guild_id: GuildId
    user_id: UserId
    role_id: RoleId | None
    """The role; None: the ban."""


class TakeBack(msgspec.Struct, frozen=True, kw_only=True):
    """What puts right what a thief did."""

    hold: Hold
    wanted: bool
    """Whether it was so before."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message that the bot's account wrote."""

    guild_id: GuildId
    channel_id: ChannelId
    id: MessageId
    text: str

    @property
    def at(self) -> datetime:
        """When it was written."""
        return moment_of(self.id)
