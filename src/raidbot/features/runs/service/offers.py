"""What the backend does about the line of key holders."""

from typing import Any

from msgspec.structs import replace

from raidbot.backend.events import emit
from raidbot.backend.serving import Call, serves
from raidbot.core.ids import UserId
from raidbot.features.guild_config.model import NO_POP_MARKS, Settings
from raidbot.features.runs.api import offers as api
from raidbot.features.runs.model.joins import Card
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.offers import HoldersAccepted, LinedUp, OfferId, OfferState, UnknownOffer
from raidbot.features.runs.rules import offers as rules
from raidbot.features.runs.service.holding import dungeon_of, found, going_on, settings_of, stirred
from raidbot.features.runs.service.joins import card_of, hold_situation
from raidbot.features.runs.service.line import close_up
from raidbot.features.runs.store import offers as store


@serves(api.offer_key)
async def offer_key(call: Call[api.OfferKey]) -> LinedUp:
    """Put a key into the line. Two statements."""
    ask = call.ask
    met = await hold_situation(call)
    dungeon, settings = dungeon_of(met.dungeon), Settings(met.settings)
    key = rules.checked_key(dungeon, ask.key)
    rules.check_offer(met)
    offered = store.Offered(
        guild_id=ask.guild_id,
        run_id=ask.run_id,
        user_id=call.caller,
        key=key.key,
        accepts_itself=rules.accepts_itself(settings, dungeon),
        cap=rules.cap(settings, dungeon, key),
        most_marks=settings.get(NO_POP_MARKS),
        marks_since=call.now - rules.MARKS_COUNT_FOR,
    )
    lined_up = await store.add(call.tx, offered, call.now)
    if lined_up is None:
        raise rules.not_in()
    return lined_up


@serves(api.withdraw_key)
async def withdraw_key(call: Call[api.WithdrawKey]) -> Card:
    """Take the caller's own offer out of the line. What is not there stays away."""
    met = await hold_situation(call)
    offer_id = await store.standing_of(call.tx, call.ask.run_id, call.caller, call.ask.key)
    changed = offer_id is not None and await _settle(call, offer_id, OfferState.WITHDRAWN)
    if changed:
        await _close_up(call, met.dungeon, Settings(met.settings))
    return replace(await card_of(call, replace(met, key_holder=False) if changed else met), changed=bool(changed))


@serves(api.accept_offer)
async def accept_offer(call: Call[api.AcceptOffer]) -> Run:
    """Let a holder read party and location, within the cap of that key."""
    run = await going_on(call)
    offer = await _offer(call, call.ask.offer_id)
    dungeon = dungeon_of(run.dungeon)
    most = rules.cap(await settings_of(call), dungeon, rules.checked_key(dungeon, offer.key))
    rules.check_accept(offer.state, offer.accepted, most)
    if await _settle(call, offer.id, OfferState.ACCEPTED):
        await _tell_accepted(call, [offer.user_id])
    await stirred(call, run)
    return await found(call, run.id)


@serves(api.accept_all)
async def accept_all(call: Call[api.AcceptAll]) -> Run:
    """Let the first holders of each key read party and location, as many as may."""
    run = await going_on(call)
    dungeon, settings = dungeon_of(run.dungeon), await settings_of(call)
    caps = {key.key: rules.cap(settings, dungeon, key) for key in dungeon.keys}
    accepted = [
        one.user_id
        for one in await store.waiting(call.tx, run.id)
        if one.accepted + one.nth <= caps.get(one.key, 0) and await _settle(call, one.id, OfferState.ACCEPTED)
    ]
    await _tell_accepted(call, accepted)
    await stirred(call, run)
    return await found(call, run.id)


@serves(api.did_not_pop)
async def did_not_pop(call: Call[api.DidNotPop]) -> Run:
    """Leave a mark on who did not pop, and accept the next in line at once."""
    run = await going_on(call)
    offer = await _offer(call, call.ask.offer_id)
    rules.check_standing_offer(offer.state)
    await _settle(call, offer.id, OfferState.NO_POP)
    following = await store.next_in_line(call.tx, run.id, offer.key)
    if following and await _settle(call, following.id, OfferState.ACCEPTED):
        await _tell_accepted(call, [following.user_id])
    await stirred(call, run)
    return await found(call, run.id)


@serves(api.remove_offer)
async def remove_offer(call: Call[api.RemoveOffer]) -> Run:
    """Take an offer out of the line, without a mark."""
    run = await going_on(call)
    offer = await _offer(call, call.ask.offer_id)
    rules.check_standing_offer(offer.state)
    await _settle(call, offer.id, OfferState.REMOVED)
    await _close_up(call, run.dungeon, await settings_of(call))
    await stirred(call, run)
    return await found(call, run.id)


async def _close_up(call: Call[Any], dungeon: str, settings: Settings) -> None:
    await close_up(call.tx, call.ask.guild_id, call.ask.run_id, (dungeon, settings), call.now)


async def _offer(call: Call[Any], offer_id: OfferId) -> store.Line:
    offer = await store.find(call.tx, call.ask.run_id, offer_id)
    if offer is None:
        raise UnknownOffer("This run has no such offer. Press Keys to see the line as it is.")
    return offer


async def _settle(call: Call[Any], offer_id: OfferId, state: OfferState) -> bool:
    settled = store.Settled(
        guild_id=call.ask.guild_id, run_id=call.ask.run_id, offer_id=offer_id, state=state, by=call.caller
    )
    return bool(await store.settle(call.tx, settled, call.now))


async def _tell_accepted(call: Call[Any], user_ids: list[UserId]) -> None:
    """Let those who may read party and location now be told so."""
    if user_ids:
        told = HoldersAccepted(
            guild_id=call.ask.guild_id, run_id=call.ask.run_id, user_ids=sorted(set(user_ids)), at=call.now
        )
        await emit(call.tx, told, call.now)
