"""What the backend does about runs from their opening to their end: read, decide, write, tell."""

from typing import Any

from msgspec.structs import replace

from raidbot.backend.events import emit
from raidbot.backend.serving import Call, serves
from raidbot.core.errors import InvalidRequest
from raidbot.core.ids import RunId
from raidbot.features.runs.api import life as api
from raidbot.features.runs.model.life import AlreadyLeading, NoRun, Run, RunChanged
from raidbot.features.runs.model.pings import PingMoment
from raidbot.features.runs.rules import life as rules
from raidbot.features.runs.service.follows import open_next
from raidbot.features.runs.service.holding import (
    acted,
    dungeon_of,
    found,
    going_on,
    held,
    led,
    saved,
    settings_of,
    steered,
)
from raidbot.features.runs.service.joins import move_up
from raidbot.features.runs.service.notices import tell_cancelled, tell_early, tell_start
from raidbot.features.runs.service.pings import decided
from raidbot.features.runs.service.pops import close_run, moment, take_back_whole
from raidbot.features.runs.service.roles import wish_role
from raidbot.features.runs.store import life as store


@serves(api.open_run)
async def open_run(call: Call[api.OpenRun]) -> Run:
    """Open a run, or return the one that the same interaction opened before."""
    ask = call.ask
    if call.key is None:
        raise InvalidRequest("The Idempotency-Key header is missing: it makes a repeated request open one run.")
    dungeon = dungeon_of(ask.dungeon)
    if again := await store.opened_by(call.tx, ask.guild_id, call.caller, call.key):
        return await found(call, again)
    if holder := await store.take_activity(call.tx, ask.guild_id, call.caller):
        # The same request may have opened it while this one waited for its turn.
        if await store.opened_by(call.tx, ask.guild_id, call.caller, call.key):
            return await found(call, RunId(holder))
        raise AlreadyLeading(
            f"You are leading run {holder} already. End or cancel it first, then open the next one.", run_id=holder
        )
    settings = await settings_of(call)
    ends_at = call.now + rules.spans_of(settings).open
    run_id = await store.add_run(
        call.tx,
        store.Opening(
            guild_id=ask.guild_id,
            organizer_id=call.caller,
            dungeon=dungeon.key,
            party=ask.party,
            location=ask.location,
            note=ask.note,
            max_raiders=ask.max_raiders,
            chain=ask.chain,
            needed=rules.needed(settings, dungeon, ask.needs),
            opened_at=call.now,
            auto_end_at=ends_at,
            warn_at=rules.warn_at(ends_at, call.now),
            interaction=call.key,
        ),
    )
    if run_id is None:
        raise InvalidRequest("The Idempotency-Key belongs to another press. Send the id of this interaction.")
    await emit(call.tx, RunChanged(guild_id=ask.guild_id, run_id=run_id, urgent=True), call.now)
    await wish_role(call, run_id, settings)
    opened = await found(call, run_id)
    await tell_early(call.tx, opened, call.now)
    return opened


@serves(api.show_run)
async def show_run(call: Call[api.ShowRun]) -> Run:
    """Return a run with everything its panels need. One statement."""
    return await found(call, call.ask.run_id)


@serves(api.steer_run)
async def steer_run(call: Call[api.SteerRun]) -> Run:
    """Return a run to one who may steer it."""
    return await steered(call)


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


@serves(api.recent_dungeons)
async def recent_dungeons(call: Call[api.RecentDungeons]) -> list[str]:
    """Return the dungeons that the guild ran lately, the newest first."""
    return await store.recent_dungeons(call.tx, call.ask.guild_id)


@serves(api.drop_run)
async def drop_run(call: Call[api.DropRun]) -> Run:
    """Cancel a run that nobody can see. Told twice, it happens once."""
    run, _ = await held(call)
    if run.status.over:
        return run
    return await _closed(call, rules.cancelled(run, call.now, "not_posted"), "not_posted", why=call.ask.why)


@serves(api.start_run)
async def start_run(call: Call[api.StartRun]) -> Run:
    """Let a run go live; from now on auto-end counts anew."""
    run = await led(call)
    settings, dungeon = await settings_of(call), dungeon_of(run.dungeon)
    rules.check_start(run, rules.start_needs(settings, dungeon))
    spans, stage = rules.spans_of(settings), rules.stage_at_start(settings, dungeon)
    started = await saved(call, rules.started(run, spans, stage, call.now), "started")
    ping = await decided(call, started, PingMoment.START, settings)
    await tell_start(call.tx, started, ping, settings, call.now)
    return started


@serves(api.end_run)
async def end_run(call: Call[api.EndRun]) -> Run:
    """End a live run; the caller of a second end is told that it is over. The run that was wished to follow opens.

    Six statements at the most, where none follows.
    """
    run = await led(call)
    rules.check_end(run)
    over = await _closed(call, rules.ended(run, call.now), "ended")
    await open_next(call, over)
    return over


@serves(api.cancel_run)
async def cancel_run(call: Call[api.CancelRun]) -> Run:
    """Cancel a run, with a reason that stays on it and that the joined are told once."""
    run = await going_on(call)
    over = await _closed(call, rules.cancelled(run, call.now, call.ask.reason), "cancelled", reason=call.ask.reason)
    await tell_cancelled(call.tx, over, await settings_of(call), call.now)
    return over


async def _closed(call: Call[Any], run: Run, kind: str, **detail: Any) -> Run:
    """Write down that a run is over, and pay what is due by then."""
    return await saved(call, await close_run(call.tx, run, moment(call)), kind, **detail)


@serves(api.reopen_run)
async def reopen_run(call: Call[api.ReopenRun]) -> Run:
    """Take back an end or a cancellation; whoever led it leads it again."""
    run, rank = await held(call)
    rules.check_reopen(run, call.caller, rank, call.now)
    if run.leader_id == run.organizer_id:
        if holder := await store.take_activity(call.tx, run.guild_id, run.organizer_id):
            raise AlreadyLeading(
                f"<@{run.organizer_id}> leads run {holder} by now. End or cancel that one first.", run_id=holder
            )
        await store.give_activity(call.tx, run)
    await take_back_whole(call.tx, moment(call, "reopened"))
    settings = await settings_of(call)
    await wish_role(call, run.id, settings)
    return await saved(call, rules.reopened(run, rules.spans_of(settings), call.now), "reopened")


@serves(api.extend_run)
async def extend_run(call: Call[api.ExtendRun]) -> Run:
    """Put off the automatic end; pressed twice, it is put off once."""
    run = await going_on(call)
    later = rules.extended(run, await _spans(call), call.now)
    if later == run:
        return run
    return await saved(call, later, "extended")


@serves(api.lock_run)
async def lock_run(call: Call[api.LockRun]) -> Run:
    """Lock or unlock joining. What is so already stays as it is; who waits for a free place moves up on unlocking."""
    run = await going_on(call)
    if run.join_locked == call.ask.locked:
        return run
    changed = await acted(call, replace(run, join_locked=call.ask.locked), "locked" if call.ask.locked else "unlocked")
    if changed.join_locked or not changed.waiting:
        return changed
    await move_up(call, changed)
    return await found(call, run.id)


@serves(api.note_run)
async def note_run(call: Call[api.NoteRun]) -> Run:
    """Set the note."""
    return await set_note(call, await going_on(call), call.ask.note)


async def set_note(call: Call[Any], run: Run, note: str | None) -> Run:
    """Set the note of a run whose row is held; the entry keeps old and new."""
    if run.note == note:
        return run
    return await acted(call, replace(run, note=note), "noted", old=run.note, new=note)


@serves(api.cap_run)
async def cap_run(call: Call[api.CapRun]) -> Run:
    """Set how many places there are."""
    return await set_places(call, await going_on(call), call.ask.max_raiders)


async def set_places(call: Call[Any], run: Run, most: int | None) -> Run:
    """Set how many places a run has whose row is held; who waits for one that became free moves up."""
    if run.max_raiders == most:
        return run
    await acted(call, replace(run, max_raiders=most), "capped", old=run.max_raiders, new=most)
    await move_up(call, run)
    return await found(call, run.id)


@serves(api.chain_run)
async def chain_run(call: Call[api.ChainRun]) -> Run:
    """Set how many pops the run means to have."""
    return await set_chain(call, await going_on(call), call.ask.chain)


async def set_chain(call: Call[Any], run: Run, chain: int | None) -> Run:
    """Set how many pops a run means to have whose row is held; the entry keeps old and new."""
    if run.chain == chain:
        return run
    return await acted(call, replace(run, chain=chain), "chained", old=run.chain, new=chain)


async def _spans(call: Call[Any]) -> rules.Spans:
    return rules.spans_of(await settings_of(call))
