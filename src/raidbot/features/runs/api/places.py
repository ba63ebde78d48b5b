"""The endpoints of party and location."""

from raidbot.core.endpoint import Endpoint
from raidbot.core.ranks import Rank
from raidbot.features.runs.api.life import OfRun, Place
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.places import Stage


class PlaceRun(OfRun, frozen=True):
    """Set party and location; `null` clears one."""

    party: Place | None
    location: Place | None


class ShowPlace(OfRun, frozen=True):
    """Let party and location be known further; they never become less known."""

    stage: Stage


place_run = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/place", Rank.MEMBER, PlaceRun, Run)
show_place = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/stage", Rank.MEMBER, ShowPlace, Run)
