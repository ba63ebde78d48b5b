"""The endpoints of who leads a run."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import GuildId, UserId
from raidbot.core.ranks import Rank
from raidbot.features.runs.api.life import OfRun, Place
from raidbot.features.runs.model.leaders import DeskVisit, Steerable
from raidbot.features.runs.model.life import Run


class ComeToDesk(OfRun, frozen=True):
    """Read a run as one who presses a button at its desk."""


class SteerableRuns(msgspec.Struct, frozen=True):
    """Read the runs that the caller may steer."""

    guild_id: GuildId


class NameCoLeaders(OfRun, frozen=True):
    """Say who helps to lead from now on; who is left out no longer does."""

    user_ids: Annotated[list[UserId], msgspec.Meta(max_length=25)]


class TakeOver(OfRun, frozen=True):
    """Lead a run from now on, in a party of one's own. `null` keeps what is set."""

    party: Place | None
    location: Place | None


class HandOver(OfRun, frozen=True):
    """Let somebody else lead."""

    user_id: UserId


come_to_desk = Endpoint("GET", "/guilds/{guild_id}/runs/{run_id}/desk", Rank.MEMBER, ComeToDesk, DeskVisit)
steerable_runs = Endpoint("GET", "/guilds/{guild_id}/steerable-runs", Rank.MEMBER, SteerableRuns, Steerable)
name_co_leaders = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/co-leaders", Rank.MEMBER, NameCoLeaders, Run)
take_over = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/take-over", Rank.MEMBER, TakeOver, Run)
hand_over = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/hand-over", Rank.MEMBER, HandOver, Run)
