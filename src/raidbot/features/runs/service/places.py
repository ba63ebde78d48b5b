"""What the backend does about party and location."""

from typing import Any

from msgspec.structs import replace

from raidbot.backend.serving import Call, serves
from raidbot.features.runs.api import places as api
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.notices import Saying
from raidbot.features.runs.model.places import Stage
from raidbot.features.runs.rules.notices import Message
from raidbot.features.runs.service.holding import acted, dungeon_of, going_on
from raidbot.features.runs.service.notices import tell_early, tell_some
from raidbot.features.runs.store import places as store


@serves(api.place_run)
async def place_run(call: Call[api.PlaceRun]) -> Run:
    """Set party and location."""
    return await set_place(call, await going_on(call), call.ask.party, call.ask.location)


async def set_place(call: Call[Any], run: Run, party: str | None, location: str | None) -> Run:
    """Set party and location of a run whose row is held; who knew the old ones is told that they changed."""
    old, new = [run.party, run.location], [party, location]
    if old == new:
        return run
    placed = replace(run, party=party, location=location, placed=run.placed + 1)
    moved = await acted(call, placed, "placed", old=old, new=new)
    await tell_early(call.tx, moved, call.now)
    knowers = await store.knowers(call.tx, run.guild_id, run.id)
    message = Message(saying=Saying.LOCATION, of=f"placed-{moved.placed}")
    await tell_some(call.tx, run.guild_id, run.id, message, [one.user_id for one in knowers], call.now)
    return moved


@serves(api.show_place)
async def show_place(call: Call[api.ShowPlace]) -> Run:
    """Let party and location be known further, and tell those who may read them now; what is known stays known."""
    run = await going_on(call)
    stage = call.ask.stage
    if run.stage.reaches(stage):
        return run
    shown = await acted(call, replace(run, stage=stage), "shown", stage=stage)
    if stage is not Stage.ALL and (run.party or run.location):
        wants = [want.key for want in dungeon_of(run.dungeon).wants if want.early_location]
        new = await store.newly_shown(call.tx, run, stage, wants)
        message = Message(saying=Saying.LOCATION, of=f"shown-{stage}-{run.placed}")
        await tell_some(call.tx, run.guild_id, run.id, message, [one.user_id for one in new], call.now)
    return shown
