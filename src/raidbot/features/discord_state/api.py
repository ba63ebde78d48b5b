"""The endpoints by which the bot mirrors Discord, and remembers what it posted there."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import ChannelId, GuildId, MessageId
from raidbot.core.ranks import Rank
from raidbot.features.discord_state.model import MirroredMember, Posting

Kind = Annotated[str, msgspec.Meta(pattern="^[a-z_]{1,30}$")]


class MirrorMembers(msgspec.Struct, frozen=True):
    """Tell what these members hold now; at most 1,000 in one request."""

    guild_id: GuildId
    members: Annotated[list[MirroredMember], msgspec.Meta(max_length=1000)]


class Mirrored(msgspec.Struct, frozen=True):
    """How many members were told."""

    members: int


class ReadRank(msgspec.Struct, frozen=True):
    """Read the caller's own rank."""

    guild_id: GuildId


class Standing(msgspec.Struct, frozen=True):
    """Where a member stands."""

    rank: Rank


class UnfinishedPostings(msgspec.Struct, frozen=True):
    """Read the messages of one kind that may still have to be drawn."""

    guild_id: GuildId
    kind: Kind


class OfPosting(msgspec.Struct, frozen=True):
    """Name a message by what it shows."""

    guild_id: GuildId
    kind: Kind
    subject_id: int


class FindPosting(OfPosting, frozen=True):
    """Read one message's record."""


class BeginPosting(OfPosting, frozen=True):
    """Tell that a message is about to be posted. One that stands already is returned as it is."""

    channel_id: ChannelId


class SettlePosting(OfPosting, frozen=True):
    """Tell that the message stands. Whoever tells it first is right: a second one is to be deleted again."""

    message_id: MessageId


class DrewPosting(OfPosting, frozen=True):
    """Tell which version of its subject a message shows now. An older one than before changes nothing."""

    version: int
    final: bool


class LostPosting(OfPosting, frozen=True):
    """Tell that a message is gone."""

    message_id: MessageId


mirror_members = Endpoint("PUT", "/guilds/{guild_id}/members", None, MirrorMembers, Mirrored)
read_rank = Endpoint("GET", "/guilds/{guild_id}/own-rank", Rank.MEMBER, ReadRank, Standing)

OF_KIND = "/guilds/{guild_id}/postings/{kind}"
OF_SUBJECT = OF_KIND + "/{subject_id}"
unfinished_postings = Endpoint("GET", OF_KIND, None, UnfinishedPostings, list[Posting])
find_posting = Endpoint("GET", OF_SUBJECT, None, FindPosting, Posting)
begin_posting = Endpoint("PUT", OF_SUBJECT, None, BeginPosting, Posting)
settle_posting = Endpoint("POST", OF_SUBJECT + "/message", None, SettlePosting, Posting)
drew_posting = Endpoint("POST", OF_SUBJECT + "/drawn", None, DrewPosting, Posting)
lost_posting = Endpoint("POST", OF_SUBJECT + "/lost", None, LostPosting, Posting)
