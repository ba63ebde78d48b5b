"""The endpoints of what is told of a run afterwards."""

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import GuildId
from raidbot.core.ranks import Rank
from raidbot.features.runs.api.life import OfRun
from raidbot.features.runs.model.timeline import RunBrief, Timeline


class ReadTimeline(OfRun, frozen=True):
    """Read what a run was: for everybody their own part, for those who may steer it everything."""


class RecentRuns(msgspec.Struct, frozen=True):
    """Read which runs the caller was part of lately."""

    guild_id: GuildId


read_timeline = Endpoint("GET", "/guilds/{guild_id}/runs/{run_id}/timeline", Rank.MEMBER, ReadTimeline, Timeline)
recent_runs = Endpoint("GET", "/guilds/{guild_id}/recent-runs", Rank.MEMBER, RecentRuns, list[RunBrief])
