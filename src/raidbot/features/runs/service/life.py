"""What the backend does about runs: read, decide, write, tell."""

from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from raidbot.backend import callers
from raidbot.backend.events import emit
from raidbot.backend.serving import Call, serves
from raidbot.core.errors import InvalidRequest
from raidbot.core.ids import RunId
from raidbot.dungeons import catalogue
from raidbot.dungeons.model import Dungeon
from raidbot.features.guild_config import service as guild_config
from raidbot.features.guild_config.model import HERE_PAUSE_MINUTES, PING_AT_OPEN, PING_AT_START, Settings
from raidbot.features.runs.api import life as api
from raidbot.features.runs.model.life import (
    AlreadyLeading,
    Card,
    NoRun,
    Ping,
    PingMoment,
    Run,
    RunChanged,
    RunRaider,
    RunStatus,
    UnknownDungeon,
    UnknownRun,
)
from raidbot.features.runs.rules import life as rules
from raidbot.features.runs.store import life as store


@serves(api.open_run)
async def open_run(call: Call[api.OpenRun]) -> Run:
    """Open a run, or return the one that the same interaction opened before."""
    ask = call.ask
    if call.key is None:
        raise InvalidRequest("The Idempotency-Key header is missing: it makes a repeated request open one run.")
    dungeon = _dungeon(ask.dungeon)
    if again := await store.opened_by(call.tx, ask.guild_id, call.caller, call.key):
        return await _run(call, again)
    if holder := await store.take_activity(call.tx, ask.guild_id, call.caller):
        # The same request may have opened it while this one waited for its turn.
        if await store.opened_by(call.tx, ask.guild_id, call.caller, call.key):
            return await _run(call, RunId(holder))
        raise AlreadyLeading(
            f"You are leading run {holder} already. End or cancel it first, then open the next one.", run_id=holder
        )
    ends_at = call.now + (await _spans(call)).open
    run_id = await store.add_run(
        call.tx,
        store.Opening(
            guild_id=ask.guild_id,
            organizer_id=call.caller,
            dungeon=dungeon.key,
            party=ask.party,
            location=ask.location,
            note=ask.note,
            opened_at=call.now,
            auto_end_at=ends_at,
            warn_at=rules.warn_at(ends_at, call.now),
            interaction=call.key,
        ),
    )
    if run_id is None:
        raise InvalidRequest("The Idempotency-Key belongs to another press. Send the id of this interaction.")
    await emit(call.tx, RunChanged(guild_id=ask.guild_id, run_id=run_id, urgent=True), call.now)
    return await _run(call, run_id)


@serves(api.show_run)
async def show_run(call: Call[api.ShowRun]) -> Run:
    """Return a run with everything its panels need. One statement."""
    return await _run(call, call.ask.run_id)


@serves(api.steer_run)
async def steer_run(call: Call[api.SteerRun]) -> Run:
    """Return a run to one who may steer it."""
    run = await _run(call, call.ask.run_id)
    rules.check_leader(run, call.caller, await callers.rank(call.tx, call.ask.guild_id, call.caller))
    return run


@serves(api.own_run)
async def own_run(call: Call[api.OwnRun]) -> Run:
    """Return the run that the caller leads."""
    run = await store.led_by(call.tx, call.ask.guild_id, call.caller)
    if run is None:
        raise NoRun("You lead no run now. Open one with /run, or press Organizer below the panel of a run.")
    return run


@serves(api.list_runs)
async def list_runs(call: Call[api.ListRuns]) -> list[Run]:
    """Return every run that is open or live. One statement."""
    return await store.active(call.tx, call.ask.guild_id)


@serves(api.drop_run)
async def drop_run(call: Call[api.DropRun]) -> Run:
    """Cancel a run that nobody can see. Told twice, it happens once."""
    run = await _held(call)
    if run.status.over:
        return run
    dropped = replace(run, status=RunStatus.CANCELLED, closed_at=call.now, reason="not_posted")
    return await _saved(call, dropped, "not_posted", why=call.ask.why)


@serves(api.join_run)
async def join_run(call: Call[api.JoinRun]) -> Card:
    """Take a member in. Two statements."""
    return await _take_part(call, joins=True)


@serves(api.leave_run)
async def leave_run(call: Call[api.LeaveRun]) -> Card:
    """Let a member out. Two statements."""
    return await _take_part(call, joins=False)


@serves(api.start_run)
async def start_run(call: Call[api.StartRun]) -> Run:
    """Let a run go live; from now on auto-end counts anew."""
    run = await _led(call)
    rules.check_start(run, _dungeon(run.dungeon))
    return await _saved(call, rules.started(run, await _spans(call), call.now), "started")


@serves(api.end_run)
async def end_run(call: Call[api.EndRun]) -> Run:
    """End a live run; the caller of a second end is told that it is over."""
    run = await _led(call)
    rules.check_end(run)
    return await _saved(call, replace(run, status=RunStatus.ENDED, closed_at=call.now), "ended")


@serves(api.cancel_run)
async def cancel_run(call: Call[api.CancelRun]) -> Run:
    """Cancel a run, with a reason that stays on it."""
    run = await _led(call)
    rules.check_unfinished(run)
    cancelled = replace(run, status=RunStatus.CANCELLED, closed_at=call.now, reason=call.ask.reason)
    return await _saved(call, cancelled, "cancelled", reason=call.ask.reason)


@serves(api.reopen_run)
async def reopen_run(call: Call[api.ReopenRun]) -> Run:
    """Take back an end or a cancellation; the organizer leads it again."""
    run = await _held(call)
    rank = await callers.rank(call.tx, call.ask.guild_id, call.caller)
    rules.check_reopen(run, call.caller, rank, call.now)
    if holder := await store.take_activity(call.tx, run.guild_id, run.organizer_id):
        raise AlreadyLeading(
            f"<@{run.organizer_id}> leads run {holder} by now. End or cancel that one first.", run_id=holder
        )
    await store.give_activity(call.tx, run)
    return await _saved(call, rules.reopened(run, await _spans(call), call.now), "reopened")


@serves(api.extend_run)
async def extend_run(call: Call[api.ExtendRun]) -> Run:
    """Put off the automatic end; pressed twice, it is put off once."""
    run = await _led(call)
    rules.check_unfinished(run)
    later = rules.extended(run, await _spans(call), call.now)
    if later == run:
        return run
    return await _saved(call, later, "extended")


@serves(api.lock_run)
async def lock_run(call: Call[api.LockRun]) -> Run:
    """Lock or unlock joining. What is so already stays as it is."""
    run = await _led(call)
    rules.check_unfinished(run)
    if run.join_locked == call.ask.locked:
        return run
    locked = replace(run, join_locked=call.ask.locked)
    return await _saved(
        call, rules.acted(locked, await _spans(call), call.now), "locked" if call.ask.locked else "unlocked"
    )


@serves(api.place_run)
async def place_run(call: Call[api.PlaceRun]) -> Run:
    """Set party and location; the entry keeps old and new."""
    run = await _led(call)
    rules.check_unfinished(run)
    placed = replace(run, party=call.ask.party, location=call.ask.location)
    if placed == run:
        return run
    old, new = [run.party, run.location], [placed.party, placed.location]
    return await _saved(call, rules.acted(placed, await _spans(call), call.now), "placed", old=old, new=new)


@serves(api.my_part)
async def my_part(call: Call[api.MyPart]) -> Card:
    """Return the caller's own part in a run."""
    ask = call.ask
    met = await store.find_situation(call.tx, ask.guild_id, ask.run_id, call.caller)
    if met is None:
        raise _unknown(ask.run_id)
    return await store.card(call.tx, ask.run_id, call.caller, sees=rules.sees_place(met))


@serves(api.list_raiders)
async def list_raiders(call: Call[api.ListRaiders]) -> list[RunRaider]:
    """Return who is in a run, to those who may steer it."""
    run = await _run(call, call.ask.run_id)
    rules.check_leader(run, call.caller, await callers.rank(call.tx, run.guild_id, call.caller))
    return await store.raiders(call.tx, run.id)


@serves(api.claim_ping)
async def claim_ping(call: Call[api.ClaimPing]) -> Ping:
    """Decide once for each run and moment whom it calls; asked again, tell the same."""
    moment = call.ask.moment
    run = await _held(call)
    if again := await store.find_ping(call.tx, run.id, moment):
        return again
    rules.check_ping(run, moment)
    settings = await guild_config.settings_of(call.tx, run.guild_id)
    policy = settings.get(PING_AT_OPEN if moment is PingMoment.OPEN else PING_AT_START)
    free_at = await _here_free_at(call, settings) if rules.calls_here(policy) else None
    role_id = await guild_config.dungeon_role_of(call.tx, run.guild_id, run.dungeon)
    ping = rules.ping(policy, role_id, free_at, call.now)
    await store.save_ping(call.tx, run, moment, ping, call.now)
    return ping


async def _here_free_at(call: Call[api.ClaimPing], settings: Settings) -> datetime | None:
    await store.hold_here(call.tx, call.ask.guild_id)
    last = await store.last_here(call.tx, call.ask.guild_id)
    return None if last is None else last + timedelta(minutes=settings.get(HERE_PAUSE_MINUTES))


async def _spans(call: Call[Any]) -> rules.Spans:
    return rules.spans_of(await guild_config.settings_of(call.tx, call.ask.guild_id))


async def _take_part(call: Call[Any], *, joins: bool) -> Card:
    ask: api.OfRun = call.ask
    met = await store.hold_situation(call.tx, ask.guild_id, ask.run_id, call.caller)
    if met is None:
        raise _unknown(ask.run_id)
    (rules.check_join if joins else rules.check_leave)(met)
    part = store.Part(
        guild_id=ask.guild_id,
        run_id=ask.run_id,
        user_id=call.caller,
        joins=joins,
        sees=joins and rules.sees_place(replace(met, joined=True)),
    )
    return await store.save_part(call.tx, part, call.now)


async def _led(call: Call[Any]) -> Run:
    """Return the run that the caller may steer, with its row held."""
    run = await _held(call)
    rules.check_leader(run, call.caller, await callers.rank(call.tx, run.guild_id, call.caller))
    return run


async def _held(call: Call[Any]) -> Run:
    ask: api.OfRun = call.ask
    if not await store.hold_run(call.tx, ask.guild_id, ask.run_id):
        raise _unknown(ask.run_id)
    return await _run(call, ask.run_id)


async def _saved(call: Call[Any], run: Run, kind: str, **detail: Any) -> Run:
    warn_at = rules.warn_at(run.auto_end_at, call.now)
    await store.save_run(
        call.tx, run, store.Act(by=call.caller, kind=kind, detail=detail, at=call.now, warn_at=warn_at)
    )
    return replace(run, version=run.version + 1)


async def _run(call: Call[Any], run_id: RunId) -> Run:
    run = await store.find_run(call.tx, call.ask.guild_id, run_id)
    if run is None:
        raise _unknown(run_id)
    return run


def _unknown(run_id: int) -> UnknownRun:
    return UnknownRun(f"This server has no run {run_id}. Those that go on stand in the raid channel.")


def _dungeon(key: str) -> Dungeon:
    dungeon = catalogue.find(key)
    if dungeon is None:
        raise UnknownDungeon("There is no such dungeon. Pick one from the list that /run offers.", dungeon=key)
    return dungeon
