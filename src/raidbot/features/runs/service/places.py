"""What the backend does about party and location."""

from msgspec.structs import replace

from raidbot.backend.serving import Call, serves
from raidbot.features.runs.api import places as api
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.service.holding import acted, going_on


@serves(api.place_run)
async def place_run(call: Call[api.PlaceRun]) -> Run:
    """Set party and location; the entry keeps old and new."""
    run = await going_on(call)
    old, new = [run.party, run.location], [call.ask.party, call.ask.location]
    if old == new:
        return run
    placed = replace(run, party=call.ask.party, location=call.ask.location, placed=run.placed + 1)
    return await acted(call, placed, "placed", old=old, new=new)


@serves(api.show_place)
async def show_place(call: Call[api.ShowPlace]) -> Run:
    """Let party and location be known further; what is known stays known."""
    run = await going_on(call)
    if run.stage.reaches(call.ask.stage):
        return run
    return await acted(call, replace(run, stage=call.ask.stage), "shown", stage=call.ask.stage)
