"""The endpoints of raiders."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import GuildId, UserId
from raidbot.core.ranks import Rank
from raidbot.features.raiders.model import History, Raider

Ign = Annotated[str, msgspec.Meta(max_length=100)]
Why = Annotated[str, msgspec.Meta(max_length=500)]


class OfRaider(msgspec.Struct, frozen=True):
    """Name a member of a guild."""

    guild_id: GuildId
    user_id: UserId


class ClaimIgn(OfRaider, frozen=True):
    """Name a member and an IGN that is to be theirs."""

    ign: Ign
    why: Why = ""
    take_from: UserId | None = None
    """Whom it is taken from, if they left it behind."""


class VerifyRaider(ClaimIgn, frozen=True):
    """Say that this IGN is theirs. What was so already stays untouched, and is shown in Discord anew."""


class RenameRaider(ClaimIgn, frozen=True):
    """Correct a raider's main IGN."""


class AddAlt(ClaimIgn, frozen=True):
    """Say that this IGN is theirs too."""


class RemoveAlt(OfRaider, frozen=True):
    """Let an alt go."""

    ign: Ign
    why: Why = ""


class UnverifyRaider(OfRaider, frozen=True):
    """Say that a raider is not verified any more. Their record stays."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class Unverified(msgspec.Struct, frozen=True):
    """Who is not verified any more."""

    raider: Raider | None
    """Null: they held the role without a record."""


class ShowRaider(OfRaider, frozen=True):
    """Read a raider's IGN."""


EntryNumber = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]


class ReadHistory(OfRaider, frozen=True):
    """Read what happened to a member's names, the latest first."""

    before: EntryNumber | None = None
    """Only what happened before that entry."""


class ReadNameHistory(msgspec.Struct, frozen=True):
    """Read what happened to a name, whoever had it, the latest first."""

    guild_id: GuildId
    ign: Ign
    before: EntryNumber | None = None
    """Only what happened before that entry."""


RAIDER = "/guilds/{guild_id}/raiders/{user_id}"
verify_raider = Endpoint("POST", RAIDER + "/verify", Rank.SECURITY, VerifyRaider, Raider)
unverify_raider = Endpoint("POST", RAIDER + "/unverify", Rank.SECURITY, UnverifyRaider, Unverified)
rename_raider = Endpoint("PUT", RAIDER + "/ign", Rank.SECURITY, RenameRaider, Raider)
add_alt = Endpoint("POST", RAIDER + "/alts", Rank.SECURITY, AddAlt, Raider)
remove_alt = Endpoint("POST", RAIDER + "/alts/remove", Rank.SECURITY, RemoveAlt, Raider)
show_raider = Endpoint("GET", RAIDER, Rank.MEMBER, ShowRaider, Raider)
read_history = Endpoint("GET", RAIDER + "/history", Rank.SECURITY, ReadHistory, History)
read_name_history = Endpoint("GET", "/guilds/{guild_id}/names/{ign}", Rank.SECURITY, ReadNameHistory, History)
