"""The endpoints of a member's own way."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ranks import Rank
from raidbot.features.verification.api.config import ROOT, OfGuild
from raidbot.features.verification.model.sessions import Mine


class OpenMine(OfGuild, frozen=True):
    """Show where the caller is. A verified raider who lost the role is given it again."""


class ShowMine(OfGuild, frozen=True):
    """Read where the caller is, and change nothing."""


class Begin(OfGuild, frozen=True):
    """Begin with an IGN, or go on with another one. The code stays the same."""

    ign: Annotated[str, msgspec.Meta(max_length=100)]


class Look(OfGuild, frozen=True):
    """Look for the code on RealmEye. Asked again while that goes on, it says how far it is."""


open_mine = Endpoint("POST", ROOT + "/mine", Rank.MEMBER, OpenMine, Mine)
show_mine = Endpoint("GET", ROOT + "/mine", Rank.MEMBER, ShowMine, Mine)
begin = Endpoint("PUT", ROOT + "/mine", Rank.MEMBER, Begin, Mine, can_wait=True)
look = Endpoint("POST", ROOT + "/mine/look", Rank.MEMBER, Look, Mine)
