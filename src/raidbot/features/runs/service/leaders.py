"""What the backend does about who leads a run."""

from typing import Any

from msgspec.structs import replace

from raidbot.backend import callers
from raidbot.backend.serving import Call, serves
from raidbot.core.ids import UserId
from raidbot.core.ranks import Rank
from raidbot.features.discord_state import service as discord_state
from raidbot.features.runs.api import leaders as api
from raidbot.features.runs.model.leaders import DeskVisit, Steerable
from raidbot.features.runs.model.life import NoRun, Run
from raidbot.features.runs.model.notices import Saying
from raidbot.features.runs.rules import leaders as rules
from raidbot.features.runs.rules import life as life_rules
from raidbot.features.runs.rules.notices import THREAD, Message, to_leaders
from raidbot.features.runs.service.holding import acted, found, held, settings_of
from raidbot.features.runs.service.notices import tell_early, tell_raiders
from raidbot.features.runs.store import leaders as store
from raidbot.features.runs.store import life as runs


@serves(api.come_to_desk)
async def come_to_desk(call: Call[api.ComeToDesk]) -> DeskVisit:
    """Return a run to one who may steer it, and whether they are asked first."""
    run = await found(call, call.ask.run_id)
    rank = await callers.rank(call.tx, run.guild_id, call.caller)
    life_rules.check_leader(run, call.caller, rank)
    return DeskVisit(run=run, confirms=rules.confirms(run, call.caller, rank))


@serves(api.steerable_runs)
async def steerable_runs(call: Call[api.SteerableRuns]) -> Steerable:
    """Return the runs that the caller may steer, own ones first."""
    active = await runs.active(call.tx, call.ask.guild_id)
    own = sorted((run for run in active if call.caller in run.led_by), key=lambda run: run.leader_id != call.caller)
    rank = await callers.rank(call.tx, call.ask.guild_id, call.caller)
    others = [run for run in active if call.caller not in run.led_by] if rank >= Rank.ORGANIZER else []
    if not own and not others:
        raise NoRun("You lead no run now. Open one with /run, or press Organizer below the panel of a run.")
    return Steerable(own=own, others=others)


@serves(api.name_co_leaders)
async def name_co_leaders(call: Call[api.NameCoLeaders]) -> Run:
    """Write down who helps to lead from now on."""
    run, rank = await held(call)
    life_rules.check_unfinished(run)
    rules.check_owner(run, call.caller, rank)
    named = rules.co_leaders(run, call.ask.user_ids)
    if set(named) == set(run.co_leader_ids):
        return run
    rules.check_fit(await store.unfit(call.tx, run.guild_id, named))
    await store.set_co_leaders(call.tx, run.id, named, call.now)
    old, new = [[str(int(one)) for one in ids] for ids in (run.co_leader_ids, named)]
    await acted(call, run, "co_leaders_named", old=old, new=new)
    return await found(call, run.id)


@serves(api.take_over)
async def take_over(call: Call[api.TakeOver]) -> Run:
    """Let the caller lead from now on; the host is told, and the joined once. It needs no free slot."""
    run, rank = await held(call)
    life_rules.check_unfinished(run)
    rules.check_take_over(run, call.caller, rank)
    return await _change(call, run, call.caller, call.ask.party, call.ask.location)


@serves(api.hand_over)
async def hand_over(call: Call[api.HandOver]) -> Run:
    """Let somebody else lead from now on."""
    run, rank = await held(call)
    life_rules.check_unfinished(run)
    rules.check_owner(run, call.caller, rank)
    to = call.ask.user_id
    rules.check_fit(await store.unfit(call.tx, run.guild_id, [to]))
    rules.check_hand_over(run, to, await callers.rank(call.tx, run.guild_id, to))
    return await _change(call, run, to, None, None)


async def _change(call: Call[Any], run: Run, to: UserId, party: str | None, location: str | None) -> Run:
    await store.change_leader(call.tx, run.id, to, call.now)
    placed = replace(run, leader_id=to, party=party or run.party, location=location or run.location)
    if (placed.party, placed.location) != (run.party, run.location):
        placed = replace(placed, placed=run.placed + 1)
    if to == run.organizer_id and not await runs.take_activity(call.tx, run.guild_id, to):
        await runs.give_activity(call.tx, run)
    detail = {"from": str(int(run.leader_id)), "to": str(int(to)), "party": [run.party, placed.party]}
    await acted(call, placed, "taken_over" if to == call.caller else "handed_over", **detail)
    now = await found(call, run.id)
    if now.placed != run.placed:
        await tell_early(call.tx, now, call.now)
    await _tell(call, run, now)
    return now


async def _tell(call: Call[Any], before: Run, now: Run) -> None:
    body = {"from": str(int(before.leader_id)), "to": str(int(now.leader_id))}
    others = [one for one in {before.leader_id, now.leader_id} if one != call.caller]
    told = Message(saying=Saying.TAKEN_OVER, of=f"{now.version}-host", body={**body, "host": True}, channel=THREAD)
    await discord_state.tell(call.tx, now.guild_id, [to_leaders(now.id, told, others)] if others else [], call.now)
    message = Message(saying=Saying.TAKEN_OVER, of=str(now.version), body=body)
    await tell_raiders(call.tx, now, message, await settings_of(call), call.now)
