"""The endpoints by which the bot mirrors Discord, and remembers what it posted there."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import ChannelId, GuildId, MessageId, UserId
from raidbot.core.ranks import Rank
from raidbot.features.discord_state.model import Chore, ChoreKind, ChoreState, MirroredMember, Posting

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


class DueChores(msgspec.Struct, frozen=True):
    """Read what is to be done in Discord now, the longest waiting first."""

    guild_id: GuildId


class MemberChores(msgspec.Struct, frozen=True):
    """Read what is still to be done about one member."""

    guild_id: GuildId
    user_id: UserId


class SettleChore(msgspec.Struct, frozen=True, kw_only=True):
    """Tell what came of a chore. One that was wished anew meanwhile stays open."""

    guild_id: GuildId
    user_id: UserId
    kind: ChoreKind
    target: int
    version: int
    tries: Annotated[int, msgspec.Meta(ge=0)] = 0
    """How often it was tried before."""
    state: ChoreState
    """`open`: it did not work, and will be tried again."""
    error: Annotated[str, msgspec.Meta(max_length=200)] | None = None


class UnparkChores(msgspec.Struct, frozen=True):
    """Try again what Discord did not allow: roles or permissions have changed."""

    guild_id: GuildId


class Chores(msgspec.Struct, frozen=True):
    """How many chores it was about."""

    chores: int


mirror_members = Endpoint("PUT", "/guilds/{guild_id}/members", None, MirrorMembers, Mirrored)
read_rank = Endpoint("GET", "/guilds/{guild_id}/own-rank", Rank.MEMBER, ReadRank, Standing)

CHORES = "/guilds/{guild_id}/chores"
due_chores = Endpoint("GET", CHORES, None, DueChores, list[Chore])
member_chores = Endpoint("GET", CHORES + "/{user_id}", None, MemberChores, list[Chore])
settle_chore = Endpoint("POST", CHORES + "/settle", None, SettleChore, Chores)
unpark_chores = Endpoint("POST", CHORES + "/unpark", None, UnparkChores, Chores)

OF_KIND = "/guilds/{guild_id}/postings/{kind}"
OF_SUBJECT = OF_KIND + "/{subject_id}"
unfinished_postings = Endpoint("GET", OF_KIND, None, UnfinishedPostings, list[Posting])
find_posting = Endpoint("GET", OF_SUBJECT, None, FindPosting, Posting)
begin_posting = Endpoint("PUT", OF_SUBJECT, None, BeginPosting, Posting)
settle_posting = Endpoint("POST", OF_SUBJECT + "/message", None, SettlePosting, Posting)
drew_posting = Endpoint("POST", OF_SUBJECT + "/drawn", None, DrewPosting, Posting)
lost_posting = Endpoint("POST", OF_SUBJECT + "/lost", None, LostPosting, Posting)
