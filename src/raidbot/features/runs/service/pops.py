"""What the backend does about pops: they are counted, their windows close, and who was in is paid."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from raidbot.backend.events import on
from raidbot.backend.serving import Call, serves
from raidbot.core.ids import RunId, UserId
from raidbot.database.transaction import Transaction
from raidbot.features.discord_state import service as discord_state
from raidbot.features.guild_config import service as guild_config
from raidbot.features.guild_config.model import Settings
from raidbot.features.keys import service as keys
from raidbot.features.keys.model import KeyNamed
from raidbot.features.points import service as points
from raidbot.features.points.model import Award, AwardKind, Difference, Pay
from raidbot.features.runs.api import pops as api
from raidbot.features.runs.model.life import Run, RunStatus
from raidbot.features.runs.model.notices import Saying
from raidbot.features.runs.model.offers import OfferState, UnknownOffer
from raidbot.features.runs.model.pops import WINDOW, Outcome, Pop, PopId, PopPaid, PopRefused, UnknownPop
from raidbot.features.runs.rules import life as life_rules
from raidbot.features.runs.rules import offers as offer_rules
from raidbot.features.runs.rules import pops as rules
from raidbot.features.runs.rules.notices import Message, head, to_raiders
from raidbot.features.runs.service.holding import OfRun, acted, dungeon_of, found, going_on, settings_of, stirred
from raidbot.features.runs.service.line import close_up
from raidbot.features.runs.store import offers
from raidbot.features.runs.store import pops as store

PING_LAPSES_S = 60
"""A call to a window that has closed helps nobody."""

FOR_POPS = (AwardKind.COMPLETION, AwardKind.LEAD, AwardKind.ASSIST)
"""What a pop itself pays; keys are paid as they are logged."""


@serves(api.pop_key)
async def pop_key(call: Call[api.PopKey]) -> Run:
    """Count a pop and open its window; the window before closes and is paid. Six statements at the most."""
    run = await going_on(call)
    rules.check_pop(run, dungeon_of(run.dungeon), call.ask.number)
    return await _pop(call, run, None, None)


async def _pop(call: Call[Any], run: Run, popper_id: UserId | None, key: str | None) -> Run:
    settings, dungeon = await settings_of(call), dungeon_of(run.dungeon)
    on = life_rules.acted(run, life_rules.spans_of(settings), call.now)
    pop = store.NewPop(
        number=run.pops + 1,
        dungeon=run.dungeon,
        key=key or rules.only_key(dungeon),
        popper_id=popper_id,
        leader_id=run.leader_id,
        window_ends_at=call.now + WINDOW,
        auto_end_at=on.auto_end_at,
        warn_at=life_rules.warn_at(on.auto_end_at, call.now),
    )
    popped = await store.add(call.tx, moment(call), pop)
    if popped.before:
        owed = rules.pays(popped.before, run.id, dungeon_of(popped.before.dungeon), settings)
        await points.pay(call.tx, run.guild_id, owed, moment(call).hand)
    called = [one for one in popped.user_ids if one != call.caller]
    ping = _ping(popped.id, number=pop.number, window_ends_at=pop.window_ends_at.isoformat())
    wishes = to_raiders(run.id, ping, called, settings, popped.role_id)
    await discord_state.tell(call.tx, run.guild_id, wishes, call.now)
    version = run.version + (2 if popped.before else 1)
    return replace(
        on,
        version=version,
        urgent_version=version,
        pops=pop.number,
        unnamed_keys=run.unnamed_keys + (popper_id is None),
        pop=Pop(
            id=popped.id,
            number=pop.number,
            dungeon=pop.dungeon,
            key=pop.key,
            popper_id=popper_id,
            leader_id=pop.leader_id,
            outcome=Outcome.COMPLETED,
            popped_at=call.now,
            window_ends_at=pop.window_ends_at,
            closed_at=None,
        ),
    )


def _ping(pop_id: int, **body: Any) -> Message:
    return Message(saying=Saying.POPPED, of=str(pop_id), body=body, lapses_s=PING_LAPSES_S)


@serves(api.undo_pop)
async def undo_pop(call: Call[api.UndoPop]) -> Run:
    """Take the newest pop back: its count, window, snapshot, awards and call."""
    run = await going_on(call)
    rules.check_undo(run, call.ask.number)
    at = moment(call, "undone")
    undone = await store.undo(call.tx, at, call.ask.number)
    await points.take_back_pop(call.tx, run.guild_id, undone.id, at.hand)
    await keys.drop_pop(call.tx, undone.id)
    await discord_state.withdraw(call.tx, run.guild_id, head(run.id, Saying.POPPED, str(undone.id)), call.now)
    if undone.reopened_id:
        await points.take_back_pop(call.tx, run.guild_id, undone.reopened_id, at.hand)
        await close_window(call.tx, moment(call))
    await acted(call, run, "pop_undone", number=call.ask.number)
    return await found(call, run.id)


@serves(api.tell_pop)
async def tell_pop(call: Call[api.TellPop]) -> Run:
    """Tell more of a pop; what its window paid is put right."""
    run = await going_on(call)
    ask = call.ask
    pop = await pop_of(call.tx, run.id, ask.number)
    more = rules.Told(
        popper_id=ask.popper_id,
        key=ask.key,
        dungeon=dungeon_of(ask.dungeon) if ask.dungeon else None,
        outcome=ask.outcome,
    )
    return await _told(call, run, pop, rules.told(pop, dungeon_of(pop.dungeon), more))


async def _told(call: Call[Any], run: Run, old: Pop, new: Pop) -> Run:
    if old.popper_id not in {None, new.popper_id}:
        await store.unpop_offer(call.tx, run.id, old)
    if new.popper_id and new.popper_id != old.popper_id:
        new = await _with_offer(call, run, new)
    if new == old:
        return run
    await store.save(call.tx, new)
    if (old.dungeon, old.outcome) != (new.dungeon, new.outcome) and old.closed_at:
        await put_right(call.tx, moment(call), [new.id])
    await acted(call, run, "pop_told", number=new.number, **rules.changes(old, new))
    return await found(call, run.id)


async def _with_offer(call: Call[Any], run: Run, pop: Pop) -> Pop:
    """Mark the key that the popper stands in line with as popped, and return the pop with it."""
    held = next((one for one in run.offers if one.user_id == pop.popper_id and pop.key in {None, one.key}), None)
    if held is None:
        return pop
    await _settle(call, run, held.id)
    return replace(pop, key=held.key)


@serves(api.holder_popped)
async def holder_popped(call: Call[api.HolderPopped]) -> Run:
    """Say that a holder popped. The newest pop is theirs if it has no popper; else it is one more pop."""
    run = await going_on(call)
    offer = await offers.find(call.tx, run.id, call.ask.offer_id)
    if offer is None:
        raise UnknownOffer("This run has no such offer. Press Keys to see the line as it is.")
    offer_rules.check_standing_offer(offer.state)
    if run.status is not RunStatus.LIVE:
        raise PopRefused("This run has not started. Press Start first, then say who popped.")
    if run.pop and run.pop.popper_id is None:
        pop = await pop_of(call.tx, run.id, run.pop.number)
        return await _told(call, run, pop, replace(pop, popper_id=offer.user_id, key=offer.key))
    await _settle(call, run, offer.id)
    if dungeon_of(run.dungeon).pops:
        run = await found(call, run.id)
        await _pop(call, run, offer.user_id, offer.key)
    else:
        await stirred(call, run)
    return await found(call, run.id)


async def _settle(call: Call[Any], run: Run, offer_id: Any) -> None:
    """Write down that a holder popped; who stands next in line follows."""
    settled = offers.Settled(
        guild_id=run.guild_id, run_id=run.id, offer_id=offer_id, state=OfferState.POPPED, by=call.caller
    )
    await offers.settle(call.tx, settled, call.now)
    await close_up(call.tx, run.guild_id, run.id, (run.dungeon, await settings_of(call)), call.now)


async def pop_of(tx: Transaction, run_id: RunId, number: int) -> Pop:
    """Return a pop of a run by its number.

    Raises:
        UnknownPop: it has none of that number.
    """
    pop = next((one for one in await store.of_run(tx, run_id) if one.number == number), None)
    if pop is None:
        raise UnknownPop(f"This run has no key {number}: it was taken back, or never counted. Press Refresh.")
    return pop


async def close_window(tx: Transaction, at: store.Moment) -> None:
    """Close the window whose time is up, if there is one, and pay for it. The run's row must be held."""
    closing = await store.close(tx, at, due=True)
    await points.pay(tx, at.guild_id, _owed(closing, at), at.hand)


async def close_run(tx: Transaction, run: Run, at: store.Moment) -> Run:
    """Pay what is due when a run is over, ask whose its keys were, and return it. The run's row must be held.

    Its window closes now. A run that ended without a pop is paid as a whole; one that was cancelled is not.
    Three statements.
    """
    closing = await store.close(tx, at, whole=run.status is RunStatus.ENDED)
    asked = await keys.open_keys(tx, run.guild_id, run.id, dungeon_of(run.dungeon), at.at)
    await points.pay(tx, run.guild_id, [*_owed(closing, at), *asked.owed], at.hand)
    grown = 1 if closing.pop and closing.pop.number else 0
    return replace(run, version=run.version + grown, unnamed_keys=asked.unnamed)


def _owed(closing: store.Closing, at: store.Moment) -> list[Pay]:
    pop = closing.pop
    return rules.pays(pop, at.run_id, dungeon_of(pop.dungeon), Settings(closing.settings)) if pop else []


async def close_due(tx: Transaction, now: datetime, most: int) -> int:
    """Close windows whose time is up, and pay for them; return how many runs that concerned."""
    due = await store.due_windows(tx, now, most)
    for one in due:
        at = store.Moment(guild_id=one.guild_id, run_id=one.run_id, by=UserId(0), at=now)
        await close_window(tx, at)
    return len(due)


async def take_back_whole(tx: Transaction, at: store.Moment) -> None:
    """Take back what an end paid for a run without pops. The run's row must be held."""
    pop_id = await store.undo_whole(tx, at)
    if pop_id is not None:
        await points.take_back_pop(tx, at.guild_id, pop_id, at.hand)
        await keys.drop_pop(tx, pop_id)


@on(KeyNamed)
async def note_key(tx: Transaction, happened: KeyNamed) -> None:
    """Let a pop say what its key was logged as."""
    await store.note_key(tx, happened)


async def put_right(
    tx: Transaction, at: store.Moment, pop_ids: Collection[PopId], user_ids: Collection[UserId] | None = None
) -> None:
    """Let the ledger say what is owed for pops as they stand, or to some of their raiders alone."""
    await points.settle(tx, at.guild_id, await outstanding(tx, at, await _paid(tx, at, pop_ids), user_ids), at.hand)


async def outstanding(
    tx: Transaction, at: store.Moment, pops: Sequence[PopPaid], user_ids: Collection[UserId] | None = None
) -> Difference:
    """Return what has to be written so that pops are paid as they stand, or some of their raiders alone."""
    settings = await guild_config.settings_of(tx, at.guild_id)

    def about(one: Award | Pay) -> bool:
        if user_ids is None:
            return one.kind in FOR_POPS
        return one.kind is AwardKind.COMPLETION and one.user_id in user_ids

    owed = [one for pop in pops for one in rules.pays(pop, at.run_id, dungeon_of(pop.dungeon), settings)]
    ids = [one.id for one in pops]
    return await points.compare(tx, at.guild_id, ids, about, [one for one in owed if about(one)])


async def _paid(tx: Transaction, at: store.Moment, pop_ids: Collection[PopId]) -> list[PopPaid]:
    return [one for one in await store.paid(tx, at.run_id) if one.id in pop_ids]


async def count_in(tx: Transaction, at: store.Moment, pop_ids: list[PopId], user_ids: list[UserId]) -> None:
    """Let members count as having been in pops whose windows are closed, and pay them. The row must be held."""
    await store.add_to_snapshots(tx, at, pop_ids, user_ids)
    await put_right(tx, at, pop_ids, user_ids)


async def count_out(tx: Transaction, at: store.Moment, pop_ids: list[PopId], user_ids: list[UserId]) -> None:
    """Strike members who were not there from pops, and take back what they were paid. The row must be held."""
    await store.strike_from_snapshots(tx, at, pop_ids, user_ids)
    await put_right(tx, at, pop_ids, user_ids)


def moment(call: Call[Any], reason: str | None = None) -> store.Moment:
    """Return who changes the run that is asked about, and when."""
    ask: OfRun = call.ask
    return store.Moment(guild_id=ask.guild_id, run_id=ask.run_id, by=call.caller, at=call.now, reason=reason)
