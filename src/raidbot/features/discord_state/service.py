"""What the backend does about the mirror, and about the messages that the bot keeps drawn."""

from raidbot.backend import callers
from raidbot.backend.serving import Call, serves
from raidbot.features.discord_state import api, store
from raidbot.features.discord_state.model import Posting, UnknownPosting


@serves(api.mirror_members)
async def mirror_members(call: Call[api.MirrorMembers]) -> api.Mirrored:
    """Take over what members hold now; who is told twice holds what was told last."""
    latest = {member.user_id: member for member in call.ask.members}
    await store.save_members(call.tx, call.ask.guild_id, latest.values())
    return api.Mirrored(len(latest))


@serves(api.read_rank)
async def read_rank(call: Call[api.ReadRank]) -> api.Standing:
    """Return the caller's rank."""
    return api.Standing(await callers.rank(call.tx, call.ask.guild_id, call.caller))


@serves(api.unfinished_postings)
async def unfinished_postings(call: Call[api.UnfinishedPostings]) -> list[Posting]:
    """Return the messages that may still have to be drawn."""
    return await store.unfinished(call.tx, call.ask.guild_id, call.ask.kind)


@serves(api.find_posting)
async def find_posting(call: Call[api.FindPosting]) -> Posting:
    """Return one message's record."""
    return _known(await store.find(call.tx, call.ask))


@serves(api.begin_posting)
async def begin_posting(call: Call[api.BeginPosting]) -> Posting:
    """Write down that a message is about to be posted, unless it stands."""
    return await store.begin(call.tx, call.ask, call.now)


@serves(api.settle_posting)
async def settle_posting(call: Call[api.SettlePosting]) -> Posting:
    """Write down which message it became; the first one counts."""
    return _known(await store.settle(call.tx, call.ask, call.now))


@serves(api.drew_posting)
async def drew_posting(call: Call[api.DrewPosting]) -> Posting:
    """Write down what a message shows; never an older version over a newer one."""
    return _known(await store.drew(call.tx, call.ask))


@serves(api.lost_posting)
async def lost_posting(call: Call[api.LostPosting]) -> Posting:
    """Write down that a message is gone; told twice, it counts once."""
    return _known(await store.lost(call.tx, call.ask))


def _known(posting: Posting | None) -> Posting:
    if posting is None:
        raise UnknownPosting("No such message is on record.")
    return posting
