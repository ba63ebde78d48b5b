"""What the backend does about a member's own way."""

from datetime import datetime

import msgspec

from raidbot.backend.events import emit, on
from raidbot.backend.serving import Call, serves
from raidbot.core.ids import GuildId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.discord_state import service as discord_state
from raidbot.features.discord_state.model import NoticeWish
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.raiders import service as raiders
from raidbot.features.raiders.model import How, IgnTaken, InvalidIgn, Naming
from raidbot.features.realmeye import service as realmeye
from raidbot.features.realmeye.model.facts import Facts, Kind
from raidbot.features.realmeye.model.queue import Away, Lookup, PageRead, Read, Waiting, Wanted
from raidbot.features.verification.api import sessions as api
from raidbot.features.verification.model.config import Config
from raidbot.features.verification.model.sessions import (
    ANSWERED,
    LASTS,
    AlreadyVerified,
    Mine,
    NothingStarted,
    Outcome,
    Session,
    Stage,
    SuspendedMember,
    VerificationAnswered,
    Wait,
)
from raidbot.features.verification.model.tickets import Place, Ticket, TicketState
from raidbot.features.verification.rules import sessions as rules
from raidbot.features.verification.rules.tickets import usual_seconds
from raidbot.features.verification.service.config import config_of, wanted_of
from raidbot.features.verification.service.holding import has_read, is_suspended, tells_in
from raidbot.features.verification.store import sessions as store
from raidbot.features.verification.store import tickets
from raidbot.features.watch_list import service as watch_list
from raidbot.features.watch_list.model import Effect, Occasion, OnWatchList, Seen

VANISHES_S = 120
"""How long a mention stands that leads to an answer."""

HELPS_S = 15 * 60
"""How long it helps to be told that RealmEye has answered."""


@serves(api.open_mine)
async def open_mine(call: Call[api.OpenMine]) -> Mine:
    """Return where the caller is; who lost role and nickname is given them again."""
    tx, guild_id = call.tx, call.ask.guild_id
    known = await store.known_raider(tx, guild_id, call.caller)
    if known is not None and not known.wears_role and not await is_suspended(tx, guild_id, call.caller):
        await raiders.assign(
            tx, guild_id, Naming(user_id=call.caller, ign=known.ign, by=call.caller, how=How.REALMEYE), call.now
        )
    found = await mine(tx, guild_id, call.caller, call.now)
    if found.stage is Stage.NEW:
        await _check_standing(tx, guild_id, call.caller)  # before they are asked for a name
    return await _read(tx, guild_id, call.caller, found, call.now)


@serves(api.show_mine)
async def show_mine(call: Call[api.ShowMine]) -> Mine:
    """Return where the caller is who looks at RealmEye."""
    return await mine(call.tx, call.ask.guild_id, call.caller, call.now, by_code=True)


@serves(api.begin)
async def begin(call: Call[api.Begin]) -> Mine:
    """Begin, or go on under another IGN with the same code."""
    tx, guild_id, who = call.tx, call.ask.guild_id, call.caller
    await check_may_verify(tx, guild_id, who)
    await store.hold_member(tx, guild_id, who)
    naming = Naming(user_id=who, ign=call.ask.ign, by=who, how=How.REALMEYE, proven=True)
    ign = await raiders.check_free(tx, guild_id, naming)
    await store.expire_of(tx, guild_id, who, call.now)
    session = await store.open_session(tx, guild_id, who, call.now)
    if session is None:
        new = store.NewSession(
            guild_id=guild_id, user_id=who, ign=ign, code=rules.new_code(), expires_at=call.now + LASTS
        )
        await store.add_session(tx, new, call.now)
    elif session.ign != ign:
        await realmeye.withdraw(tx, guild_id, who)
        await store.rename(tx, session.id, ign)
    return await _read(tx, guild_id, who, await mine(tx, guild_id, who, call.now, by_code=True), call.now)


@serves(api.look)
async def look(call: Call[api.Look]) -> Mine:
    """Look for the code on a page that is younger than this press; who waits already keeps their place."""
    tx, guild_id, who = call.tx, call.ask.guild_id, call.caller
    await store.hold_member(tx, guild_id, who)
    session = await store.open_session(tx, guild_id, who, call.now)
    if session is None:
        if await store.known_raider(tx, guild_id, who) is not None:
            return await _read(tx, guild_id, who, await mine(tx, guild_id, who, call.now, by_code=True), call.now)
        raise NothingStarted("You have no code that is still good. Press Get verified to get one.")
    await check_may_verify(tx, guild_id, who)
    if session.checking_since is None:
        await store.wait_since(tx, session.id, call.now)
    config = await config_of(tx, guild_id)
    found = await _asked(tx, guild_id, session, config, call.now)
    if isinstance(found, Read):
        await _decide(tx, guild_id, session, found, call.now)
    return await _read(tx, guild_id, who, await mine(tx, guild_id, who, call.now, by_code=True), call.now)


@on(PageRead)
async def decide(tx: Transaction, happened: PageRead) -> None:
    """Decide about a member who waits, in the transaction that stores the page, and let them know."""
    guild_id, who, now = happened.guild_id, happened.user_id, happened.at
    await store.hold_member(tx, guild_id, who)
    session = await store.open_session(tx, guild_id, who, now)
    if session is None or session.checking_since is None or session.ign.lower() != happened.ign.lower():
        return
    if await store.known_raider(tx, guild_id, who) is not None:
        return  # staff were faster
    found = await _asked(tx, guild_id, session, await config_of(tx, guild_id), now)
    if not isinstance(found, Read):
        return
    await _decide(tx, guild_id, session, found, now)
    await emit(tx, VerificationAnswered(guild_id=guild_id, user_id=who, checks=session.checks + 1), now)
    channel = await tells_in(tx, guild_id)
    if channel is not None:
        await discord_state.tell(tx, guild_id, [_told(session, channel)], now)


def _told(session: Session, channel: ChannelKey) -> NoticeWish:
    return NoticeWish(
        name=f"verification-{session.id}-{session.checks + 1}",
        kind=ANSWERED,
        subject_id=session.id,
        channel=channel,
        body={"checks": session.checks + 1},
        user_ids=[session.user_id],
        lapses_s=HELPS_S,
        keep_s=VANISHES_S,
    )


async def mine(tx: Transaction, guild_id: GuildId, who: UserId, now: datetime, *, by_code: bool = False) -> Mine:
    """Return where a member is; `by_code`: on the RealmEye way, although their screenshot may be in line.

    So they are without saying so while RealmEye is looked at, and once it has answered after they sent that.
    """
    config = await config_of(tx, guild_id)
    wanted = wanted_of(config)
    known = await store.known_raider(tx, guild_id, who)
    if known is not None:
        return Mine(stage=Stage.VERIFIED, config=config, wanted=wanted, ign=known.ign)
    session = await store.open_session(tx, guild_id, who, now)
    applicant = tickets.Applicant(guild_id, who)
    ticket = await tickets.open_ticket(tx, applicant)
    place = await place_of(tx, guild_id, ticket) if ticket else None
    if ticket is not None and not (session and (by_code or rules.goes_on(session, ticket.opened_at))):
        return Mine(stage=Stage.REVIEW, config=config, wanted=wanted, ign=ticket.ign, place=place)
    denied = await tickets.last_denial(tx, applicant)
    if session is None:
        return Mine(stage=Stage.NEW, config=config, wanted=wanted, denied=denied)
    return Mine(
        stage=Stage.CODE,
        config=config,
        wanted=wanted,
        ign=session.ign,
        code=rules.grouped(session.code),
        expires_at=session.expires_at,
        wait=await _wait(tx, guild_id, session, config, now),
        checks=session.checks,
        outcome=session.outcome,
        checklist=session.checklist,
        place=place,
        denied=denied if denied and denied.at > (session.checked_at or session.started_at) else None,
    )


async def _read(tx: Transaction, guild_id: GuildId, who: UserId, found: Mine, now: datetime) -> Mine:
    """Return where a member is who is shown it right now: what it says of a decision they have read."""
    decided = TicketState.APPROVED if found.stage is Stage.VERIFIED else TicketState.DENIED if found.denied else None
    if decided is not None:
        await has_read(tx, tickets.Applicant(guild_id, who), decided, now)
    return found


async def place_of(tx: Transaction, guild_id: GuildId, ticket: Ticket) -> Place:
    """Return where a screenshot stands in the line of staff."""
    return Place(
        ticket_id=ticket.id,
        number=await tickets.number_of(tx, guild_id, ticket),
        opened_at=ticket.opened_at,
        usual_s=usual_seconds(await tickets.lately(tx, guild_id)),
    )


async def check_may_verify(tx: Transaction, guild_id: GuildId, who: UserId) -> None:
    """Check that a member may be verified at all.

    Raises:
        SuspendedMember: they are suspended.
        AlreadyVerified: they are a raider already.
    """
    await _check_standing(tx, guild_id, who)
    known = await store.known_raider(tx, guild_id, who)
    if known is not None:
        raise AlreadyVerified(f"You are verified as {known.ign} already. Staff correct a name with /editname.")


async def _check_standing(tx: Transaction, guild_id: GuildId, who: UserId) -> None:
    if await is_suspended(tx, guild_id, who):
        raise SuspendedMember("You are suspended here. When that is over, press Get verified again.")


async def _asked(tx: Transaction, guild_id: GuildId, session: Session, config: Config, now: datetime) -> Lookup:
    wanted = Wanted(
        guild_id=guild_id,
        user_id=session.user_id,
        ign=session.ign,
        kinds=realmeye.pages_for(config.requirements),
        not_older_than=session.checking_since or now,
    )
    found = await realmeye.ask(tx, wanted, now)
    if not isinstance(found, Read) or not await _asks_for_history(tx, guild_id, session, config, found):
        return found
    history = msgspec.structs.replace(wanted, kinds=(Kind.NAMES,), not_older_than=None)
    names = await realmeye.ask(tx, history, now)
    if not isinstance(names, Read):
        return names
    facts = msgspec.structs.replace(found.facts, former_names=names.facts.former_names)
    return msgspec.structs.replace(found, facts=facts)


async def _asks_for_history(tx: Transaction, guild_id: GuildId, session: Session, config: Config, read: Read) -> bool:
    """Tell whether it matters what somebody was called before: they would be verified, and staff look out for some."""
    checks = realmeye.checklist(config.requirements, read.facts)
    verifies = rules.judged(read, session.ign, session.code, checks) is Outcome.VERIFIED
    return verifies and await watch_list.looks_out(tx, guild_id)


async def _wait(tx: Transaction, guild_id: GuildId, session: Session, config: Config, now: datetime) -> Wait | None:
    """Return how far the page is that a member waits for; it is waited for anew if it was lost."""
    if session.checking_since is None:
        return None
    found = await _asked(tx, guild_id, session, config, now)
    if isinstance(found, Away):
        return Wait(place=found.place, seconds=None, away_since=found.since, next_try_at=found.next_try_at)
    return Wait(place=found.place, seconds=found.seconds) if isinstance(found, Waiting) else None


async def _decide(tx: Transaction, guild_id: GuildId, session: Session, read: Read, now: datetime) -> None:
    """Say what follows from the pages. Who has the name is written down first; Discord follows the record."""
    checks = realmeye.checklist((await config_of(tx, guild_id)).requirements, read.facts)
    outcome = rules.judged(read, session.ign, session.code, checks)
    if outcome is Outcome.VERIFIED:
        outcome = await _assigned(tx, guild_id, session.user_id, read.facts, now)
    told = checks if outcome in {Outcome.NOT_MET, Outcome.VERIFIED} else []
    await store.answer(tx, session.id, outcome, told, now)


async def _assigned(tx: Transaction, guild_id: GuildId, who: UserId, facts: Facts, now: datetime) -> Outcome:
    if await is_suspended(tx, guild_id, who):
        return Outcome.SUSPENDED
    if await _is_left_to_staff(tx, guild_id, who, facts, now):
        return Outcome.BY_STAFF
    naming = Naming(user_id=who, ign=facts.ign, by=who, how=How.REALMEYE, proven=True)
    try:
        await raiders.assign(tx, guild_id, naming, now)
    except IgnTaken:
        return Outcome.TAKEN
    except InvalidIgn:
        return Outcome.UNREADABLE
    except OnWatchList:  # it was put there this very moment
        return Outcome.BY_STAFF
    return Outcome.VERIFIED


async def _is_left_to_staff(tx: Transaction, guild_id: GuildId, who: UserId, facts: Facts, now: datetime) -> bool:
    """Tell whether the watch list keeps somebody from being verified by themselves, and tell security of them."""
    names = [facts.ign, *realmeye.former_names(facts)]
    found = await watch_list.look_back(tx, guild_id, Seen(user_id=who, names=names, occasion=Occasion.VERIFY), now)
    return any(one.effect is not Effect.ALERT for one in found)
