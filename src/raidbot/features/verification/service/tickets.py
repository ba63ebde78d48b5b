"""What the backend does about screenshots."""

from datetime import datetime
from typing import Any

from raidbot.backend.events import emit, on
from raidbot.backend.serving import Call, serves
from raidbot.core.ids import GuildId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.discord_state import service as discord_state
from raidbot.features.discord_state.model import NoticeWish
from raidbot.features.guild_config.model import ChannelKey, MappingsChanged, Unmapped
from raidbot.features.inbox import service as inbox
from raidbot.features.raiders import service as raiders
from raidbot.features.raiders.model import How, Naming, RaiderVerified
from raidbot.features.verification.api import tickets as api
from raidbot.features.verification.model.config import QUEUE, Page
from raidbot.features.verification.model.sessions import Mine, NothingStarted, SuspendedMember
from raidbot.features.verification.model.tickets import (
    DECIDED,
    HELD,
    LOGGED,
    Case,
    Line,
    NobodyWaits,
    QueueChanged,
    Ticket,
    TicketClosed,
    TicketId,
    TicketState,
    UnknownTicket,
)
from raidbot.features.verification.rules import config as config_rules
from raidbot.features.verification.rules import tickets as rules
from raidbot.features.verification.service.config import config_of, wanted_of
from raidbot.features.verification.service.holding import is_suspended, tells_in
from raidbot.features.verification.service.sessions import check_may_verify, mine
from raidbot.features.verification.store import config as config_store
from raidbot.features.verification.store import sessions as session_store
from raidbot.features.verification.store import tickets as store
from raidbot.features.watch_list import service as watch_list

DAY_S = 24 * 60 * 60
VANISHES_S = 120

NO_PLACE = (
    "This server has no place for screenshots yet. "
    "Tell staff: an administrator sets manual_verification with /setchannels."
)


@serves(api.ask_manual)
async def ask_manual(call: Call[api.AskManual]) -> api.Manual:
    """Return what a screenshot has to show, if the caller may send one and there is a place for it."""
    return await _manual(call.tx, call.ask.guild_id, call.caller, call.now)


@serves(api.give_evidence)
async def give_evidence(call: Call[api.GiveEvidence]) -> Mine:
    """Put the caller in line with a picture that stands; who is in line has another picture from now on."""
    tx, guild_id, who, ask = call.tx, call.ask.guild_id, call.caller, call.ask
    key = int(call.key or ask.message_id)
    await session_store.hold_member(tx, guild_id, who)
    if await store.is_given(tx, key):
        return await mine(tx, guild_id, who, call.now)
    manual = await _manual(tx, guild_id, who, call.now)
    ticket_id = await store.add_ticket(tx, guild_id, who, manual.ign, call.now)
    new = store.NewEvidence(key=key, channel_id=ask.channel_id, message_id=ask.message_id)
    await store.add_evidence(tx, ticket_id, new, call.now)
    await _line_changed(tx, guild_id, call.now)
    return await mine(tx, guild_id, who, call.now)


@serves(api.opened_thread)
async def opened_thread(call: Call[api.OpenedThread]) -> api.Manual:
    """Write down the caller's private thread; the first one counts."""
    await store.add_thread(call.tx, call.ask.guild_id, call.caller, call.ask.thread_id)
    return await _manual(call.tx, call.ask.guild_id, call.caller, call.now)


@serves(api.find_thread)
async def find_thread(call: Call[api.FindThread]) -> api.Threads:
    """Return whose thread it is."""
    return _threads(await store.find_thread(call.tx, call.ask.guild_id, call.ask.thread_id))


@serves(api.over_threads)
async def over_threads(call: Call[api.OverThreads]) -> api.Threads:
    """Return the threads that are to be deleted."""
    return _threads(await store.over_threads(call.tx, call.ask.guild_id))


@serves(api.forget_thread)
async def forget_thread(call: Call[api.ForgetThread]) -> api.Threads:
    """Forget a thread that is gone."""
    await store.forget_thread(call.tx, call.ask.guild_id, call.ask.thread_id)
    return api.Threads([])


@serves(api.read_line)
async def read_line(call: Call[api.ReadLine]) -> Line:
    """Return how many wait."""
    return await store.line(call.tx, call.ask.guild_id)


@serves(api.take_next)
async def take_next(call: Call[api.TakeNext]) -> Case:
    """Take the ticket that has waited longest; two who press at once take two."""
    tx, guild_id = call.tx, call.ask.guild_id
    if call.ask.passed is not None:
        await store.pass_on(tx, guild_id, call.ask.passed, call.caller)
    ticket_id = await store.next_ticket(tx, guild_id, call.caller, call.ask.passed, call.now)
    if ticket_id is None:
        raise NobodyWaits("Nobody waits for you right now. Thank you!")
    return await _case(call, ticket_id)


@serves(api.take_ticket)
async def take_ticket(call: Call[api.TakeTicket]) -> Case:
    """Take one ticket, if nobody else looks at it."""
    return await _case(call, call.ask.ticket_id)


@serves(api.take_shown)
async def take_shown(call: Call[api.TakeShown]) -> Case:
    """Take the ticket that a picture belongs to."""
    ticket_id = await store.ticket_of(call.tx, call.ask.guild_id, call.ask.picture)
    if ticket_id is None:
        raise UnknownTicket("This picture belongs to nothing that waits. Press Next for what does.")
    return await _case(call, ticket_id)


@serves(api.approve)
async def approve(call: Call[api.Approve]) -> Ticket:
    """Verify a member; the record first, and once, whoever presses when."""
    tx, guild_id = call.tx, call.ask.guild_id
    ticket = await _held(call, call.ask.ticket_id)
    if await is_suspended(tx, guild_id, ticket.user_id):
        raise SuspendedMember("They are suspended. Deny this, or wait until that is over.")
    verdict = store.Verdict(state=TicketState.APPROVED, by=call.caller, ign=(call.ask.ign or ticket.ign).strip())
    naming = Naming(
        user_id=ticket.user_id,
        ign=verdict.ign,
        by=call.caller,
        how=How.SCREENSHOT,
        why=f"ticket {ticket.id}",
        proven=True,
    )
    decided = await _decided(call, ticket, verdict)
    await raiders.assign(tx, guild_id, naming, call.now)
    return decided


@serves(api.deny)
async def deny(call: Call[api.Deny]) -> Ticket:
    """Say no, why, and how to do better."""
    ask = call.ask
    ticket = await _held(call, ask.ticket_id)
    why = rules.reason_of(await config_of(call.tx, ask.guild_id), ask.preset, ask.reason, ask.how)
    verdict = store.Verdict(
        state=TicketState.DENIED, by=call.caller, ign=ticket.ign, reason=why.name, how=why.how or None
    )
    return await _decided(call, ticket, verdict)


@on(RaiderVerified)
async def withdraw(tx: Transaction, happened: RaiderVerified) -> None:
    """Take a member out of the line who was verified in another way."""
    ticket_id = await store.withdraw(tx, happened.guild_id, happened.user_id)
    if ticket_id is not None:
        await store.end_thread(tx, happened.guild_id, happened.user_id)
        await store.touch_line(tx, happened.guild_id)


@on(MappingsChanged)
async def follow_channel(tx: Transaction, happened: MappingsChanged) -> None:
    """Let the line be shown in another channel once that is mapped."""
    line = await store.line(tx, happened.guild_id)
    standing = await config_store.posting_of(tx, happened.guild_id, QUEUE, line.queue)
    if standing is not None and line.channel_id is not None and standing.channel_id != line.channel_id:
        await store.next_queue(tx, happened.guild_id)


async def _manual(tx: Transaction, guild_id: GuildId, who: UserId, now: datetime) -> api.Manual:
    await check_may_verify(tx, guild_id, who)
    channel_id = await config_store.channel(tx, guild_id, ChannelKey.MANUAL_VERIFICATION)
    if channel_id is None:
        raise Unmapped(NO_PLACE)
    session = await session_store.open_session(tx, guild_id, who, now)
    ticket = await store.open_ticket(tx, guild_id, who)
    ign = session.ign if session else ticket.ign if ticket else None
    if ign is None:
        raise NothingStarted("Press Get verified first, and type your name in the game.")
    words = (await config_of(tx, guild_id)).said(Page.MANUAL)
    return api.Manual(ign=ign, words=words, channel_id=channel_id, thread_id=await store.thread_of(tx, guild_id, who))


async def _case(call: Call[Any], ticket_id: TicketId) -> Case:
    """Let the caller have a ticket for a while, with all that helps to decide."""
    tx, guild_id = call.tx, call.ask.guild_id
    ticket = await _held(call, ticket_id)
    await store.claim(tx, ticket.id, call.caller, call.now + HELD)
    config = await config_of(tx, guild_id)
    line = await store.line(tx, guild_id)
    return Case(
        ticket=await store.hold_ticket(tx, guild_id, ticket_id) or ticket,
        evidence=await store.evidence_of(tx, ticket_id),
        wanted=wanted_of(config),
        denials=await store.denials_of(tx, guild_id, ticket.user_id, 3),
        watched=await watch_list.hits(tx, guild_id, ticket.user_id, [ticket.ign], call.now),
        presets=list(config_rules.presets_of(config)),
        left=line.waiting - 1,
    )


async def _held(call: Call[Any], ticket_id: TicketId) -> Ticket:
    ticket = await store.hold_ticket(call.tx, call.ask.guild_id, ticket_id)
    if ticket is None:
        raise UnknownTicket("There is no such screenshot in this server. Press Next for one that waits.")
    rules.check_decides(ticket, call.caller, call.now)
    return ticket


async def _decided(call: Call[Any], ticket: Ticket, verdict: store.Verdict) -> Ticket:
    """Write down a decision, tell the member that there is one, and the log what it is."""
    tx, guild_id = call.tx, call.ask.guild_id
    if not await store.decide(tx, ticket.id, verdict, call.now):
        raise UnknownTicket("Somebody was faster. Press Next to go on.")
    after = await store.hold_ticket(tx, guild_id, ticket.id) or ticket
    await store.end_thread(tx, guild_id, ticket.user_id)
    await _line_changed(tx, guild_id, call.now)
    closed = TicketClosed(
        guild_id=guild_id, user_id=ticket.user_id, ticket_id=ticket.id, state=after.state, by=call.caller
    )
    await emit(tx, closed, call.now)
    await inbox.leave(tx, guild_id, ticket.user_id, *rules.letter(after), call.now)
    await discord_state.tell(tx, guild_id, await _told(tx, guild_id, after), call.now)
    return after


async def _told(tx: Transaction, guild_id: GuildId, ticket: Ticket) -> list[NoticeWish]:
    told: list[NoticeWish] = []
    if await tells_in(tx, guild_id) is ChannelKey.GETVERIFIED:  # else the letter calls them, where notices are
        told.append(
            NoticeWish(
                name=f"verification-ticket-{ticket.id}",
                kind=DECIDED,
                subject_id=ticket.id,
                channel=ChannelKey.GETVERIFIED,
                user_ids=[ticket.user_id],
                lapses_s=DAY_S,
                keep_s=VANISHES_S,
            )
        )
    if await config_store.channel(tx, guild_id, ChannelKey.VERI_LOG) is not None:
        pictures = await store.evidence_of(tx, ticket.id)
        body = {
            "user_id": str(int(ticket.user_id)),
            "ign": ticket.ign,
            "state": ticket.state,
            "by": str(int(ticket.decided_by or 0)),
            "reason": ticket.reason,
            "how": ticket.how,
            "pictures": [[str(int(one.channel_id)), str(int(one.message_id))] for one in pictures],
        }
        told.append(
            NoticeWish(
                name=f"verification-log-{ticket.id}",
                kind=LOGGED,
                subject_id=ticket.id,
                channel=ChannelKey.VERI_LOG,
                body=body,
                lapses_s=DAY_S,
            )
        )
    return told


async def _line_changed(tx: Transaction, guild_id: GuildId, now: datetime) -> None:
    queue = await store.touch_line(tx, guild_id)
    await emit(tx, QueueChanged(guild_id=guild_id, queue=queue), now)


def _threads(found: list[store.ThreadOf]) -> api.Threads:
    return api.Threads([(one.thread_id, one.user_id) for one in found])
