"""The endpoints of what the logs of runs do not tell yet."""

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import GuildId, RunId
from raidbot.features.runs.api.life import OfRun
from raidbot.features.runs.model.log import Untold


class ReadLog(OfRun, frozen=True):
    """Read what the log of a run does not tell yet."""


class LogsBehind(msgspec.Struct, frozen=True):
    """Read whose logs lack something."""

    guild_id: GuildId


class Behind(msgspec.Struct, frozen=True):
    """The runs whose logs lack something."""

    run_ids: list[RunId]


read_log = Endpoint("GET", "/guilds/{guild_id}/runs/{run_id}/log", None, ReadLog, Untold)
logs_behind = Endpoint("GET", "/guilds/{guild_id}/run-logs", None, LogsBehind, Behind)
