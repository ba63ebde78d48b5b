"""What a feature says about a message that is kept drawn: what it shows, where it stands, what if it cannot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

import discord

from raidbot.bot.backend import Backend
from raidbot.core.errors import Refusal
from raidbot.core.ids import ChannelId, GuildId, MessageId, RoleId, UserId


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that a message shows: run 41 of a guild."""

    guild_id: GuildId
    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A message as the record says it should look."""

    version: int
    """The version of the subject. A message never goes back to a smaller one."""
    view: discord.ui.LayoutView
    mark: str
    """A custom id that this message has and no other: by it a message of a crashed process is found."""
    wanted: bool = True
    """False: where it does not stand yet, it need not be posted any more."""
    final: bool = False
    """Whether it shows how its subject ended."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a message is posted, and whom its first posting pings."""

    channel_id: ChannelId
    ping: str = ""
    """Mentions, as they stand in the message."""
    here: bool = False
    role_ids: tuple[RoleId, ...] = field(default=())

    @property
    def mentions(self) -> discord.AllowedMentions:
        """Who is pinged: exactly these."""
        return discord.AllowedMentions(
            everyone=self.here, users=False, roles=[discord.Object(role) for role in self.role_ids]
        )


@dataclass(frozen=True, slots=True)
class Notice:
    """A message that pings somebody, and is not drawn again."""

    channel_id: ChannelId
    view: discord.ui.LayoutView
    nonce: str
    """Whatever is told twice within minutes under the same nonce stands there once."""
    mentions: discord.AllowedMentions
    """Who is pinged, whatever the text says."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A message with a picture that stays as a file of ours, and is not drawn again."""

    channel_id: ChannelId
    view: discord.ui.LayoutView
    """Shows the picture as `attachment://<filename>`."""
    filename: str
    data: bytes
    nonce: str
    """Whatever is kept twice within minutes under the same nonce stands there once."""


def only(user_id: UserId) -> discord.AllowedMentions:
    """Ping one member and nobody else."""
    return discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(user_id)])


@dataclass(frozen=True, slots=True)
class Versions:
    """How new a subject is."""

    newest: int
    urgent: int = 0
    """The version at which what matters most last changed: a message that shows less is drawn before others."""


class Panel(Protocol):
    """One kind of message that is kept drawn."""

    kind: str

    async def current(self, backend: Backend, guild_id: GuildId) -> Mapping[int, Versions]:
        """Return how new every subject is that should be shown now."""
        ...

    async def draw(self, backend: Backend, subject: Subject, ping: str = "") -> Drawing:
        """Read the record and return the message, with `ping` above it where it is posted for the first time."""
        ...

    async def spot(self, backend: Backend, subject: Subject) -> Spot | None:
        """Return where the message belongs; None: nowhere, and that is as wanted.

        Raises:
            Refusal: nowhere; the sentence says what an administrator has to do.
        """
        ...

    async def failed(self, backend: Backend, subject: Subject, why: str) -> None:
        """Undo what makes no sense without its message, which cannot be posted."""
        ...

    async def removed(self, backend: Backend, subject: Subject, channel_id: ChannelId) -> Notice | None:
        """Return who is told that the message was deleted again and stays away."""
        ...


class Spare:
    """A panel that may be missing: where it cannot be posted all stays as it is, and the comparison tries again."""

    async def failed(self, backend: Backend, subject: Subject, why: str) -> None:
        """Undo nothing."""

    async def removed(self, backend: Backend, subject: Subject, channel_id: ChannelId) -> Notice | None:  # noqa: ARG002
        """Tell nobody: whoever took it away was allowed to."""
        return None


panels: dict[str, Panel] = {}
"""Every kind, filled as the features are loaded."""

AnyPanel = TypeVar("AnyPanel", bound=Panel)


def panel(kind: type[AnyPanel]) -> type[AnyPanel]:
    """Keep messages of the decorated kind drawn."""
    panels[kind.kind] = kind()
    return kind


class NotPosted(Refusal):
    """The message could not be posted; the sentence says why and what to do."""


class Posted(Protocol):
    """What is on record about a message."""

    @property
    def channel_id(self) -> ChannelId: ...  # noqa: D102 - named

    @property
    def message_id(self) -> MessageId | None: ...  # noqa: D102 - named

    @property
    def drawn_version(self) -> int: ...  # noqa: D102 - named

    @property
    def deletions(self) -> int: ...  # noqa: D102 - named

    @property
    def attempted_at(self) -> datetime: ...  # noqa: D102 - named

    @property
    def subject_id(self) -> int: ...  # noqa: D102 - named


class Postings(Protocol):
    """The record of messages, wherever it is kept."""

    async def unfinished(self, guild_id: GuildId, kind: str) -> Sequence[Posted]:
        """Return the messages that may still have to be drawn."""
        ...

    async def find(self, subject: Subject) -> Posted | None:
        """Return one message, or None."""
        ...

    async def begin(self, subject: Subject, channel_id: ChannelId) -> Posted:
        """Write down that a message is about to be posted."""
        ...

    async def settle(self, subject: Subject, message_id: MessageId) -> Posted:
        """Write down which message it became; the answer holds the one that counts."""
        ...

    async def drew(self, subject: Subject, version: int, *, final: bool) -> Posted:
        """Write down what a message shows."""
        ...

    async def lost(self, subject: Subject, message_id: MessageId) -> Posted:
        """Write down that a message is gone."""
        ...

    async def said(self, channel_id: ChannelId, message_id: MessageId) -> None:
        """Write down that a message is ours which is not drawn again."""
        ...
