"""The endpoints of changes by hand."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import GuildId, RoleId, Snowflake, UserId
from raidbot.core.ranks import Rank
from raidbot.features.hands.model import Hand, HandId

Nickname = Annotated[str, msgspec.Meta(max_length=32)]


class NoteHand(msgspec.Struct, frozen=True, kw_only=True):
    """Tell what the audit log says of a member. Told twice, it counts once."""

    guild_id: GuildId
    entry_id: Snowflake
    user_id: UserId
    by: UserId
    gained: Annotated[list[RoleId], msgspec.Meta(max_length=250)] = []
    lost: Annotated[list[RoleId], msgspec.Meta(max_length=250)] = []
    old_nickname: Nickname = ""
    new_nickname: Nickname | None = None
    """Null: it did not change."""


class NoteMissed(msgspec.Struct, frozen=True, kw_only=True):
    """Tell what still stands of all that was changed while nobody listened, and how far the audit log was read."""

    guild_id: GuildId
    changes: Annotated[list[NoteHand], msgspec.Meta(max_length=1000)]
    place: Snowflake


class FindPlace(msgspec.Struct, frozen=True):
    """Read how far the audit log was read."""

    guild_id: GuildId


class Place(msgspec.Struct, frozen=True):
    """An entry of the audit log."""

    entry_id: Snowflake | None


class Noted(msgspec.Struct, frozen=True):
    """What was against the record."""

    hands: list[HandId]


class OfHand(msgspec.Struct, frozen=True):
    """Name a change by hand."""

    guild_id: GuildId
    hand_id: HandId


class RecordHand(OfHand, frozen=True):
    """Let the record say what somebody did by hand, once."""


class PutHandBack(OfHand, frozen=True):
    """Let Discord show the record again, once."""


HANDS = "/guilds/{guild_id}/hands"
note_hand = Endpoint("POST", HANDS, None, NoteHand, Noted)
note_missed = Endpoint("POST", HANDS + "/missed", None, NoteMissed, Noted)
find_place = Endpoint("GET", HANDS + "/place", None, FindPlace, Place)
record_hand = Endpoint("POST", HANDS + "/{hand_id}/record", Rank.SECURITY, RecordHand, Hand)
put_hand_back = Endpoint("POST", HANDS + "/{hand_id}/put-back", Rank.SECURITY, PutHandBack, Hand)
