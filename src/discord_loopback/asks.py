"""What the calls of the hands are told. Ids are texts or numbers on the wire; a key that means nothing is refused."""

from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta

from discord_loopback.server_file import ServerFile

Id: TypeAlias = Annotated[int, Meta(ge=0, title="id")]
Seconds: TypeAlias = Annotated[float, Meta(ge=0, le=60)]
Until: TypeAlias = Literal["none", "first", "answered"]
GatewayFault: TypeAlias = Literal["closed", "cut", "deaf", "heartbeat", "invalid", "reconnect", "resumable"]
Scope: TypeAlias = Literal["user", "global", "shared"]


class Ask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Nothing in particular."""


class By(Ask, frozen=True, kw_only=True):
    """Who acts or looks."""

    user: Id = msgspec.field(name="as")


class Opening(By, frozen=True, kw_only=True):
    """What opens an interaction; `wait` says how far it must have come before the answer."""

    wait: Until = "none"
    timeout: Seconds = 10.0


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A file from a member's machine."""

    filename: str
    base64: str
    content_type: str | None = None


# Looking


class InGuild(By, frozen=True, kw_only=True):
    """A member and a guild."""

    guild_id: Id


class InChannel(By, frozen=True, kw_only=True):
    """A member and a channel, thread or DM."""

    channel_id: Id


class OfMessage(By, frozen=True, kw_only=True):
    """A member and a message."""

    message_id: Id


class Messages(InChannel, frozen=True, kw_only=True):
    """How many of the latest messages."""

    limit: Annotated[int, Meta(ge=1, le=1000)] = 50


class Dms(By, frozen=True, kw_only=True):
    """How many of the latest messages between a member and the bot."""

    limit: Annotated[int, Meta(ge=1, le=1000)] = 50


class OfInteraction(Ask, frozen=True, kw_only=True):
    """An interaction."""

    interaction_id: Id


class Wait(OfInteraction, frozen=True, kw_only=True):
    """How far an interaction must have come."""

    until: Until = "answered"
    timeout: Seconds = 10.0


class WaitFor(By, frozen=True, kw_only=True):
    """What the message must look like: all that is named must fit. Without a channel, the DM with the bot is meant."""

    channel_id: Id | None = None
    text: list[str] = []
    without: list[str] = []
    button: str | None = None
    embed: str | None = None
    message_id: Id | None = None
    after: Id = 0
    timeout: Seconds = 10.0


class WaitForPing(Ask, frozen=True, kw_only=True):
    """Who is to be pinged, where, and by a message younger than which."""

    user: Id
    channel_id: Id | None = None
    after: Id = 0
    timeout: Seconds = 10.0


class Pings(Ask, frozen=True, kw_only=True):
    """Whose pings."""

    user: Id


class Pinged(Ask, frozen=True, kw_only=True):
    """Of which message."""

    message_id: Id


# Acting


class Command(Opening, frozen=True, kw_only=True):
    """A slash command with its options; subcommands are words of the name, files are given as such."""

    channel_id: Id
    name: str
    options: dict[str, Any] = {}
    guild_id: Id | None = None


class Autocomplete(Command, frozen=True, kw_only=True):
    """Which option is being typed."""

    focused: str


class UserCommand(Opening, frozen=True, kw_only=True):
    """A command in the menu of a member."""

    channel_id: Id
    name: str
    target_id: Id


class MessageCommand(Opening, frozen=True, kw_only=True):
    """A command in the menu of a message."""

    message_id: Id
    name: str


class Click(Opening, frozen=True, kw_only=True):
    """A button."""

    message_id: Id
    custom_id: str


class Select(Click, frozen=True, kw_only=True):
    """A menu of any kind, and what is chosen: values, or ids."""

    values: list[str]


class Submit(Opening, frozen=True, kw_only=True):
    """The form that an interaction opened, by the custom ids of its fields."""

    interaction_id: Id
    values: dict[str, Any] = {}


class Dm(By, frozen=True, kw_only=True):
    """A message to the bot."""

    content: str = ""
    files: list[File] = []


class Say(Dm, frozen=True, kw_only=True):
    """A message, or a reply that pings unless told otherwise."""

    channel_id: Id
    reply_to: Id | None = None
    ping: bool = True


class Edit(OfMessage, frozen=True, kw_only=True):
    """What the message says from now on."""

    content: str


class React(OfMessage, frozen=True, kw_only=True):
    """An emoji as it is, or `name:id`."""

    emoji: Annotated[str, Meta(min_length=1, max_length=100)]


class OpenThread(InChannel, frozen=True, kw_only=True):
    """From which message if from one, under which name."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    message_id: Id | None = None
    private: bool = False
    auto_archive_duration: Literal[60, 1440, 4320, 10080] = 1440


class CloseDms(By, frozen=True, kw_only=True):
    """Closed, or open again."""

    closed: bool = True


# Moderating


class OnMember(InGuild, frozen=True, kw_only=True):
    """Whom a moderator means, and why."""

    user_id: Id
    reason: Annotated[str, Meta(max_length=512)] | None = None


class ChangeRoles(OnMember, frozen=True, kw_only=True):
    """The roles that the member has from now on."""

    roles: list[Id]


class Nickname(OnMember, frozen=True, kw_only=True):
    """The nickname, or nothing to take it away. docs: Guild, Modify Guild Member: up to 32 characters."""

    nick: Annotated[str, Meta(max_length=32)] | None = None


class Timeout(OnMember, frozen=True, kw_only=True):
    """For how long; 0 ends a timeout. docs: Guild, Modify Guild Member: up to 28 days."""

    seconds: Annotated[float, Meta(ge=0, le=28 * 86_400)]


class Ban(OnMember, frozen=True, kw_only=True):
    """How far back messages are deleted too. docs: Guild, Create Guild Ban: up to 7 days."""

    delete_message_seconds: Annotated[int, Meta(ge=0, le=7 * 86_400)] = 0


class Prune(InGuild, frozen=True, kw_only=True):
    """Who is put out: members not seen for so many days, with no role but these. docs: Guild, Begin Guild Prune."""

    days: Annotated[int, Meta(ge=1, le=30)] = 7
    include_roles: list[Id] = []
    reason: Annotated[str, Meta(max_length=512)] | None = None


class Automod(Ask, frozen=True, kw_only=True):
    """Whom a rule of AutoMod times out, and for how long. docs: Auto Moderation, Action Metadata: up to 28 days."""

    guild_id: Id
    user_id: Id
    rule: Annotated[str, Meta(min_length=1, max_length=100)] = "Spam"
    seconds: Annotated[float, Meta(ge=1, le=28 * 86_400)]
    channel_id: Id | None = None


class DeleteRole(InGuild, frozen=True, kw_only=True):
    """Which role."""

    role_id: Id


class Permit(InChannel, frozen=True, kw_only=True):
    """All overwrites of the channel, in Discord's JSON."""

    overwrites: list[dict[str, Any]]


class ChangeChannel(InChannel, frozen=True, kw_only=True):
    """What of the channel or thread changes; `archived` and `locked` are for threads."""

    name: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    topic: Annotated[str, Meta(max_length=1024)] | None = None
    slowmode: Annotated[int, Meta(ge=0, le=21_600)] | None = None
    archived: bool | None = None
    locked: bool | None = None


# Setting the scene


class FoundGuild(Ask, frozen=True, kw_only=True):
    """What is in it, as a server file says it. Members who are in another guild keep their account."""

    server: ServerFile


class OfGuild(Ask, frozen=True, kw_only=True):
    """Which guild."""

    guild_id: Id


class BringBack(OfGuild, frozen=True, kw_only=True):
    """With which permissions the bot is invited, and whether its role is dragged to the top afterwards."""

    permissions: list[str]
    dragged_up: bool = True


class Outage(OfGuild, frozen=True, kw_only=True):
    """Whether it begins or is over."""

    over: bool = False


class SetRoles(Ask, frozen=True, kw_only=True):
    """Whose roles, and which."""

    guild_id: Id
    user_id: Id
    roles: list[Id]


class EditChannel(Ask, frozen=True, kw_only=True):
    """A name, a slow mode, overwrites in Discord's JSON, or that it is deleted."""

    channel_id: Id
    name: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    overwrites: list[dict[str, Any]] | None = None
    slowmode: Annotated[int, Meta(ge=0, le=21_600)] | None = None
    delete: bool = False


class Shift(Ask, frozen=True, kw_only=True):
    """Seconds that all clocks run further ahead."""

    shift: float = 0.0


class Log(Ask, frozen=True, kw_only=True):
    """The number of the last request that is known already."""

    after: int = 0


class Slow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Requests that take longer; `times` counts down, without it this lasts."""

    route: str
    ms: Annotated[float, Meta(ge=0)]
    times: Annotated[int, Meta(ge=1)] | None = None


class Fail(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Requests that fail: with a status, or with the error of Discord's that has a code."""

    route: str
    status: Annotated[int, Meta(ge=400, le=599)] = 500
    code: Annotated[int, Meta(ge=1)] | None = None
    times: Annotated[int, Meta(ge=1)] | None = 1


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Requests that are answered with 429."""

    route: str
    scope: Scope = "user"
    retry_after: Annotated[float, Meta(ge=0)] = 1.0
    code: Annotated[int, Meta(ge=1)] | None = None
    times: Annotated[int, Meta(ge=1)] | None = 1


class SetFaults(Ask, frozen=True, kw_only=True):
    """What goes wrong from now on; what is not named stays as it is. A route is `PATCH /channels/*/messages/*`."""

    latency_ms: Annotated[float, Meta(ge=0)] | None = None
    slow: list[Slow] | None = None
    fail: list[Fail] | None = None
    limit: list[Limit] | None = None
    cdn_ms: Annotated[float, Meta(ge=0)] | None = None
    drop_events: Annotated[int, Meta(ge=0)] | None = None
    double_events: Annotated[int, Meta(ge=0)] | None = None
    reorder_events: Annotated[int, Meta(ge=0)] | None = None
    invalid_requests: Annotated[int, Meta(ge=1)] | None = None
    gateway: GatewayFault | None = None
    seconds: Seconds = 5.0
