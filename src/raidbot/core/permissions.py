"""Discord's permissions by the names that its settings show. docs: Permissions, Bitwise Permission Flags."""

from collections.abc import Iterable
from enum import IntFlag


class Permission(IntFlag):
    """What Discord lets somebody do."""

    CREATE_INVITE = 1 << 0
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_SERVER = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    PRIORITY_SPEAKER = 1 << 8
    VIDEO = 1 << 9
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    VIEW_SERVER_INSIGHTS = 1 << 19
    CONNECT = 1 << 20
    SPEAK = 1 << 21
    MUTE_MEMBERS = 1 << 22
    DEAFEN_MEMBERS = 1 << 23
    MOVE_MEMBERS = 1 << 24
    USE_VOICE_ACTIVITY = 1 << 25
    CHANGE_NICKNAME = 1 << 26
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    MANAGE_EXPRESSIONS = 1 << 30
    USE_APPLICATION_COMMANDS = 1 << 31
    REQUEST_TO_SPEAK = 1 << 32
    MANAGE_EVENTS = 1 << 33
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    USE_EXTERNAL_STICKERS = 1 << 37
    SEND_MESSAGES_IN_THREADS = 1 << 38
    USE_ACTIVITIES = 1 << 39
    TIMEOUT_MEMBERS = 1 << 40
    CREATE_EXPRESSIONS = 1 << 43
    CREATE_EVENTS = 1 << 44
    PIN_MESSAGES = 1 << 51

    @property
    def label(self) -> str:
        """How Discord's settings call it: `Send Messages in Threads`."""
        return (self.name or "").replace("_", " ").title().replace(" In ", " in ").replace("Tts", "TTS")


EVERYTHING = (1 << 63) - 1
"""Whatever there is, as Administrator grants it."""

DANGEROUS = (
    Permission.ADMINISTRATOR
    | Permission.MANAGE_SERVER
    | Permission.MANAGE_ROLES
    | Permission.MANAGE_CHANNELS
    | Permission.MANAGE_WEBHOOKS
    | Permission.MANAGE_MESSAGES
    | Permission.MANAGE_NICKNAMES
    | Permission.MANAGE_THREADS
    | Permission.MANAGE_EXPRESSIONS
    | Permission.MANAGE_EVENTS
    | Permission.KICK_MEMBERS
    | Permission.BAN_MEMBERS
    | Permission.TIMEOUT_MEMBERS
    | Permission.MENTION_EVERYONE
    | Permission.MUTE_MEMBERS
    | Permission.DEAFEN_MEMBERS
    | Permission.MOVE_MEMBERS
    | Permission.VIEW_AUDIT_LOG
)
"""What harms others in the wrong hands: no role that many may get should carry it."""


def labels(granted: int) -> list[str]:
    """Return what is granted, by the names that Discord's settings show, in the order of their bits."""
    return [one.label for one in Permission if granted & one]


def together(permissions: Iterable[Permission]) -> Permission:
    """Return permissions as one."""
    found = Permission(0)
    for one in permissions:
        found |= one
    return found
