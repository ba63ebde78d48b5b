"""The endpoints by which the bot mirrors Discord, and remembers what it posted there."""

from datetime import datetime
from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import ChannelId, GuildId, MessageId, UserId
from raidbot.core.ranks import Rank
from raidbot.features.discord_state.model import (
    Chore,
    ChoreKind,
    ChoreState,
    MirroredMember,
    Notice,
    NoticeId,
    NoticeState,
    Place,
    Posting,
)

Kind = Annotated[str, msgspec.Meta(pattern="^[a-z_]{1,30}$")]


class Ids(msgspec.Struct, frozen=True):
    """A range of ids, both ends included."""

    first: UserId
    last: UserId


class MirrorMembers(msgspec.Struct, frozen=True):
    """Tell what these members hold now; at most 1,000 in one request."""

    guild_id: GuildId
    members: Annotated[list[MirroredMember], msgspec.Meta(max_length=1000)]
    all_of: Ids | None = None
    """These are all members with ids in this range: whoever else is on record has left."""
    just_came: bool = False
    """Those who are not on record have just come, and were not only found."""


class Mirrored(msgspec.Struct, frozen=True):
    """How many members were told."""

    members: int


class ToldAll(msgspec.Struct, frozen=True):
    """Tell that all members of a guild were told."""

    guild_id: GuildId


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


class SettleChores(msgspec.Struct, frozen=True):
    """Tell what came of several chores, as of each alone."""

    guild_id: GuildId
    chores: Annotated[list[SettleChore], msgspec.Meta(max_length=100)]


class UnparkChores(msgspec.Struct, frozen=True):
    """Try again what Discord did not allow: roles or permissions have changed."""

    guild_id: GuildId


class Chores(msgspec.Struct, frozen=True):
    """How many chores it was about."""

    chores: int


class DueNotices(msgspec.Struct, frozen=True):
    """Read what is to be told now, and which messages are to be deleted again."""

    guild_id: GuildId


class NoticesDue(msgspec.Struct, frozen=True):
    """What is to be told or deleted, the oldest first, and when to look again if nothing happens until then."""

    notices: list[Notice]
    next_at: datetime | None


class ClaimNotice(msgspec.Struct, frozen=True, kw_only=True):
    """Tell that a notice is about to be posted, and ask where. The time of the first attempt stands."""

    guild_id: GuildId
    notice_id: NoticeId
    panel: Kind
    """The kind of posting that it leads to."""
    desk: Kind
    """The kind of posting whose thread it may belong to."""
    instead: str
    """The key of the channel where it is told if it has no thread."""
    anew: bool = False
    """An earlier attempt was looked for and left nothing behind: this is the first one again."""


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """Where a notice belongs."""

    channel_id: ChannelId | None
    """The mapped channel; null: nobody has mapped it."""
    panel: Place | None
    desk: Place | None
    """The message whose thread is meant; null: there is none."""
    desk_awaited: bool
    """Whether that message is going to be posted."""


class SettleNotice(msgspec.Struct, frozen=True, kw_only=True):
    """Tell what came of a notice. What was settled before stays."""

    guild_id: GuildId
    notice_id: NoticeId
    state: NoticeState
    """`open`: it did not work, and will be tried again."""
    place: Place | None = None
    """Where it stands, once it was told."""
    error: Annotated[str, msgspec.Meta(max_length=200)] | None = None


class UnparkNotices(msgspec.Struct, frozen=True):
    """Try again what could not be told, as far as it still helps: channels or permissions have changed."""

    guild_id: GuildId


class Notices(msgspec.Struct, frozen=True):
    """How many notices it was about."""

    notices: int


class ToldLog(OfPosting, frozen=True):
    """Tell up to which entry the log of a message's thread was told. It counts if nobody was faster."""

    before: int
    """Up to which entry it had been told."""
    until: int
    thread_id: ChannelId | None = None
    message_id: MessageId | None = None
    """The message of ours that tells it."""


class LogTold(msgspec.Struct, frozen=True):
    """Up to which entry a log was told."""

    until: int


mirror_members = Endpoint("PUT", "/guilds/{guild_id}/members", None, MirrorMembers, Mirrored)
told_all = Endpoint("POST", "/guilds/{guild_id}/members/told", None, ToldAll, Mirrored)
read_rank = Endpoint("GET", "/guilds/{guild_id}/own-rank", Rank.MEMBER, ReadRank, Standing)

CHORES = "/guilds/{guild_id}/chores"
due_chores = Endpoint("GET", CHORES, None, DueChores, list[Chore])
member_chores = Endpoint("GET", CHORES + "/{user_id}", None, MemberChores, list[Chore])
settle_chore = Endpoint("POST", CHORES + "/settle", None, SettleChore, Chores)
settle_chores = Endpoint("POST", CHORES + "/settle-several", None, SettleChores, Chores)
unpark_chores = Endpoint("POST", CHORES + "/unpark", None, UnparkChores, Chores)

NOTICES = "/guilds/{guild_id}/notices"
due_notices = Endpoint("GET", NOTICES, None, DueNotices, NoticesDue)
claim_notice = Endpoint("POST", NOTICES + "/{notice_id}/claim", None, ClaimNotice, Claimed)
settle_notice = Endpoint("POST", NOTICES + "/{notice_id}/settle", None, SettleNotice, Notices)
unpark_notices = Endpoint("POST", NOTICES + "/unpark", None, UnparkNotices, Notices)

OF_KIND = "/guilds/{guild_id}/postings/{kind}"
OF_SUBJECT = OF_KIND + "/{subject_id}"
unfinished_postings = Endpoint("GET", OF_KIND, None, UnfinishedPostings, list[Posting])
find_posting = Endpoint("GET", OF_SUBJECT, None, FindPosting, Posting)
begin_posting = Endpoint("PUT", OF_SUBJECT, None, BeginPosting, Posting)
settle_posting = Endpoint("POST", OF_SUBJECT + "/message", None, SettlePosting, Posting)
drew_posting = Endpoint("POST", OF_SUBJECT + "/drawn", None, DrewPosting, Posting)
lost_posting = Endpoint("POST", OF_SUBJECT + "/lost", None, LostPosting, Posting)
told_log = Endpoint("POST", OF_SUBJECT + "/log", None, ToldLog, LogTold)
