"""The endpoints of pops."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import UserId
from raidbot.core.ranks import Rank
from raidbot.features.runs.api.life import OfRun
from raidbot.features.runs.api.offers import OfOffer
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.pops import Outcome

Word = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Number = Annotated[int, msgspec.Meta(ge=1, le=999)]


class OfPop(OfRun, frozen=True):
    """Name a pop of a run by its number."""

    number: Number


class PopKey(OfPop, frozen=True):
    """Count a key that was popped, and open its window. The number makes a repetition count once."""


class UndoPop(OfPop, frozen=True):
    """Take the newest pop back."""


class TellPop(OfPop, frozen=True, kw_only=True):
    """Tell more of a pop; what is left out stays as it is."""

    popper_id: UserId | None = None
    key: Word | None = None
    dungeon: Word | None = None
    outcome: Outcome | None = None


class HolderPopped(OfOffer, frozen=True):
    """Say that a holder popped: the newest pop is theirs if it has no popper yet, else it is one more pop."""


POPS = "/guilds/{guild_id}/runs/{run_id}/pops"
pop_key = Endpoint("POST", POPS, Rank.MEMBER, PopKey, Run)
undo_pop = Endpoint("POST", POPS + "/undo", Rank.MEMBER, UndoPop, Run)
tell_pop = Endpoint("POST", POPS + "/told", Rank.MEMBER, TellPop, Run)
holder_popped = Endpoint(
    "POST", "/guilds/{guild_id}/runs/{run_id}/offers/{offer_id}/popped", Rank.MEMBER, HolderPopped, Run
)
