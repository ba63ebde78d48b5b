"""The endpoints of whom a run calls."""

from raidbot.core.endpoint import Endpoint
from raidbot.features.runs.api.life import OfRun
from raidbot.features.runs.model.pings import Ping, PingMoment


class ClaimPing(OfRun, frozen=True):
    """Ask whom the run calls at a moment. Asked again, the answer is the same."""

    moment: PingMoment


claim_ping = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/ping", None, ClaimPing, Ping)
