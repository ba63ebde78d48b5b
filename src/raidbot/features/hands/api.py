"""The endpoints of changes by hand."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import ChannelId, GuildId, RoleId, Snowflake, UserId
from raidbot.core.ranks import Rank
from raidbot.features.hands.model import Act, CrowdId, CrowdShown, Hand, HandId, HandShown, Prune

Nickname = Annotated[str, msgspec.Meta(max_length=32)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Reason = Annotated[str, msgspec.Meta(max_length=512)]
"""docs: Audit Log, Audit Log Entry Structure: 1 to 512 characters."""

MOST_OF_A_KIND = 500
"""Entries of one kind that are told in one request after a gap."""

MOST_AT_ONCE = 6 * MOST_OF_A_KIND
"""Changes that are told in one request: six kinds of entries are about a member."""


class NoteHand(msgspec.Struct, frozen=True, kw_only=True):
    """Tell what the audit log says of a member. Told twice, it counts once."""

    guild_id: GuildId
    entry_id: Snowflake
    user_id: UserId
    by: UserId | None
    """Null: AutoMod, by a rule."""
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
    automod_rule: Annotated[str, msgspec.Meta(max_length=100)] = ""
    """The rule by which AutoMod timed them out, by its name."""
    reason: Reason = ""
    at: Moment | None = None
    """When it was done. Null: now."""


class NotePrune(msgspec.Struct, frozen=True, kw_only=True):
    """Tell that somebody put out many at once. Told twice, it counts once."""

    guild_id: GuildId
    entry_id: Snowflake
    by: UserId
    by_bot: bool = False
    members: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]
    inactive_days: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]
    reason: Reason = ""
    at: Moment


class NoteMissed(msgspec.Struct, frozen=True, kw_only=True):
    """Tell what still stands of all that was changed while nobody listened, and how far the audit log was read."""

    guild_id: GuildId
    changes: Annotated[list[NoteHand], msgspec.Meta(max_length=MOST_AT_ONCE)]
    prunes: Annotated[list[NotePrune], msgspec.Meta(max_length=MOST_OF_A_KIND)] = []
    place: Snowflake


class FindPlace(msgspec.Struct, frozen=True):
    """Read how far the audit log was read."""

    guild_id: GuildId


class Place(msgspec.Struct, frozen=True):
    """An entry of the audit log."""

    entry_id: Snowflake | None


class Pruned(msgspec.Struct, frozen=True):
    """Whether it was told for the first time."""

    new: bool


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


class ReadPrunes(msgspec.Struct, frozen=True):
    """Read who put out many at once."""

    guild_id: GuildId


HANDS = "/guilds/{guild_id}/hands"
note_hand = Endpoint("POST", HANDS, None, NoteHand, Noted)
note_missed = Endpoint("POST", HANDS + "/missed", None, NoteMissed, Noted)
note_prune = Endpoint("POST", "/guilds/{guild_id}/prunes", None, NotePrune, Pruned)
read_prunes = Endpoint("GET", "/guilds/{guild_id}/prunes", Rank.SECURITY, ReadPrunes, list[Prune])
find_place = Endpoint("GET", HANDS + "/place", None, FindPlace, Place)
read_shown = Endpoint("GET", "/guilds/{guild_id}/hands-shown", None, ReadShown, Shown)
show_hand = Endpoint("GET", HANDS + "/{hand_id}/shown", None, ShowHand, HandShown)
show_crowd = Endpoint("GET", "/guilds/{guild_id}/hand-crowds/{crowd_id}", None, ShowCrowd, CrowdShown)
record_hand = Endpoint("POST", HANDS + "/{hand_id}/record", Rank.SECURITY, RecordHand, Hand)
put_hand_back = Endpoint("POST", HANDS + "/{hand_id}/put-back", Rank.SECURITY, PutHandBack, Hand)
read_acts = Endpoint("GET", "/guilds/{guild_id}/acts-by-hand/{user_id}", Rank.SECURITY, ReadActs, list[Act])
