"""What the backend does about runs that follow another."""

from typing import Any

from msgspec.structs import replace

from raidbot.backend.events import emit
from raidbot.backend.serving import Call, serves
from raidbot.core.errors import InvalidRequest
from raidbot.core.ids import UserId
from raidbot.dungeons.model import Dungeon
from raidbot.features.runs.api import follows as api
from raidbot.features.runs.model.follows import NoFollower, NotFollowed
from raidbot.features.runs.model.life import AlreadyLeading, Run, RunChanged, RunStatus
from raidbot.features.runs.model.notices import Saying
from raidbot.features.runs.rules import follows as rules
from raidbot.features.runs.rules import life as life_rules
from raidbot.features.runs.rules.notices import Message
from raidbot.features.runs.service.holding import acted, dungeon_of, found, going_on, led, settings_of, steered
from raidbot.features.runs.service.notices import tell_some
from raidbot.features.runs.service.roles import wish_role
from raidbot.features.runs.store import follows as store
from raidbot.features.runs.store import life as runs
from raidbot.features.runs.store.notices import in_run


@serves(api.follow_run)
async def follow_run(call: Call[api.FollowRun]) -> Run:
    """Open the run that follows, or let it open at the end of a live one; of two presses one opens it."""
    run = await led(call)
    if call.key and (again := await runs.opened_by(call.tx, run.guild_id, call.caller, call.key)):
        return await found(call, again)
    rules.check_follow(run, call.now)
    dungeon = dungeon_of(call.ask.dungeon or run.dungeon)
    if run.status is RunStatus.LIVE:
        return await _wish(call, run, dungeon.key)
    if follower := await store.follower(call.tx, run.id):
        raise NotFollowed(f"Run {follower} follows this one already. Look in the raid channel.", run_id=follower)
    return await _open(call, run, dungeon, call.caller)


@serves(api.follow_nothing)
async def follow_nothing(call: Call[api.FollowNothing]) -> Run:
    """Let no run open at the end of this one."""
    return await _wish(call, await going_on(call), None)


@serves(api.find_follower)
async def find_follower(call: Call[api.FindFollower]) -> Run:
    """Return the run that follows."""
    run = await steered(call)
    follower = await store.follower(call.tx, run.id)
    if follower is None:
        raise NoFollower("No run follows this one. Press Run again, or open one with /run.")
    return await found(call, follower)


async def open_next(call: Call[Any], run: Run) -> None:
    """Open the run that was wished to follow one that ends, unless who leads that one leads another by now."""
    if run.next_dungeon is None or call.key is None:
        return
    try:
        await _open(call, run, dungeon_of(run.next_dungeon), run.leader_id)
    except AlreadyLeading:
        return


async def _wish(call: Call[Any], run: Run, dungeon: str | None) -> Run:
    if run.next_dungeon == dungeon:
        return run
    return await acted(call, replace(run, next_dungeon=dungeon), "next_wished", old=run.next_dungeon, new=dungeon)


async def _open(call: Call[Any], before: Run, dungeon: Dungeon, leader_id: UserId) -> Run:
    if call.key is None:
        raise InvalidRequest("The Idempotency-Key header is missing: it makes a repeated request open one run.")
    if holder := await runs.take_activity(call.tx, before.guild_id, leader_id):
        raise AlreadyLeading(
            f"You are leading run {holder} already. End or cancel it first, then press Run again.", run_id=holder
        )
    settings = await settings_of(call)
    ends_at = call.now + life_rules.spans_of(settings).open
    run_id = await runs.add_run(
        call.tx,
        runs.Opening(
            guild_id=before.guild_id,
            organizer_id=leader_id,
            dungeon=dungeon.key,
            party=None,
            location=None,
            note=before.note,
            max_raiders=before.max_raiders,
            chain=before.chain if dungeon.pops else None,
            needed=before.needed if dungeon.key == before.dungeon else life_rules.needed(settings, dungeon, None),
            opened_at=call.now,
            auto_end_at=ends_at,
            warn_at=life_rules.warn_at(ends_at, call.now),
            interaction=call.key,
            follows_id=before.id,
            first_until=call.now + rules.FIRST_FOR,
            co_leader_ids=rules.helpers(before, leader_id),
        ),
    )
    if run_id is None:
        raise InvalidRequest("The Idempotency-Key belongs to another press. Send the id of this interaction.")
    await emit(call.tx, RunChanged(guild_id=before.guild_id, run_id=run_id, urgent=True), call.now)
    await wish_role(call, run_id, settings)
    called = [one for one in (await in_run(call.tx, before.id)).user_ids if one != leader_id]
    told = Message(saying=Saying.FOLLOWS, of=str(before.id), lapses_s=round(rules.FIRST_FOR.total_seconds()))
    await tell_some(call.tx, before.guild_id, run_id, told, called, call.now)
    return await found(call, run_id)
