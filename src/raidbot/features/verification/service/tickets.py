"""What the backend does about screenshots."""

from datetime import datetime
from typing import Any

from raidbot.backend.events import emit, on
from raidbot.backend.serving import Call, serves
from raidbot.core.ids import GuildId, RoleId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.discord_state import service as discord_state
from raidbot.features.discord_state.model import HARMLESS, ChoreKind, NoticeWish, Wish
from raidbot.features.guild_config import service as guild_config
from raidbot.features.guild_config.model import ChannelKey, MappingsChanged, Unmapped, UnsafeRole
from raidbot.features.inbox import service as inbox
from raidbot.features.inbox.model import LetterId
from raidbot.features.raiders import service as raiders
from raidbot.features.raiders.model import How, Naming, RaidersImported, RaiderVerified
from raidbot.features.realmeye import service as realmeye
from raidbot.features.realmeye.model.facts import Kind
from raidbot.features.realmeye.model.queue import Wanted
from raidbot.features.realmeye.model.requirements import Requirements
from raidbot.features.verification.api import tickets as api
from raidbot.features.verification.model.config import QUEUE, Page, Words
from raidbot.features.verification.model.sessions import Mine, NothingStarted, Stage, SuspendedMember
from raidbot.features.verification.model.tickets import (
    DECIDED,
    HELD,
    LOGGED,
    Case,
    Line,
    Measured,
    NobodyWaits,
    NotGivenOut,
    OnItsWay,
    QueueChanged,
    Requested,
    RoleAsked,
    RoleEarned,
    Ticket,
    TicketClosed,
    TicketId,
    TicketState,
    UnknownTicket,
)
from raidbot.features.verification.rules import config as config_rules
from raidbot.features.verification.rules import tickets as rules
from raidbot.features.verification.service.config import config_of, wanted_of
from raidbot.features.verification.service.holding import has_read, is_suspended, tells_in
from raidbot.features.verification.service.sessions import check_may_verify, mine, place_of
from raidbot.features.verification.store import config as config_store
from raidbot.features.verification.store import sessions as session_store
from raidbot.features.verification.store import tickets as store
from raidbot.features.watch_list import service as watch_list
from raidbot.features.watch_list.model import Occasion, Seen

DAY_S = 24 * 60 * 60
VANISHES_S = 120

NO_PLACE = (
    "This server has no place for screenshots yet. "
    "Tell staff: an administrator sets manual_verification with /setchannels."
)


@serves(api.show_request)
async def show_request(call: Call[api.ShowRequest]) -> Requested:
    """Return how far the caller is who wants a role; what it says of a decision they have read."""
    tx, one = call.tx, _applicant(call)
    asked = await _check_may_request(tx, one)
    if await store.is_on_its_way(tx, one):
        await has_read(tx, one, TicketState.APPROVED, call.now)
        return Requested(asked=asked, on_its_way=True)
    ticket = await store.open_ticket(tx, one)
    if ticket is not None:
        return Requested(asked=asked, place=await place_of(tx, one.guild_id, ticket))
    denied = await store.last_denial(tx, one)
    if denied is not None:
        await has_read(tx, one, TicketState.DENIED, call.now)
    return Requested(asked=asked, denied=denied)


@serves(api.see_role)
async def see_role(call: Call[api.SeeRole]) -> api.Seen:
    """Let the letter that a role is theirs be read by a member who is told that they have it."""
    return api.Seen(await has_read(call.tx, _applicant(call), TicketState.APPROVED, call.now))


@serves(api.ask_manual)
async def ask_manual(call: Call[api.AskManual]) -> api.Manual:
    """Return what a screenshot has to show, if the caller may send one and there is a place for it."""
    return await _manual(call.tx, _applicant(call), call.now)


@serves(api.give_evidence)
async def give_evidence(call: Call[api.GiveEvidence]) -> Mine:
    """Put the caller in line with a picture that stands; who is in line has another picture from now on."""
    tx, ask, one = call.tx, call.ask, _applicant(call)
    key = int(call.key or ask.message_id)
    await session_store.hold_member(tx, one.guild_id, one.user_id)
    if await store.is_given(tx, key):
        return await _where(tx, one, call.now)
    manual = await _manual(tx, one, call.now)
    ticket_id = await store.add_ticket(tx, one, manual.ign, call.now)
    if one.role_id is None and await watch_list.looks_out(tx, one.guild_id):
        await realmeye.ask(tx, _history_of(one, manual.ign), call.now)  # staff see it, should it come in time
    new = store.NewEvidence(key=key, channel_id=ask.channel_id, message_id=ask.message_id)
    await store.add_evidence(tx, ticket_id, new, call.now)
    await _line_changed(tx, one.guild_id, call.now)
    return await _where(tx, one, call.now)


@serves(api.opened_thread)
async def opened_thread(call: Call[api.OpenedThread]) -> api.Manual:
    """Write down the caller's private thread; the first one counts."""
    one = _applicant(call)
    await store.add_thread(call.tx, one, call.ask.thread_id)
    return await _manual(call.tx, one, call.now)


@serves(api.find_thread)
async def find_thread(call: Call[api.FindThread]) -> api.Threads:
    """Return whose thread it is."""
    return _threads(await store.find_thread(call.tx, call.ask.guild_id, call.ask.thread_id))


@serves(api.open_threads)
async def open_threads(call: Call[api.OpenThreads]) -> api.Threads:
    """Return the threads in which a picture is still to be pasted."""
    return _threads(await store.open_threads(call.tx, call.ask.guild_id))


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
        rules.check_open(await _known(call, call.ask.passed))
        await store.pass_on(tx, guild_id, call.ask.passed, call.caller)
    decider = store.Decider(call.caller, call.rank)
    ticket_id = await store.next_ticket(tx, guild_id, decider, call.ask.passed, call.now)
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
    """Verify a member, or let them have the role; the record first, and once, whoever presses when."""
    tx, guild_id = call.tx, call.ask.guild_id
    ticket = await _held(call, call.ask.ticket_id)
    picture = rules.check_picture(call.ask.picture, await store.evidence_of(tx, ticket.id))
    if await is_suspended(tx, guild_id, ticket.user_id):
        raise SuspendedMember("They are suspended. Deny this, or wait until that is over.")
    ign = ticket.ign if ticket.role_id else (call.ask.ign or ticket.ign).strip()
    verdict = store.Verdict(state=TicketState.APPROVED, by=call.caller, ign=ign, picture=picture)
    if ticket.role_id is not None:
        return await _give_role(call, ticket, verdict)
    naming = Naming(
        user_id=ticket.user_id,
        ign=verdict.ign,
        by=call.caller,
        how=How.SCREENSHOT,
        why=f"ticket {ticket.id}",
        proven=True,
    )
    names = [ign, *await realmeye.known_history(tx, ign)]
    seen = Seen(user_id=ticket.user_id, names=names, occasion=Occasion.VERIFY)
    await watch_list.check(tx, guild_id, seen, call.now)
    decided = await _decided(call, ticket, verdict)
    await raiders.assign(tx, guild_id, naming, call.now)
    return decided


async def _give_role(call: Call[api.Approve], ticket: Ticket, verdict: store.Verdict) -> Ticket:
    """Let a member have a role, which is looked at once more: Discord may have changed what it grants."""
    seen = call.ask.role
    if seen is None or seen.role.id != ticket.role_id:
        raise UnsafeRole(f"<@&{ticket.role_id}> is gone, or I cannot see it. Deny this, or choose another role.")
    guild_config.check_harmless(call.ask.guild_id, seen)
    decided = await _decided(call, ticket, verdict)
    given = Wish(user_id=ticket.user_id, kind=ChoreKind.GIVE_ROLE, target=int(seen.role.id), value=HARMLESS)
    await discord_state.wish(call.tx, call.ask.guild_id, [given], call.now)
    earned = RoleEarned(
        guild_id=call.ask.guild_id,
        user_id=ticket.user_id,
        role_id=seen.role.id,
        ticket_id=ticket.id,
        by=call.caller,
        at=call.now,
    )
    await emit(call.tx, earned, call.now)
    return decided


@serves(api.deny)
async def deny(call: Call[api.Deny]) -> Ticket:
    """Say no, why, and how to do better."""
    ask = call.ask
    ticket = await _held(call, ask.ticket_id)
    picture = rules.check_picture(ask.picture, await store.evidence_of(call.tx, ticket.id))
    why = rules.reason_of(await config_of(call.tx, ask.guild_id), ask.preset, ask.reason, ask.how)
    verdict = store.Verdict(
        state=TicketState.DENIED,
        by=call.caller,
        ign=ticket.ign,
        picture=picture,
        reason=why.name,
        how=why.how or None,
    )
    return await _decided(call, ticket, verdict)


@on(RaiderVerified)
async def withdraw(tx: Transaction, happened: RaiderVerified) -> None:
    """Take a member out of the line who was verified in another way."""
    await _withdraw(tx, happened.guild_id, happened.user_id)


@on(RaidersImported)
async def withdraw_many(tx: Transaction, happened: RaidersImported) -> None:
    """Take those out of the line whose names were taken over."""
    for user_id in await store.in_line(tx, happened.guild_id, happened.user_ids):
        await _withdraw(tx, happened.guild_id, user_id)


async def withdraw_role(tx: Transaction, guild_id: GuildId, role_id: RoleId, now: datetime) -> None:
    """Take all out of the line who wait for a role that is not given out any more, for other features."""
    withdrawn = await store.withdraw_role(tx, guild_id, role_id)
    for ticket in withdrawn:
        await _leave_letter(tx, guild_id, ticket, now)
    if withdrawn:
        await _line_changed(tx, guild_id, now)


@on(MappingsChanged)
async def follow_channel(tx: Transaction, happened: MappingsChanged) -> None:
    """Let the line be shown in another channel once that is mapped."""
    line = await store.line(tx, happened.guild_id)
    standing = await config_store.posting_of(tx, happened.guild_id, QUEUE, line.queue)
    if standing is not None and line.channel_id is not None and standing.channel_id != line.channel_id:
        await store.next_queue(tx, happened.guild_id)


async def _withdraw(tx: Transaction, guild_id: GuildId, user_id: UserId) -> None:
    ticket_id = await store.withdraw(tx, guild_id, user_id)
    if ticket_id is not None:
        await store.end_thread(tx, store.Applicant(guild_id, user_id))
        await store.touch_line(tx, guild_id)


def _applicant(call: Call[Any]) -> store.Applicant:
    return store.Applicant(call.ask.guild_id, call.caller, call.ask.role_id)


async def _manual(tx: Transaction, one: store.Applicant, now: datetime) -> api.Manual:
    ign, words = await _check_may_send(tx, one, now)
    channel_id = await config_store.channel(tx, one.guild_id, ChannelKey.MANUAL_VERIFICATION)
    if channel_id is None:
        raise Unmapped(NO_PLACE)
    thread_id = await store.thread_of(tx, one)
    return api.Manual(role_id=one.role_id, ign=ign, words=words, channel_id=channel_id, thread_id=thread_id)


async def _check_may_send(tx: Transaction, one: store.Applicant, now: datetime) -> tuple[str, Words]:
    """Return under which name a member sends a screenshot, and what it has to show, if they may send one."""
    guild_id, who = one.guild_id, one.user_id
    if one.role_id is not None:
        asked = await _check_may_request(tx, one)
        if await store.is_on_its_way(tx, one):
            raise OnItsWay(f"<@&{one.role_id}> is yours already. I give it to you in a moment.")
        known = await session_store.known_raider(tx, guild_id, who)
        return (known.ign if known else "", asked.words)
    await check_may_verify(tx, guild_id, who)
    session = await session_store.open_session(tx, guild_id, who, now)
    ticket = await store.open_ticket(tx, one)
    ign = session.ign if session else ticket.ign if ticket else None
    if ign is None:
        raise NothingStarted("Press Get verified first, and type your name in the game.")
    return ign, (await config_of(tx, guild_id)).said(Page.MANUAL)


async def _check_may_request(tx: Transaction, one: store.Applicant) -> RoleAsked:
    """Return the role that a member asks for, if it is given out and they may have it."""
    asked = None if one.role_id is None else await store.find_role(tx, one.guild_id, one.role_id)
    if asked is None:
        raise NotGivenOut("This role is not given out here any more. Ask staff which ones are.")
    if await is_suspended(tx, one.guild_id, one.user_id):
        raise SuspendedMember("You are suspended here. When that is over, press Request role again.")
    return asked


async def _where(tx: Transaction, one: store.Applicant, now: datetime) -> Mine:
    """Return where somebody is who has sent a picture."""
    ticket = await store.open_ticket(tx, one) if one.role_id else None
    if ticket is None:
        return await mine(tx, one.guild_id, one.user_id, now)
    place = await place_of(tx, one.guild_id, ticket)
    config = await config_of(tx, one.guild_id)
    return Mine(stage=Stage.REVIEW, config=config, wanted=[], role_id=one.role_id, ign=ticket.ign, place=place)


async def _case(call: Call[Any], ticket_id: TicketId) -> Case:
    """Let the caller have a ticket for a while, with all that helps to decide."""
    tx, guild_id = call.tx, call.ask.guild_id
    ticket = await _held(call, ticket_id)
    asked = await _asked(tx, guild_id, ticket)
    await store.claim(tx, ticket.id, call.caller, call.now + HELD)
    config = await config_of(tx, guild_id)
    line = await store.line(tx, guild_id)
    names = [ticket.ign, *await realmeye.known_history(tx, ticket.ign)] if ticket.ign else []
    return Case(
        ticket=await store.hold_ticket(tx, guild_id, ticket_id) or ticket,
        evidence=await store.evidence_of(tx, ticket_id),
        asked=asked,
        wanted=[] if asked else wanted_of(config),
        measured=None if asked else await _measured(tx, ticket.ign, config.requirements),
        denials=await store.denials_of(tx, store.Applicant(guild_id, ticket.user_id, ticket.role_id), 3),
        watched=await watch_list.hits(tx, guild_id, ticket.user_id, names, call.now),
        presets=list(config_rules.presets_of(config)),
        left=line.waiting - 1,
    )


async def _measured(tx: Transaction, ign: str, wanted: Requirements) -> Measured | None:
    """Return how far a player is with what is asked, from what is known: staff wait for nobody."""
    found = await realmeye.known(tx, ign, realmeye.pages_for(wanted)) if wanted != Requirements() else None
    if found is None:
        return None
    checks = realmeye.checklist(wanted, found.facts)
    return Measured(checklist=checks, standing=found.standing, read_at=found.read_at)


def _history_of(one: store.Applicant, ign: str) -> Wanted:
    return Wanted(guild_id=one.guild_id, user_id=one.user_id, ign=ign, kinds=(Kind.NAMES,))


async def _known(call: Call[Any], ticket_id: TicketId) -> Ticket:
    """Return a ticket of the guild with its row held."""
    ticket = await store.hold_ticket(call.tx, call.ask.guild_id, ticket_id)
    if ticket is None:
        raise UnknownTicket("There is no such screenshot in this server. Press Next for one that waits.")
    return ticket


async def _held(call: Call[Any], ticket_id: TicketId) -> Ticket:
    ticket = await _known(call, ticket_id)
    rules.check_decides(ticket, call.caller, call.now)
    rules.check_rank(call.rank, await _asked(call.tx, call.ask.guild_id, ticket))
    return ticket


async def _asked(tx: Transaction, guild_id: GuildId, ticket: Ticket) -> RoleAsked | None:
    return None if ticket.role_id is None else await store.find_role(tx, guild_id, ticket.role_id)


async def _decided(call: Call[Any], ticket: Ticket, verdict: store.Verdict) -> Ticket:
    """Write down a decision, tell the member that there is one, and the log what it is."""
    tx, guild_id = call.tx, call.ask.guild_id
    if not await store.decide(tx, ticket.id, verdict, call.now):
        raise UnknownTicket("Somebody was faster. Press Next to go on.")
    after = await store.hold_ticket(tx, guild_id, ticket.id) or ticket
    await store.end_thread(tx, store.Applicant(guild_id, ticket.user_id, ticket.role_id))
    await _line_changed(tx, guild_id, call.now)
    closed = TicketClosed(
        guild_id=guild_id, user_id=ticket.user_id, ticket_id=ticket.id, state=after.state, by=call.caller
    )
    await emit(tx, closed, call.now)
    letter_id = await _leave_letter(tx, guild_id, after, call.now)
    await discord_state.tell(tx, guild_id, await _told(tx, guild_id, after, letter_id), call.now)
    return after


async def _leave_letter(tx: Transaction, guild_id: GuildId, ticket: Ticket, now: datetime) -> LetterId:
    """Leave a member the letter about what became of their screenshot."""
    letter_id = await inbox.leave(tx, guild_id, ticket.user_id, *rules.letter(ticket), now)
    await store.keep_letter(tx, ticket.id, letter_id)
    return letter_id


async def _told(tx: Transaction, guild_id: GuildId, ticket: Ticket, letter_id: LetterId) -> list[NoticeWish]:
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
            "role_id": str(int(ticket.role_id or 0)),
            "state": ticket.state,
            "by": str(int(ticket.decided_by or 0)),
            "reason": ticket.reason,
            "how": ticket.how,
            "letter": str(int(letter_id)),
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
    return api.Threads([api.PrivateThread(one.thread_id, one.user_id, one.role_id) for one in found])
