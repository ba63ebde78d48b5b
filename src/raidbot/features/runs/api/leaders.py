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


class TakeOver(OfRun, frozen=True):
    """Lead a run from now on, at this party and location; `null` clears one."""

    party: Place | None
    location: Place | None


class HandOver(OfRun, frozen=True):
    """Let somebody else lead from now on."""

    user_id: UserId


class NameCoLeaders(OfRun, frozen=True):
    """Say who helps to lead; who is left out no longer does."""

    user_ids: Annotated[list[UserId], msgspec.Meta(max_length=5)]


RUN = "/guilds/{guild_id}/runs/{run_id}"
come_to_desk = Endpoint("GET", RUN + "/desk", Rank.MEMBER, ComeToDesk, DeskVisit)
steerable_runs = Endpoint("GET", "/guilds/{guild_id}/steerable-runs", Rank.MEMBER, SteerableRuns, Steerable)
take_over = Endpoint("POST", RUN + "/take-over", Rank.MEMBER, TakeOver, Run)
hand_over = Endpoint("POST", RUN + "/hand-over", Rank.MEMBER, HandOver, Run)
name_co_leaders = Endpoint("POST", RUN + "/co-leaders", Rank.MEMBER, NameCoLeaders, Run)
