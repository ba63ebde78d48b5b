"""The endpoints of runs that follow another."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ranks import Rank
from raidbot.features.runs.api.life import OfRun
from raidbot.features.runs.model.life import Run


class FollowRun(OfRun, frozen=True):
    """Open the run that follows one that has ended, or let it open as soon as a live one ends.

    It takes note, co-leaders and limits over; the raiders of the run before come first.
    """

    dungeon: Annotated[str, msgspec.Meta(min_length=1, max_length=60)] | None = None
    """Null: the same again."""


class FollowNothing(OfRun, frozen=True):
    """Let no run open as soon as this one ends."""


class FindFollower(OfRun, frozen=True):
    """Read the run that follows, as one who may steer the run before."""


NEXT = "/guilds/{guild_id}/runs/{run_id}/next"
follow_run = Endpoint("POST", NEXT, Rank.ORGANIZER, FollowRun, Run)
follow_nothing = Endpoint("DELETE", NEXT, Rank.MEMBER, FollowNothing, Run)
find_follower = Endpoint("GET", NEXT, Rank.MEMBER, FindFollower, Run)
