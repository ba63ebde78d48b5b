"""What the backend tells of what happened to runs, for their logs."""

from raidbot.backend.serving import Call, serves
from raidbot.features.runs.api import log as api
from raidbot.features.runs.model.log import Untold
from raidbot.features.runs.service.holding import unknown
from raidbot.features.runs.store import log as store

AT_ONCE = 200
"""So many entries are read at once."""


@serves(api.read_log)
async def read_log(call: Call[api.ReadLog]) -> Untold:
    """Return what the log of a run does not tell yet. One statement."""
    untold = await store.untold(call.tx, call.ask.guild_id, call.ask.run_id, AT_ONCE)
    if untold is None:
        raise unknown(call.ask.run_id)
    return untold


@serves(api.logs_behind)
async def logs_behind(call: Call[api.LogsBehind]) -> api.Behind:
    """Return whose logs lack something. One statement."""
    return api.Behind(await store.behind(call.tx, call.ask.guild_id))
