"""The endpoints of runs from their opening to their end."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import GuildId, RunId
from raidbot.core.ranks import Rank
from raidbot.features.runs.model.life import Run

Place = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Note = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
Places = Annotated[int, msgspec.Meta(ge=1, le=500)]
Pops = Annotated[int, msgspec.Meta(ge=1, le=99)]


class OpenRun(msgspec.Struct, frozen=True, kw_only=True):
    """Open a run. The idempotency key makes a repetition return the same run."""

    guild_id: GuildId
    dungeon: Annotated[str, msgspec.Meta(max_length=60)]
    party: Place | None = None
    location: Place | None = None
    note: Note | None = None
    max_raiders: Places | None = None
    chain: Pops | None = None
    needs: Annotated[str, msgspec.Meta(max_length=300)] | None = None
    """How many of which key, class or item it needs, where that differs: `Helm Rune 2, Curse 1`."""


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


class RecentDungeons(msgspec.Struct, frozen=True):
    """Read which dungeons a guild ran lately."""

    guild_id: GuildId


class DropRun(OfRun, frozen=True):
    """Cancel a run whose panel cannot be posted; one that is over stays as it is."""

    why: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


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


class NoteRun(OfRun, frozen=True):
    """Set the note that everybody reads; `null` clears it."""

    note: Note | None


class CapRun(OfRun, frozen=True):
    """Set how many places there are besides the leader's; `null`: as many as come. Who waits moves up."""

    max_raiders: Places | None


class ChainRun(OfRun, frozen=True):
    """Set how many pops the run means to have; `null` clears it."""

    chain: Pops | None


open_run = Endpoint("POST", "/guilds/{guild_id}/runs", Rank.ORGANIZER, OpenRun, Run)
show_run = Endpoint("GET", "/guilds/{guild_id}/runs/{run_id}", None, ShowRun, Run)
steer_run = Endpoint("GET", "/guilds/{guild_id}/runs/{run_id}/steering", Rank.MEMBER, SteerRun, Run)
own_run = Endpoint("GET", "/guilds/{guild_id}/own-run", Rank.MEMBER, OwnRun, Run)
list_runs = Endpoint("GET", "/guilds/{guild_id}/runs", None, ListRuns, list[Run])
recent_dungeons = Endpoint("GET", "/guilds/{guild_id}/recent-dungeons", None, RecentDungeons, list[str])
drop_run = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/drop", None, DropRun, Run)
start_run = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/start", Rank.MEMBER, StartRun, Run)
end_run = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/end", Rank.MEMBER, EndRun, Run)
cancel_run = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/cancel", Rank.MEMBER, CancelRun, Run)
reopen_run = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/reopen", Rank.MEMBER, ReopenRun, Run)
extend_run = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/extend", Rank.MEMBER, ExtendRun, Run)
lock_run = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/lock", Rank.MEMBER, LockRun, Run)
note_run = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/note", Rank.MEMBER, NoteRun, Run)
cap_run = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/cap", Rank.MEMBER, CapRun, Run)
chain_run = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/chain", Rank.MEMBER, ChainRun, Run)
