"""The endpoints of changes by hand."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import ChannelId, GuildId, RoleId, Snowflake, UserId
from raidbot.core.ranks import Rank
from raidbot.features.hands.model import Act, CrowdId, CrowdShown, Hand, HandId, HandShown

Nickname = Annotated[str, msgspec.Meta(max_length=32)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]

MOST_AT_ONCE = 2500
"""Changes that are told in one request: 500 of each of the five kinds of entries that are read after a gap."""


class NoteHand(msgspec.Struct, frozen=True, kw_only=True):
    """Tell what the audit log says of a member. Told twice, it counts once."""

    guild_id: GuildId
    entry_id: Snowflake
    user_id: UserId
    by: UserId
    by_bot: bool = False
    gained: Annotated[list[RoleId], msgspec.Meta(max_length=250)] = []
    lost: Annotated[list[RoleId], msgspec.Meta(max_length=250)] = []
    old_nickname: Nickname = ""
    new_nickname: Nickname | None = None
    """Null: it did not change."""
    timeout: bool = False
    """Whether a timeout changed; then the two below tell how."""
    until_at: Moment | None = None
    was_until: Moment | None = None
    out: Literal["kick", "ban", "unban"] | None = None
    reason: Annotated[str, msgspec.Meta(max_length=512)] = ""
    """docs: Audit Log, Audit Log Entry Structure: 1 to 512 characters."""
    at: Moment | None = None
    """When it was done. Null: now."""


class NoteMissed(msgspec.Struct, frozen=True, kw_only=True):
    """Tell what still stands of all that was changed while nobody listened, and how far the audit log was read."""

    guild_id: GuildId
    changes: Annotated[list[NoteHand], msgspec.Meta(max_length=MOST_AT_ONCE)]
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


class ShowHand(OfHand, frozen=True):
    """Read what the message of a change by hand shows."""


class ShowCrowd(msgspec.Struct, frozen=True):
    """Read what the message of many changes by hand shows."""

    guild_id: GuildId
    crowd_id: CrowdId


class ReadShown(msgspec.Struct, frozen=True):
    """Read which changes by hand have a message that is kept drawn."""

    guild_id: GuildId


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """Messages about changes by hand, with how new each is, and where they belong."""

    channel_id: ChannelId | None
    hands: dict[int, int]
    crowds: dict[int, int]


class ReadActs(msgspec.Struct, frozen=True):
    """Read which timeouts, kicks and bans of an account were made or ended by hand."""

    guild_id: GuildId
    user_id: UserId


HANDS = "/guilds/{guild_id}/hands"
note_hand = Endpoint("POST", HANDS, None, NoteHand, Noted)
note_missed = Endpoint("POST", HANDS + "/missed", None, NoteMissed, Noted)
find_place = Endpoint("GET", HANDS + "/place", None, FindPlace, Place)
read_shown = Endpoint("GET", "/guilds/{guild_id}/hands-shown", None, ReadShown, Shown)
show_hand = Endpoint("GET", HANDS + "/{hand_id}/shown", None, ShowHand, HandShown)
show_crowd = Endpoint("GET", "/guilds/{guild_id}/hand-crowds/{crowd_id}", None, ShowCrowd, CrowdShown)
record_hand = Endpoint("POST", HANDS + "/{hand_id}/record", Rank.SECURITY, RecordHand, Hand)
put_hand_back = Endpoint("POST", HANDS + "/{hand_id}/put-back", Rank.SECURITY, PutHandBack, Hand)
read_acts = Endpoint("GET", "/guilds/{guild_id}/acts-by-hand/{user_id}", Rank.SECURITY, ReadActs, list[Act])
