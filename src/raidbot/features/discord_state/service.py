"""What the backend does about the mirror, and about the messages that the bot keeps drawn."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from raidbot.backend import callers
from raidbot.backend.events import emit
from raidbot.backend.serving import Call, serves
from raidbot.core.ids import GuildId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.deeds import service as deeds
from raidbot.features.discord_state import api, rules
from raidbot.features.discord_state.model import (
    Chore,
    ChoresStuck,
    ChoresWanted,
    GuildMirrored,
    MembersArrived,
    MembersMirrored,
    NoticeWish,
    Posting,
    StrangersArrived,
    UnknownNotice,
    UnknownPosting,
    Wish,
)
from raidbot.features.discord_state.store import chores, members, notices, postings


@serves(api.mirror_members)
async def mirror_members(call: Call[api.MirrorMembers]) -> api.Mirrored:
    """Take over what members hold now; who is told twice holds what was told last."""
    guild_id, latest = call.ask.guild_id, {member.user_id: member for member in call.ask.members}
    saved = await members.save_members(call.tx, guild_id, latest.values())
    changed = saved.user_ids
    if ids := call.ask.all_of:
        changed = [*changed, *await members.leave_unless(call.tx, guild_id, ids, list(latest))]
    surely_came = call.ask.just_came or call.ask.all_of is not None
    if came := rules.came(saved.arrivals, surely=surely_came):
        await emit(call.tx, MembersArrived(guild_id=guild_id, members=came, at=call.now), call.now)
        if await chores.unpark_promised(call.tx, guild_id, [one.user_id for one in came], call.now):
            await emit(call.tx, ChoresWanted(guild_id=guild_id), call.now)
    if strangers := rules.strangers(saved.arrivals, surely=surely_came):
        await emit(call.tx, StrangersArrived(guild_id=guild_id, user_ids=strangers, at=call.now), call.now)
    if changed:
        await chores.end_held(call.tx, guild_id, changed)
        await emit(call.tx, MembersMirrored(guild_id=guild_id, user_ids=changed, at=call.now), call.now)
    return api.Mirrored(len(latest))


@serves(api.told_all)
async def told_all(call: Call[api.ToldAll]) -> api.Mirrored:
    """Let features compare everybody with the record."""
    await emit(call.tx, GuildMirrored(guild_id=call.ask.guild_id, at=call.now), call.now)
    return api.Mirrored(0)


@serves(api.read_rank)
async def read_rank(call: Call[api.ReadRank]) -> api.Standing:
    """Return the caller's rank."""
    return api.Standing(await callers.rank(call.tx, call.ask.guild_id, call.caller))


@serves(api.unfinished_postings)
async def unfinished_postings(call: Call[api.UnfinishedPostings]) -> list[Posting]:
    """Return the messages that may still have to be drawn."""
    return await postings.unfinished(call.tx, call.ask.guild_id, call.ask.kind)


@serves(api.find_posting)
async def find_posting(call: Call[api.FindPosting]) -> Posting:
    """Return one message's record."""
    return _known(await postings.find(call.tx, call.ask))


@serves(api.begin_posting)
async def begin_posting(call: Call[api.BeginPosting]) -> Posting:
    """Write down that a message is about to be posted, unless it stands."""
    return await postings.begin(call.tx, call.ask, call.now)


@serves(api.settle_posting)
async def settle_posting(call: Call[api.SettlePosting]) -> Posting:
    """Write down which message it became; the first one counts."""
    return _known(await postings.settle(call.tx, call.ask, call.now))


@serves(api.drew_posting)
async def drew_posting(call: Call[api.DrewPosting]) -> Posting:
    """Write down what a message shows; never an older version over a newer one."""
    return _known(await postings.drew(call.tx, call.ask))


@serves(api.lost_posting)
async def lost_posting(call: Call[api.LostPosting]) -> Posting:
    """Write down that a message is gone; told twice, it counts once."""
    return _known(await postings.lost(call.tx, call.ask))


def _known(posting: Posting | None) -> Posting:
    if posting is None:
        raise UnknownPosting("No such message is on record.")
    return posting


async def wish(
    tx: Transaction, guild_id: GuildId, wishes: Iterable[Wish], now: datetime, *, bulk: bool = False
) -> None:
    """Let Discord show something of a member, in the transaction that decides it.

    What is wished again is tried anew, whatever came of it before. What is wished in bulk waits behind the rest.
    """
    latest = {(one.user_id, one.kind, one.target): one for one in wishes}
    if latest:
        await chores.add_chores(tx, guild_id, list(latest.values()), now, bulk=bulk)
        await emit(tx, ChoresWanted(guild_id=guild_id), now)


async def take_back(tx: Transaction) -> dict[GuildId, list[Wish]]:
    """Let nothing be done any more that was not done yet, and return what that was, by guild."""
    taken: dict[GuildId, list[Wish]] = defaultdict(list)
    for one in await chores.end_all(tx):
        taken[one.guild_id].append(Wish(user_id=one.user_id, kind=one.kind, target=one.target, value=one.value))
    return taken


async def tell(tx: Transaction, guild_id: GuildId, wishes: Sequence[NoticeWish], now: datetime) -> None:
    """Let something be told in Discord once, in the transaction that decides it. One statement, none for nothing."""
    if wishes:
        await notices.add_notices(tx, guild_id, wishes, now)


async def withdraw(tx: Transaction, guild_id: GuildId, head: str, now: datetime) -> None:
    """Let notices whose names begin so be told no more, and be deleted where they were told. One statement."""
    await notices.withdraw(tx, guild_id, head, now)


@serves(api.due_chores)
async def due_chores(call: Call[api.DueChores]) -> list[Chore]:
    """Return what is to be done in Discord now."""
    return await chores.due_chores(call.tx, call.ask.guild_id, call.now)


@serves(api.member_chores)
async def member_chores(call: Call[api.MemberChores]) -> list[Chore]:
    """Return what is still to be done about one member."""
    return await chores.chores_of(call.tx, call.ask.guild_id, call.ask.user_id)


@serves(api.settle_chore)
async def settle_chore(call: Call[api.SettleChore]) -> api.Chores:
    """Write down what came of a chore; what failed is tried again later each time."""
    return await _settled(call, [call.ask])


@serves(api.settle_chores)
async def settle_chores(call: Call[api.SettleChores]) -> api.Chores:
    """Write down what came of several chores of one guild."""
    ours = [one for one in call.ask.chores if one.guild_id == call.ask.guild_id]
    return await _settled(call, ours)


async def _settled(call: Call[Any], told: Sequence[api.SettleChore]) -> api.Chores:
    later = [rules.next_try(one.tries, call.now) for one in told]
    settled = await chores.settle_chores(call.tx, call.ask.guild_id, told, later)
    if stuck := sorted({one.user_id for one in told if rules.is_stuck(one.state, one.tries)}):
        await emit(call.tx, ChoresStuck(guild_id=call.ask.guild_id, user_ids=stuck, at=call.now), call.now)
    return api.Chores(settled)


async def chores_of(tx: Transaction, guild_id: GuildId, user_id: UserId) -> list[Chore]:
    """Return what is still to be done about one member, for other features."""
    return await chores.chores_of(tx, guild_id, user_id)


@serves(api.unpark_chores)
async def unpark_chores(call: Call[api.UnparkChores]) -> api.Chores:
    """Let what Discord did not allow be tried again."""
    return api.Chores(await chores.unpark_chores(call.tx, call.ask.guild_id, call.now))


@serves(api.due_notices)
async def due_notices(call: Call[api.DueNotices]) -> api.NoticesDue:
    """Return what is to be told or deleted, after letting go what is too late."""
    guild_id = call.ask.guild_id
    await notices.lapse(call.tx, guild_id, call.now)
    due = await notices.due(call.tx, guild_id, call.now)
    return api.NoticesDue(due, await notices.next_due(call.tx, guild_id))


@serves(api.claim_notice)
async def claim_notice(call: Call[api.ClaimNotice]) -> api.Claimed:
    """Write down that a notice is about to be posted, and tell where it belongs."""
    claimed = await notices.claim(call.tx, call.ask, call.now)
    if claimed is None:
        raise UnknownNotice("It was told already, or is not wanted any more.")
    return claimed


@serves(api.settle_notice)
async def settle_notice(call: Call[api.SettleNotice]) -> api.Notices:
    """Write down what came of a notice; what failed is tried again a little later."""
    later = call.now + rules.NOTICE_PAUSE
    return api.Notices(await notices.settle(call.tx, call.ask, call.now, later))


@serves(api.unpark_notices)
async def unpark_notices(call: Call[api.UnparkNotices]) -> api.Notices:
    """Let what could not be told be tried again."""
    return api.Notices(await notices.unpark(call.tx, call.ask.guild_id, call.now))


@serves(api.told_log)
async def told_log(call: Call[api.ToldLog]) -> api.LogTold:
    """Write down how far a log was told, the first one counts, and that the message is ours."""
    ask = call.ask
    until = await postings.told_log(call.tx, ask)
    if until is None:
        raise UnknownPosting("No such message is on record.")
    if ask.thread_id is not None and ask.message_id is not None:
        await deeds.remember(call.tx, ask.thread_id, ask.message_id, call.now)
    return api.LogTold(until)
