"""The endpoints of the line of key holders."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ranks import Rank
from raidbot.features.runs.api.life import OfRun
from raidbot.features.runs.model.joins import Card
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.offers import LinedUp, OfferId

Key = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class OfferKey(OfRun, frozen=True):
    """Stand in line with a key. One that stands there keeps its place."""

    key: Key


class WithdrawKey(OfRun, frozen=True):
    """Take an offer of one's own back."""

    key: Key


class OfOffer(OfRun, frozen=True):
    """Name an offer of a run."""

    offer_id: OfferId


class AcceptOffer(OfOffer, frozen=True):
    """Let a holder read party and location."""


class AcceptAll(OfRun, frozen=True):
    """Let the first holders of each key read party and location, as many as may."""


class DidNotPop(OfOffer, frozen=True):
    """Say that a holder did not pop: the next in line is accepted at once."""


class RemoveOffer(OfOffer, frozen=True):
    """Take an offer out of the line, without a mark."""


LINE = "/guilds/{guild_id}/runs/{run_id}/offers"
offer_key = Endpoint("POST", LINE, Rank.MEMBER, OfferKey, LinedUp)
withdraw_key = Endpoint("POST", LINE + "/withdraw", Rank.MEMBER, WithdrawKey, Card)
accept_all = Endpoint("POST", LINE + "/accept-all", Rank.MEMBER, AcceptAll, Run)
accept_offer = Endpoint("POST", LINE + "/{offer_id}/accept", Rank.MEMBER, AcceptOffer, Run)
did_not_pop = Endpoint("POST", LINE + "/{offer_id}/no-pop", Rank.MEMBER, DidNotPop, Run)
remove_offer = Endpoint("POST", LINE + "/{offer_id}/remove", Rank.MEMBER, RemoveOffer, Run)
