"""The endpoints of whom a run calls."""

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ranks import Rank
from raidbot.features.runs.api.life import OfRun
from raidbot.features.runs.model.notices import CallFor
from raidbot.features.runs.model.pings import Ping, PingMoment


class ClaimPing(OfRun, frozen=True):
    """Ask whom the run calls at a moment. Asked again, the answer is the same."""

    moment: PingMoment


class CallRaiders(OfRun, frozen=True):
    """Ping everybody who is in, as whoever leads wants."""

    call_for: CallFor


class Called(msgspec.Struct, frozen=True):
    """How many were called."""

    raiders: int


call_raiders = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/call", Rank.MEMBER, CallRaiders, Called)
claim_ping = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/ping", None, ClaimPing, Ping)
