"""A guild as the bot sees it at one moment: what rules about roles, channels and permissions are decided on."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from raidbot.core.ids import ChannelId, GuildId, RoleId, Snowflake, UserId
from raidbot.core.permissions import EVERYTHING, Permission


class RoleSeen(msgspec.Struct, frozen=True):
    """A role."""

    id: RoleId
    name: str
    position: int = 0
    permissions: int = 0
    managed: bool = False
    """Whether Discord or an integration alone may give it."""
    mentionable: bool = False
    """Whether everybody may call it."""

    @property
    def height(self) -> tuple[int, int]:
        """A value that is larger for a higher role; of two in one place the older stands higher."""
        return (self.position, -int(self.id))


class RoleInPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A role beside what decides whether handing it out does harm."""

    role: RoleSeen
    everyone_may: int
    """What @everyone may do in the guild."""
    is_below_bot: bool
    """Whether the bot can give it."""

    @property
    def gives(self) -> int:
        """What whoever gets it may do beyond what everybody may."""
        return self.role.permissions & ~self.everyone_may


class OverwriteSeen(msgspec.Struct, frozen=True):
    """What a channel allows or denies a role or member."""

    target: Snowflake
    allow: int = 0
    deny: int = 0


class ChannelKind(StrEnum):
    """What kind of channel it is."""

    TEXT = "text"
    ANNOUNCEMENT = "announcement"
    VOICE = "voice"
    STAGE = "stage"
    FORUM = "forum"
    """A media channel too: every message needs a thread with a title."""
    CATEGORY = "category"
    OTHER = "other"
    """A kind that Discord has made since."""


KINDS = {
    0: ChannelKind.TEXT,
    2: ChannelKind.VOICE,
    4: ChannelKind.CATEGORY,
    5: ChannelKind.ANNOUNCEMENT,
    13: ChannelKind.STAGE,
    15: ChannelKind.FORUM,
    16: ChannelKind.FORUM,
}
"""docs: Channel, Channel Types."""

FOR_MESSAGES = frozenset({ChannelKind.TEXT, ChannelKind.ANNOUNCEMENT})
"""Where the bot posts: messages stand there for everybody to read, and threads can be started from them."""


class ChannelSeen(msgspec.Struct, frozen=True):
    """A channel or category."""

    id: ChannelId
    name: str
    overwrites: list[OverwriteSeen] = []
    kind: ChannelKind = ChannelKind.TEXT

    @property
    def takes_messages(self) -> bool:
        """Whether the bot can work there at all."""
        return self.kind in FOR_MESSAGES

    @property
    def takes_private_threads(self) -> bool:
        """Whether a private thread can be opened there. docs: Threads, Thread Types."""
        return self.kind is ChannelKind.TEXT


class GuildSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A guild at one moment."""

    id: GuildId
    roles: list[RoleSeen]
    """With @everyone, whose id is the guild's."""
    channels: list[ChannelSeen]
    bot_id: UserId
    bot_role_ids: list[RoleId]
    application_flags: int = 0
    """What Discord says of the application; 0 where it said nothing."""

    def role(self, role_id: RoleId | None) -> RoleSeen | None:
        """Return a role, or None."""
        return next((one for one in self.roles if one.id == role_id), None)

    def channel(self, channel_id: ChannelId | None) -> ChannelSeen | None:
        """Return a channel in which the bot can post, or None."""
        return next((one for one in self.channels if one.id == channel_id and one.takes_messages), None)

    def misfit(self, channel_id: ChannelId | None) -> ChannelSeen | None:
        """Return a channel or category in which nobody can post as the bot does, or None."""
        return next((one for one in self.channels if one.id == channel_id and not one.takes_messages), None)

    @property
    def bot_permissions(self) -> int:
        """What the bot may do in the guild, before any channel has a say."""
        return self._base(self.bot_role_ids)

    @property
    def bot_height(self) -> tuple[int, int]:
        """How high the bot's highest role stands."""
        return max((one.height for one in self.roles if one.id in self.bot_role_ids), default=(0, 0))

    def bot_may(self, channel: ChannelSeen) -> int:
        """Return what the bot may do in a channel."""
        return self._within(channel, self.bot_role_ids, self.bot_id)

    def holders_may(self, channel: ChannelSeen, role_ids: Iterable[RoleId] = ()) -> int:
        """Return what a member with these roles may do in a channel; with none: what everybody may."""
        return self._within(channel, list(role_ids), None)

    def _base(self, role_ids: list[RoleId]) -> int:
        granted = 0
        for one in self.roles:
            if int(one.id) == int(self.id) or one.id in role_ids:
                granted |= one.permissions
        return EVERYTHING if granted & Permission.ADMINISTRATOR else granted

    def _within(self, channel: ChannelSeen, role_ids: list[RoleId], member: UserId | None) -> int:
        """Apply a channel's overwrites in Discord's order. docs: Permissions, Permission Overwrites."""
        granted = self._base(role_ids)
        if granted == EVERYTHING:
            return granted
        named = {int(one.target): one for one in channel.overwrites}
        if everyone := named.get(int(self.id)):
            granted = granted & ~everyone.deny | everyone.allow
        held = [named[int(one)] for one in role_ids if int(one) in named]
        for one in held:
            granted &= ~one.deny
        for one in held:
            granted |= one.allow
        if member is not None and (own := named.get(int(member))):
            granted = granted & ~own.deny | own.allow
        return granted if granted & Permission.VIEW_CHANNEL else 0
