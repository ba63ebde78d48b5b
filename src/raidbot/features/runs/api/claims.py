"""The endpoints of who was there, after the end of a run."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import UserId
from raidbot.core.ranks import Rank
from raidbot.features.runs.api.life import OfRun
from raidbot.features.runs.model.claims import WhoWasThere
from raidbot.features.runs.model.joins import Card

Some = Annotated[list[UserId], msgspec.Meta(min_length=1, max_length=25)]


class ClaimRun(OfRun, frozen=True):
    """Say that one was there. Said twice, it stands once."""


class ListClaims(OfRun, frozen=True):
    """Read who was there, as one who may steer the run."""


class DecideClaims(OfRun, frozen=True, kw_only=True):
    """Confirm claims, or refuse them. Those that are decided stay so."""

    approve: bool
    user_ids: Some | None = None
    """Null: all that nobody has decided yet."""


class StrikeRaiders(OfRun, frozen=True):
    """Let members who were not there count for no pop of the run."""

    user_ids: Some


CLAIMS = "/guilds/{guild_id}/runs/{run_id}/claims"
claim_run = Endpoint("POST", CLAIMS, Rank.MEMBER, ClaimRun, Card)
list_claims = Endpoint("GET", CLAIMS, Rank.MEMBER, ListClaims, WhoWasThere)
decide_claims = Endpoint("POST", CLAIMS + "/decide", Rank.MEMBER, DecideClaims, WhoWasThere)
strike_raiders = Endpoint("POST", CLAIMS + "/strike", Rank.MEMBER, StrikeRaiders, WhoWasThere)
