"""The endpoints of deeds."""

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import ChannelId, MessageId


class ReadSecret(msgspec.Struct, frozen=True):
    """Read what seals are made with. The first who asks lets it be made."""


class Secret(msgspec.Struct, frozen=True):
    """What seals are made with."""

    secret: str
    """Digits in the base of 16."""


class NoteMessage(msgspec.Struct, frozen=True):
    """Tell that a message is ours which is neither kept drawn nor a notice. Told twice, it counts once."""

    channel_id: ChannelId
    message_id: MessageId


class Noted(msgspec.Struct, frozen=True):
    """Whether it was new."""

    new: bool


read_secret = Endpoint("GET", "/deeds/secret", None, ReadSecret, Secret)
note_message = Endpoint("POST", "/deeds/messages", None, NoteMessage, Noted)
