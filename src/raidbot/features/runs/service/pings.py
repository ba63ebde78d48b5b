"""What the backend does about whom a run calls."""

from datetime import datetime, timedelta
from typing import Any

from raidbot.backend.serving import Call, serves
from raidbot.features.guild_config import service as guild_config
from raidbot.features.guild_config.model import HERE_PAUSE_MINUTES, Settings
from raidbot.features.runs.api import pings as api
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.notices import Saying
from raidbot.features.runs.model.pings import Ping, PingMoment
from raidbot.features.runs.rules import pings as rules
from raidbot.features.runs.rules.notices import Message
from raidbot.features.runs.service.holding import acted, held, led, settings_of
from raidbot.features.runs.service.notices import tell_raiders
from raidbot.features.runs.store import pings as store


@serves(api.claim_ping)
async def claim_ping(call: Call[api.ClaimPing]) -> Ping:
    """Decide once for each run and moment whom it calls; asked again, tell the same."""
    run, _ = await held(call)
    return await decided(call, run, call.ask.moment, await settings_of(call))


@serves(api.call_raiders)
async def call_raiders(call: Call[api.CallRaiders]) -> api.Called:
    """Ping everybody who is in, once in a while."""
    run = await led(call)
    rules.check_call(run, await store.last_call(call.tx, run.id), call.now)
    await acted(call, run, "raiders_called", call_for=call.ask.call_for)
    message = Message(saying=Saying.CALLED, of=f"{call.now.timestamp():.3f}", body={"call_for": call.ask.call_for})
    return api.Called(await tell_raiders(call.tx, run, message, await settings_of(call), call.now))


async def decided(call: Call[Any], run: Run, moment: PingMoment, settings: Settings) -> Ping:
    """Decide whom a run calls at a moment, or return what was decided before. The run's row must be held."""
    if again := await store.find_ping(call.tx, run.id, moment):
        return again
    rules.check_ping(run, moment)
    policy = rules.policy(run, moment, settings)
    free_at = await _here_free_at(call, settings) if rules.calls_here(policy) else None
    role_id = await guild_config.dungeon_role_of(call.tx, run.guild_id, run.dungeon)
    ping = rules.ping(policy, role_id, free_at, call.now)
    await store.save_ping(call.tx, run, moment, ping, call.now)
    return ping


async def _here_free_at(call: Call[Any], settings: Settings) -> datetime | None:
    await store.hold_here(call.tx, call.ask.guild_id)
    last = await store.last_here(call.tx, call.ask.guild_id)
    return None if last is None else last + timedelta(minutes=settings.get(HERE_PAUSE_MINUTES))
