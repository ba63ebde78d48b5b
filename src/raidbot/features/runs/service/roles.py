"""What the backend does about the roles of runs."""

from typing import Any

from raidbot.backend.events import emit
from raidbot.backend.serving import Call, serves
from raidbot.core.ids import RunId
from raidbot.features.guild_config.model import RUN_PING, RunPing, Settings
from raidbot.features.runs.api import roles as api
from raidbot.features.runs.model.roles import RunRole, RunRoleWished
from raidbot.features.runs.store import roles as store


async def wish_role(call: Call[Any], run_id: RunId, settings: Settings) -> None:
    """Let a run have a role of its own where the guild wants that. Two statements, none elsewhere."""
    if settings.get(RUN_PING) is RunPing.ROLE:
        guild_id = call.ask.guild_id
        await store.wish(call.tx, guild_id, run_id, call.now)
        await emit(call.tx, RunRoleWished(guild_id=guild_id, run_id=run_id), call.now)


@serves(api.list_run_roles)
async def list_run_roles(call: Call[api.ListRunRoles]) -> list[RunRole]:
    """Return the roles that runs have, or are to have."""
    return await store.standing(call.tx, call.ask.guild_id)


@serves(api.keep_run_role)
async def keep_run_role(call: Call[api.KeepRunRole]) -> api.RoleKept:
    """Write down which role was made; the first one counts."""
    await store.keep(call.tx, call.ask.guild_id, call.ask.run_id, call.ask.role_id)
    return await _kept(call)


@serves(api.lose_run_role)
async def lose_run_role(call: Call[api.LoseRunRole]) -> api.RoleKept:
    """Write down that somebody deleted a role."""
    await store.lose(call.tx, call.ask.guild_id, call.ask.run_id, call.ask.role_id)
    return await _kept(call)


@serves(api.drop_run_role)
async def drop_run_role(call: Call[api.DropRunRole]) -> api.RoleKept:
    """Write down that the role of a run that is over is gone."""
    await store.drop(call.tx, call.ask.guild_id, call.ask.run_id, call.now)
    return await _kept(call)


async def _kept(call: Call[Any]) -> api.RoleKept:
    return api.RoleKept(await store.of_run(call.tx, call.ask.guild_id, call.ask.run_id))
