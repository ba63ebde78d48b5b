"""The endpoints by which the bot keeps the roles of runs."""

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import GuildId, RoleId
from raidbot.features.runs.api.life import OfRun
from raidbot.features.runs.model.roles import RunRole


class ListRunRoles(msgspec.Struct, frozen=True):
    """Read the roles that runs of a guild have, or are to have."""

    guild_id: GuildId


class KeepRunRole(OfRun, frozen=True):
    """Tell that a role was made. Whoever tells it first is right: a second role is to be deleted again."""

    role_id: RoleId


class LoseRunRole(OfRun, frozen=True):
    """Tell that somebody deleted a role; a new one is made while the run goes on."""

    role_id: RoleId


class DropRunRole(OfRun, frozen=True):
    """Tell that the role of a run that is over is gone."""


class RoleKept(msgspec.Struct, frozen=True):
    """The role that a run has; null: none."""

    role_id: RoleId | None


ROLES = "/guilds/{guild_id}/run-roles"
list_run_roles = Endpoint("GET", ROLES, None, ListRunRoles, list[RunRole])
keep_run_role = Endpoint("PUT", ROLES + "/{run_id}", None, KeepRunRole, RoleKept)
lose_run_role = Endpoint("POST", ROLES + "/{run_id}/lost", None, LoseRunRole, RoleKept)
drop_run_role = Endpoint("POST", ROLES + "/{run_id}/gone", None, DropRunRole, RoleKept)
