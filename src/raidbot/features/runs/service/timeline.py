"""What the backend tells of a run afterwards."""

from raidbot.backend import callers
from raidbot.backend.serving import Call, serves
from raidbot.core.ranks import Rank
from raidbot.features.runs.api import timeline as api
from raidbot.features.runs.model.timeline import RunBrief, Timeline, Told
from raidbot.features.runs.rules import timeline as rules
from raidbot.features.runs.service.holding import found
from raidbot.features.runs.store import places
from raidbot.features.runs.store import timeline as store


@serves(api.read_timeline)
async def read_timeline(call: Call[api.ReadTimeline]) -> Timeline:
    """Return a member's own part in a run, and everything to those who may steer it."""
    run = await found(call, call.ask.run_id)
    own = [Told(pop=one, why=rules.why(one)) for one in await store.own_pops(call.tx, run.id, call.caller)]
    rank = await callers.rank(call.tx, run.guild_id, call.caller)
    if call.caller not in run.led_by and rank < Rank.ORGANIZER:
        return Timeline(run=run, own=own, everything=False)
    return Timeline(
        run=run,
        own=own,
        everything=True,
        pops=await store.pops(call.tx, run.id),
        entries=await store.entries(call.tx, run.id),
        reveals=await places.reveals(call.tx, run.id),
        paid=await store.paid(call.tx, run.guild_id, run.id),
    )


@serves(api.recent_runs)
async def recent_runs(call: Call[api.RecentRuns]) -> list[RunBrief]:
    """Return the runs that the caller was part of or led lately."""
    return await store.recent(call.tx, call.ask.guild_id, call.caller)
