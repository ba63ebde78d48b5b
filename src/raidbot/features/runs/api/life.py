"""The endpoints of runs."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import GuildId, RunId
from raidbot.core.ranks import Rank
from raidbot.features.runs.model.life import Card, Ping, PingMoment, Run, RunRaider

Place = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Note = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class OpenRun(msgspec.Struct, frozen=True, kw_only=True):
    """Open a run. The idempotency key makes a repetition return the same run."""

    guild_id: GuildId
    dungeon: Annotated[str, msgspec.Meta(max_length=60)]
    party: Place | None = None
    location: Place | None = None
    note: Note | None = None


class OfRun(msgspec.Struct, frozen=True):
    """Name a run of a guild."""

    guild_id: GuildId
    run_id: RunId


class ShowRun(OfRun, frozen=True):
    """Read a run with everything its panels need."""


class SteerRun(OfRun, frozen=True):
    """Read a run as one who may steer it."""


class OwnRun(msgspec.Struct, frozen=True):
    """Read the run that the caller leads."""

    guild_id: GuildId


class ListRuns(msgspec.Struct, frozen=True):
    """Read every run of a guild that is open or live."""

    guild_id: GuildId


class DropRun(OfRun, frozen=True):
    """Cancel a run whose panel cannot be posted; one that is over stays as it is."""

    why: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class JoinRun(OfRun, frozen=True):
    """Join a run."""


class LeaveRun(OfRun, frozen=True):
    """Leave a run."""


class MyPart(OfRun, frozen=True):
    """Read the caller's own part in a run."""


class ListRaiders(OfRun, frozen=True):
    """Read who is in a run, as one who may steer it."""


class ClaimPing(OfRun, frozen=True):
    """Ask whom the run calls at a moment. Asked again, the answer is the same."""

    moment: PingMoment


class StartRun(OfRun, frozen=True):
    """Let a run go live."""


class EndRun(OfRun, frozen=True):
    """End a live run."""


class CancelRun(OfRun, frozen=True):
    """Cancel a run that is open or live, with a reason."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class ReopenRun(OfRun, frozen=True):
    """Take back an end or a cancellation, within 10 minutes."""


class ExtendRun(OfRun, frozen=True):
    """Put off the automatic end by an hour."""


class LockRun(OfRun, frozen=True):
    """Lock or unlock joining."""

    locked: bool


class PlaceRun(OfRun, frozen=True):
    """Set party and location; `null` clears one."""

    party: Place | None
    location: Place | None


open_run = Endpoint("POST", "/guilds/{guild_id}/runs", Rank.ORGANIZER, OpenRun, Run)
show_run = Endpoint("GET", "/guilds/{guild_id}/runs/{run_id}", None, ShowRun, Run)
steer_run = Endpoint("GET", "/guilds/{guild_id}/runs/{run_id}/steering", Rank.MEMBER, SteerRun, Run)
own_run = Endpoint("GET", "/guilds/{guild_id}/own-run", Rank.MEMBER, OwnRun, Run)
list_runs = Endpoint("GET", "/guilds/{guild_id}/runs", None, ListRuns, list[Run])
drop_run = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/drop", None, DropRun, Run)
join_run = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/join", Rank.MEMBER, JoinRun, Card)
leave_run = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/leave", Rank.MEMBER, LeaveRun, Card)
start_run = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/start", Rank.MEMBER, StartRun, Run)
end_run = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/end", Rank.MEMBER, EndRun, Run)
cancel_run = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/cancel", Rank.MEMBER, CancelRun, Run)
reopen_run = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/reopen", Rank.MEMBER, ReopenRun, Run)
extend_run = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/extend", Rank.MEMBER, ExtendRun, Run)
lock_run = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/lock", Rank.MEMBER, LockRun, Run)
place_run = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/place", Rank.MEMBER, PlaceRun, Run)
my_part = Endpoint("GET", "/guilds/{guild_id}/runs/{run_id}/card", Rank.MEMBER, MyPart, Card)
list_raiders = Endpoint("GET", "/guilds/{guild_id}/runs/{run_id}/raiders", Rank.MEMBER, ListRaiders, list[RunRaider])
claim_ping = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/ping", None, ClaimPing, Ping)
