"""What the backend does about who leads a run."""

from dataclasses import replace as varied
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
from raidbot.features.runs.rules import notices as told
from raidbot.features.runs.rules.life import check_leader, check_unfinished
from raidbot.features.runs.rules.notices import Message
from raidbot.features.runs.service.holding import acted, found, held, settings_of
from raidbot.features.runs.store import joins, leaders
from raidbot.features.runs.store import life as runs
from raidbot.features.runs.store.notices import joined


@serves(api.come_to_desk)
async def come_to_desk(call: Call[api.ComeToDesk]) -> DeskVisit:
    """Return a run to one who may steer it, and whether they are asked first."""
    run = await found(call, call.ask.run_id)
    rank = await callers.rank(call.tx, run.guild_id, call.caller)
    check_leader(run, call.caller, rank)
    return DeskVisit(run=run, confirms=rules.confirms(run, call.caller, rank))


@serves(api.steerable_runs)
async def steerable_runs(call: Call[api.SteerableRuns]) -> Steerable:
    """Return the runs that the caller may steer, own ones first."""
    active = await runs.active(call.tx, call.ask.guild_id)
    own = sorted((run for run in active if call.caller in run.led_by), key=lambda run: run.leader_id != call.caller)
    others = [run for run in active if call.caller not in run.led_by] if call.rank >= Rank.ORGANIZER else []
    if not own and not others:
        raise NoRun("You lead no run now. Open one with /run, or press Organizer below the panel of a run.")
    return Steerable(own=own, others=others)


@serves(api.take_over)
async def take_over(call: Call[api.TakeOver]) -> Run:
    """Let the caller lead, whatever else they lead; the host is told, and the joined are told once."""
    run, rank = await held(call)
    check_leader(run, call.caller, rank)
    check_unfinished(run)
    place = (call.ask.party, call.ask.location)
    if run.leader_id == call.caller:
        return run
    placed = run.placed + ((run.party, run.location) != place)
    led = replace(run, party=place[0], location=place[1], placed=placed)
    former = str(int(run.leader_id))
    new = await _lead(call, led, call.caller, "taken_over", **{"from": former, "old": [run.party, run.location]})
    await _tell(call, new, [run.leader_id])
    return new


@serves(api.hand_over)
async def hand_over(call: Call[api.HandOver]) -> Run:
    """Let somebody else lead; they are told, and the joined are told once."""
    run, rank = await held(call)
    rules.check_owner(run, call.caller, rank)
    check_unfinished(run)
    to = call.ask.user_id
    fit = not await leaders.unfit(call.tx, run.guild_id, [to])
    rules.check_successor(run, to, await callers.rank(call.tx, run.guild_id, to), fit=fit)
    new = await _lead(call, run, to, "handed_over", user_id=str(int(to)))
    await _tell(call, new, sorted({to, run.leader_id} - {call.caller}))
    return new


@serves(api.name_co_leaders)
async def name_co_leaders(call: Call[api.NameCoLeaders]) -> Run:
    """Say who helps to lead; the entry keeps old and new."""
    run, rank = await held(call)
    rules.check_owner(run, call.caller, rank)
    check_unfinished(run)
    named = [one for one in dict.fromkeys(call.ask.user_ids) if one != run.leader_id]
    if named == run.co_leader_ids:
        return run
    rules.check_helpers(await leaders.unfit(call.tx, run.guild_id, named))
    await leaders.name_co_leaders(call.tx, run.id, named, call.now)
    old, new = ([str(int(one)) for one in ids] for ids in (run.co_leader_ids, named))
    await acted(call, run, "co_leaders_named", old=old, new=new)
    return await found(call, run.id)


async def _lead(call: Call[Any], run: Run, to: UserId, kind: str, **detail: Any) -> Run:
    """Write down who leads now. They are in; the organizer's place for a run follows who leads."""
    await leaders.lead(call.tx, run.id, to, call.now)
    if to not in await joined(call.tx, run.id):
        await joins.take_in(call.tx, run.guild_id, run.id, (call.caller, to), call.now)
    if to == run.organizer_id and not await runs.take_activity(call.tx, run.guild_id, to):
        await runs.give_activity(call.tx, run)
    await acted(call, replace(run, leader_id=to), kind, **detail)
    return await found(call, run.id)


async def _tell(call: Call[Any], run: Run, concerned: list[UserId]) -> None:
    """Tell those whom it concerns where they can answer it, and the joined that somebody else leads."""
    message = Message(
        saying=Saying.TAKEN_OVER, of=f"{run.version}", body={"leader": str(int(run.leader_id))}, lapses_s=told.LONG_S
    )
    others = [one for one in await joined(call.tx, run.id) if one not in {*concerned, call.caller, run.leader_id}]
    wishes = told.to_raiders(run.id, message, others, await settings_of(call))
    if concerned:
        body = {**message.body, "host": True}
        host = varied(message, of=f"{message.of}-host", body=body, channel=told.THREAD)
        wishes.append(told.to_leaders(run.id, host, concerned))
    await discord_state.tell(call.tx, run.guild_id, wishes, call.now)
