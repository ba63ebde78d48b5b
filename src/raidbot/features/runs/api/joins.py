"""The endpoints of raiders in runs."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import GuildId, UserId
from raidbot.core.ranks import Rank
from raidbot.features.runs.api.life import OfRun
from raidbot.features.runs.model.joins import Card, RunRaider

Word = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class JoinRun(OfRun, frozen=True):
    """Join a run, or say that one is here after being called."""


class LeaveRun(OfRun, frozen=True):
    """Leave a run, or its waiting list."""


class MyPart(OfRun, frozen=True):
    """Read the caller's own part in a run."""


class MyRuns(msgspec.Struct, frozen=True):
    """Read the caller's own part in every run that goes on, and what became of their word that they were there."""

    guild_id: GuildId


class Bring(OfRun, frozen=True):
    """Say what one brings; what is left out is no longer brought."""

    brings: Annotated[list[Word], msgspec.Meta(max_length=25)]


class Play(OfRun, frozen=True):
    """Say which class one plays; `null` takes it back."""

    plays: Word | None


class ListRaiders(OfRun, frozen=True):
    """Read who is in a run, as one who may steer it."""


class RemoveRaiders(OfRun, frozen=True):
    """Take members out of a run, with a reason that they are told."""

    user_ids: Annotated[list[UserId], msgspec.Meta(min_length=1, max_length=25)]
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class AddRaider(OfRun, frozen=True):
    """Take a member in, whatever the lock and the waiting list say; named by member or by IGN."""

    user_id: UserId | None = None
    ign: Annotated[str, msgspec.Meta(min_length=1, max_length=16)] | None = None


join_run = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/join", Rank.MEMBER, JoinRun, Card)
leave_run = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/leave", Rank.MEMBER, LeaveRun, Card)
my_part = Endpoint("GET", "/guilds/{guild_id}/runs/{run_id}/card", Rank.MEMBER, MyPart, Card)
my_runs = Endpoint("GET", "/guilds/{guild_id}/my-runs", Rank.MEMBER, MyRuns, list[Card])
bring = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/bring", Rank.MEMBER, Bring, Card)
play = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/play", Rank.MEMBER, Play, Card)
list_raiders = Endpoint("GET", "/guilds/{guild_id}/runs/{run_id}/raiders", Rank.MEMBER, ListRaiders, list[RunRaider])
remove_raiders = Endpoint(
    "POST", "/guilds/{guild_id}/runs/{run_id}/raiders/remove", Rank.MEMBER, RemoveRaiders, list[RunRaider]
)
add_raider = Endpoint("POST", "/guilds/{guild_id}/runs/{run_id}/raiders/add", Rank.MEMBER, AddRaider, list[RunRaider])
