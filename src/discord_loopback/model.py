"""What a server consists of. Ids are numbers in here and texts on the wire."""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

TEXT, DM, VOICE, CATEGORY, ANNOUNCEMENT, STAGE, FORUM = 0, 1, 2, 4, 5, 13, 15
ANNOUNCEMENT_THREAD, PUBLIC_THREAD, PRIVATE_THREAD = 10, 11, 12
THREADS = (ANNOUNCEMENT_THREAD, PUBLIC_THREAD, PRIVATE_THREAD)
WRITABLE = (TEXT, DM, VOICE, ANNOUNCEMENT, STAGE, *THREADS)

CROSSPOSTED, SUPPRESS_EMBEDS, HAS_THREAD, EPHEMERAL, LOADING = 1 << 0, 1 << 2, 1 << 5, 1 << 6, 1 << 7
SILENT, COMPONENTS_V2 = 1 << 12, 1 << 15

DEFAULT, RECIPIENT_ADD, RECIPIENT_REMOVE, NAME_CHANGE, PINNED = 0, 1, 2, 4, 6
THREAD_CREATED, REPLY, CHAT_INPUT_COMMAND, THREAD_STARTER, CONTEXT_MENU_COMMAND = 18, 19, 20, 21, 23
SYSTEM = (RECIPIENT_ADD, RECIPIENT_REMOVE, NAME_CHANGE, PINNED, THREAD_CREATED, THREAD_STARTER)
"""Types of messages that Discord writes itself. docs: Message, Message Types."""


@dataclass(slots=True)
class User:
    """An account."""

    id: int
    name: str
    global_name: str | None = None
    bot: bool = False
    dms_closed: bool = False
    rendered: Json | None = None


@dataclass(slots=True)
class Role:
    """A role; the one with the guild's own id is @everyone."""

    id: int
    name: str
    color: int = 0
    permissions: int = 0
    position: int = 0
    hoist: bool = False
    managed: bool = False
    mentionable: bool = False
    bot_id: int | None = None


@dataclass(slots=True)
class Overwrite:
    """What a channel allows or denies a role (type 0) or a member (type 1)."""

    id: int
    type: int
    allow: int = 0
    deny: int = 0


@dataclass(slots=True)
class Member:
    """An account in a guild."""

    user: User
    joined_at: float
    roles: list[int] = field(default_factory=list[int])
    nick: str | None = None
    timeout_until: float | None = None
    mute: bool = False
    deaf: bool = False

    @property
    def name(self) -> str:
        """The name others read."""
        return self.nick or self.user.global_name or self.user.name


@dataclass(slots=True)
class Pings:
    """Whom a message notified."""

    users: set[int] = field(default_factory=set[int])
    roles: set[int] = field(default_factory=set[int])
    everyone: str | None = None


@dataclass(slots=True)
class Message:
    """A message; components and embeds are kept as they go over the wire."""

    id: int
    channel_id: int
    guild_id: int | None
    author_id: int
    created: float
    content: str = ""
    type: int = 0
    flags: int = 0
    tts: bool = False
    edited: float | None = None
    pinned_at: float | None = None
    embeds: list[Json] = field(default_factory=list[Json])
    components: list[Json] = field(default_factory=list[Json])
    attachments: list[Json] = field(default_factory=list[Json])
    reactions: dict[str, set[int]] = field(default_factory=dict[str, set[int]])
    reference: Json | None = None
    nonce: str | int | None = None
    metadata: Json | None = None
    mentions: list[int] = field(default_factory=list[int])
    mention_roles: list[int] = field(default_factory=list[int])
    mention_everyone: bool = False
    pings: Pings = field(default_factory=Pings)
    ephemeral_for: int | None = None
    interaction_id: int | None = None
    webhook_id: int | None = None
    author: Json | None = None
    signed_at: float = 0.0
    rendered: Json | None = None

    @property
    def system(self) -> bool:
        """Whether Discord wrote it, about something that happened."""
        return self.type in SYSTEM


@dataclass(slots=True)
class Thread:
    """What a thread has beyond a channel."""

    owner_id: int
    archive_timestamp: float
    created: float
    archived: bool = False
    locked: bool = False
    auto_archive_duration: int = 1440
    invitable: bool = True
    members: dict[int, float] = field(default_factory=dict[int, float])
    message_count: int = 0
    total_sent: int = 0
    active_at: float = 0.0


@dataclass(slots=True)
class Channel:
    """A channel of a guild, a thread, or a conversation with one member."""

    id: int
    type: int
    name: str = ""
    guild_id: int | None = None
    position: int = 0
    parent_id: int | None = None
    topic: str | None = None
    nsfw: bool = False
    slowmode: int = 0
    thread_slowmode: int = 0
    auto_archive: int | None = None
    last_pin: float | None = None
    overwrites: dict[int, Overwrite] = field(default_factory=dict[int, Overwrite])
    recipient_id: int | None = None
    thread: Thread | None = None
    messages: dict[int, Message] = field(default_factory=dict[int, Message])
    spoke_at: dict[int, float] = field(default_factory=dict[int, float])


@dataclass(slots=True)
class Webhook:
    """What lets anyone who knows its token post into a channel. docs: Webhook."""

    id: int
    channel_id: int
    guild_id: int
    name: str
    token: str
    user_id: int
    application_id: int | None = None


@dataclass(slots=True)
class Emoji:
    """A picture that the application may put into texts and on buttons. docs: Emoji, Application-Owned Emoji."""

    id: int
    name: str
    user_id: int
    animated: bool = False


@dataclass(slots=True)
class Guild:
    """A server."""

    id: int
    name: str
    owner_id: int
    created: float
    roles: dict[int, Role] = field(default_factory=dict[int, Role])
    channels: dict[int, Channel] = field(default_factory=dict[int, Channel])
    threads: dict[int, Channel] = field(default_factory=dict[int, Channel])
    members: dict[int, Member] = field(default_factory=dict[int, Member])
    bans: dict[int, str | None] = field(default_factory=dict[int, str | None])
    audit_log: list[Json] = field(default_factory=list[Json])
    founded: bool = False
    """Whether the bot was taken into it while the loopback ran: no file and no option tells of it."""
    unavailable: bool = False
    """Whether an outage of Discord's hides it from the application."""

    @property
    def everyone(self) -> Role:
        """The role that everyone has."""
        return self.roles[self.id]

    def ranked(self) -> list[Role]:
        """Return the roles from the lowest to the highest."""
        return sorted(self.roles.values(), key=lambda role: (role.position, -role.id))
