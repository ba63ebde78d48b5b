"""What the backend does about raiders in runs."""

from datetime import datetime
from itertools import groupby
from typing import Any

from msgspec.structs import replace

from raidbot.backend.events import emit, on
from raidbot.backend.serving import Call, serves
from raidbot.core.ids import GuildId, RunId, UserId
from raidbot.database.transaction import Transaction
from raidbot.dungeons.needs import needing
from raidbot.features.discord_state.model import MembersMirrored
from raidbot.features.guild_config import service as guild_config
from raidbot.features.guild_config.model import Settings
from raidbot.features.raiders.model import RaiderUnverified
from raidbot.features.runs.api import joins as api
from raidbot.features.runs.model.joins import Card, JoinState, NotInRun, RaidersMovedUp, RunRaider, Situation
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.notices import Saying
from raidbot.features.runs.model.places import Grounds
from raidbot.features.runs.rules import joins as rules
from raidbot.features.runs.rules.claims import REMEMBERED_FOR
from raidbot.features.runs.rules.notices import Message
from raidbot.features.runs.rules.places import grounds
from raidbot.features.runs.service.holding import (
    OfRun,
    dungeon_of,
    found,
    going_on,
    settings_of,
    steered,
    stirred,
    unknown,
)
from raidbot.features.runs.service.line import close_up
from raidbot.features.runs.service.notices import tell_lost, tell_some
from raidbot.features.runs.store import joins as store
from raidbot.features.runs.store import life as runs
from raidbot.features.runs.store.claims import claimed_runs


@serves(api.join_run)
async def join_run(call: Call[api.JoinRun]) -> Card:
    """Take a member in, or put them in line. Two statements, unless they lose their standing between these."""
    ask = call.ask
    met = _known(await store.hold_situation_to_join(call.tx, ask.guild_id, ask.run_id, call.caller), ask.run_id)
    rules.check_join(met)
    card = await _save_part(call, replace(met, state=JoinState.JOIN), joins=True)
    return card if card.state in rules.IN_LINE else await join_run(call)


@serves(api.leave_run)
async def leave_run(call: Call[api.LeaveRun]) -> Card:
    """Let a member out; who waits moves up."""
    met = await hold_situation(call)
    rules.check_leave(met)
    card = await _save_part(call, met, joins=False)
    if card.changed and met.state is not JoinState.WAITING and met.max_raiders is not None:
        await move_up(call, await found(call, call.ask.run_id))
    if card.changed and met.key_holder:
        line = (met.dungeon, Settings(met.settings))
        await close_up(call.tx, call.ask.guild_id, call.ask.run_id, line, call.now)
    return card


async def _save_part(call: Call[Any], met: Situation, *, joins: bool) -> Card:
    ask: OfRun = call.ask
    part = store.Part(
        guild_id=ask.guild_id,
        run_id=ask.run_id,
        user_id=call.caller,
        joins=joins,
        grounds=grounds(met, dungeon_of(met.dungeon)) if joins else None,
    )
    return await store.save_part(call.tx, part, call.now)


@serves(api.my_part)
async def my_part(call: Call[api.MyPart]) -> Card:
    """Return the caller's own part in a run. Two statements."""
    met = await store.find_situation(call.tx, call.ask.guild_id, call.ask.run_id, call.caller)
    if met is None:
        raise unknown(call.ask.run_id)
    return await card_of(call, met)


@serves(api.my_runs)
async def my_runs(call: Call[api.MyRuns]) -> list[Card]:
    """Return the caller's own part in every run that goes on, and in those where they say they were there."""
    cards: list[Card] = []
    since = call.now - REMEMBERED_FOR
    now = await store.joined_runs(call.tx, call.ask.guild_id, call.caller)
    before = await claimed_runs(call.tx, call.ask.guild_id, call.caller, since)
    for run_id in dict.fromkeys([*now, *before]):
        met = await store.find_situation(call.tx, call.ask.guild_id, run_id, call.caller)
        if met is not None:
            sees = grounds(met, dungeon_of(met.dungeon))
            cards.append(await store.card(call.tx, call.ask.guild_id, run_id, call.caller, sees, call.now))
    return cards


@serves(api.play)
async def play(call: Call[api.Play]) -> Card:
    """Write down which class a member plays."""
    met = await hold_situation(call)
    rules.check_outfit(met)
    plays = rules.checked_class(call.ask.plays)
    return await _save_outfit(call, met, plays, [one.want for one in met.brings])


@serves(api.bring)
async def bring(call: Call[api.Bring]) -> Card:
    """Write down what a member brings, within the limits of each kind."""
    met = await hold_situation(call)
    rules.check_outfit(met)
    others = await store.brought_by_others(call.tx, call.ask.run_id, call.caller)
    dungeon = needing(dungeon_of(met.dungeon), met.needed)
    brings = rules.checked_brings(call.ask.brings, dungeon, others)
    own = await card_of(call, met)
    return await _save_outfit(call, met, own.plays, brings)


async def _save_outfit(call: Call[Any], met: Situation, plays: str | None, brings: list[str]) -> Card:
    ask: OfRun = call.ask
    outfit = store.Outfit(
        guild_id=ask.guild_id,
        run_id=ask.run_id,
        user_id=call.caller,
        plays=plays,
        brings=rules.with_class(plays, brings, dungeon_of(met.dungeon)),
    )
    changed = await store.save_outfit(call.tx, outfit, call.now)
    return replace(await card_of(call, met), changed=bool(changed))


@serves(api.list_raiders)
async def list_raiders(call: Call[api.ListRaiders]) -> list[RunRaider]:
    """Return who is in a run or waits, to those who may steer it."""
    run = await steered(call)
    return await store.raiders(call.tx, run.id)


@serves(api.remove_raiders)
async def remove_raiders(call: Call[api.RemoveRaiders]) -> list[RunRaider]:
    """Take members out, with a reason; who waits moves up."""
    run = await going_on(call)
    ask = call.ask
    act = (call.caller, ask.reason, call.now)
    if removed := await store.remove(call.tx, run.guild_id, run.id, ask.user_ids, act):
        message = Message(saying=Saying.REMOVED, of=f"{call.now.timestamp():.6f}")
        await tell_some(call.tx, run.guild_id, run.id, message, [one.user_id for one in removed], call.now)
        await move_up(call, run)
        await close_up(call.tx, run.guild_id, run.id, (run.dungeon, await settings_of(call)), call.now)
    await stirred(call, run)
    return await store.raiders(call.tx, run.id)


@serves(api.add_raider)
async def add_raider(call: Call[api.AddRaider]) -> list[RunRaider]:
    """Take a member in who is in good standing, whatever the lock and the line say."""
    ask = call.ask
    user_id = ask.user_id or await store.owner_of(call.tx, ask.guild_id, ask.ign or "")
    if user_id is not None:
        await store.hold_standing(call.tx, ask.guild_id, user_id)
    run = await going_on(call)
    if user_id is None:
        raise NotInRun(f"Nobody here has the IGN {ask.ign}. Check the spelling, or choose the member.")
    met = await store.find_situation(call.tx, run.guild_id, run.id, user_id)
    if met is None:
        raise unknown(run.id)
    rules.check_standing(met)
    await store.take_in(call.tx, run.guild_id, run.id, (call.caller, user_id), call.now)
    await stirred(call, run)
    return await store.raiders(call.tx, run.id)


@on(MembersMirrored)
async def let_go(tx: Transaction, happened: MembersMirrored) -> None:
    """Take those who left, or are no longer in good standing, out of every run that goes on."""
    await _let_go(tx, happened.guild_id, happened.user_ids, happened.at)


@on(RaiderUnverified)
async def let_unverified_go(tx: Transaction, happened: RaiderUnverified) -> None:
    """Take somebody who is not verified any more out of every run that goes on, while Discord still shows the role."""
    await _let_go(tx, happened.guild_id, [happened.user_id], happened.at)


async def _let_go(tx: Transaction, guild_id: GuildId, user_ids: list[UserId], at: datetime) -> None:
    found = await store.no_longer_welcome(tx, guild_id, user_ids)
    for run_id, them in groupby(found, lambda one: one.run_id):
        out = list(them)
        for one in out:
            await store.remove(tx, guild_id, run_id, [one.user_id], (UserId(0), one.reason, at))
        run = await runs.find_run(tx, guild_id, run_id)
        if run is None:
            continue
        settings = await guild_config.settings_of(tx, guild_id)
        if not run.join_locked:
            await fill_places(tx, run, settings, at)
        await close_up(tx, guild_id, run.id, (run.dungeon, settings), at)
        await tell_lost(tx, run, len(out), sum(one.holds_key for one in out), at)


async def move_up(call: Call[Any], run: Run) -> None:
    """Give free places to those who wait, unless the run is locked. The run's row must be held."""
    if run.join_locked:
        return
    await fill_places(call.tx, run, await settings_of(call), call.now)


async def fill_places(tx: Transaction, run: Run, settings: Settings, now: datetime) -> None:
    """Give free places to those who wait, and tell them. The run's row must be held."""
    until = rules.called_until(run.status, settings, now)
    moved = await store.fill_places(tx, run.guild_id, run.id, until, now)
    if moved:
        ids = [one.user_id for one in moved]
        moved_up = RaidersMovedUp(guild_id=run.guild_id, run_id=run.id, user_ids=ids, until=until, at=now)
        await emit(tx, moved_up, now)


async def hold_situation(call: Call[Any]) -> Situation:
    """Return a run as the caller meets it, with its row held. One statement.

    Raises:
        UnknownRun: the guild has no such run.
    """
    ask: OfRun = call.ask
    return _known(await store.hold_situation(call.tx, ask.guild_id, ask.run_id, call.caller), ask.run_id)


def _known(met: Situation | None, run_id: RunId) -> Situation:
    if met is None:
        raise unknown(run_id)
    return met


async def card_of(call: Call[Any], met: Situation, *, sees: Grounds | None = None) -> Card:
    """Return the caller's part in the run that is asked about. One statement."""
    ask: OfRun = call.ask
    right = sees or grounds(met, dungeon_of(met.dungeon))
    return await store.card(call.tx, ask.guild_id, ask.run_id, call.caller, right, call.now)
