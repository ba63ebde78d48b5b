"""The endpoints of used keys."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import GuildId, RunId, UserId
from raidbot.core.ranks import Rank
from raidbot.features.keys.model import KeyLog, KeyUseId, Unlogged

Key = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class OfRun(msgspec.Struct, frozen=True):
    """Name a run of a guild."""

    guild_id: GuildId
    run_id: RunId


class ReadKeys(OfRun, frozen=True):
    """Read the used keys of a run that is over."""


class AddKey(OfRun, frozen=True):
    """Say that one more key was used."""

    key: Key


class DismissKeys(OfRun, frozen=True):
    """Say that nobody will name the keys of a run that have no name."""


class OfUse(msgspec.Struct, frozen=True):
    """Name a used key of a guild."""

    guild_id: GuildId
    use_id: KeyUseId


class ReadKey(OfUse, frozen=True):
    """Read the used keys of the run that this one belongs to."""


class NameKey(OfUse, frozen=True, kw_only=True):
    """Say whose a key was, by member or by IGN."""

    revision: int
    user_id: UserId | None = None
    ign: Annotated[str, msgspec.Meta(min_length=1, max_length=100)] | None = None


class RetypeKey(OfUse, frozen=True, kw_only=True):
    """Say which key it was."""

    revision: int
    key: Key


class DismissKey(OfUse, frozen=True, kw_only=True):
    """Say that a key was not used after all; what was paid for it is taken back."""

    revision: int


class ListUnlogged(msgspec.Struct, frozen=True):
    """Read which runs have keys without a name."""

    guild_id: GuildId


OF_RUN = "/guilds/{guild_id}/runs/{run_id}/keys"
OF_USE = "/guilds/{guild_id}/keys/{use_id}"
read_keys = Endpoint("GET", OF_RUN, Rank.MEMBER, ReadKeys, KeyLog)
add_key = Endpoint("POST", OF_RUN, Rank.MEMBER, AddKey, KeyLog)
dismiss_keys = Endpoint("POST", OF_RUN + "/dismiss", Rank.MEMBER, DismissKeys, KeyLog)
read_key = Endpoint("GET", OF_USE, Rank.MEMBER, ReadKey, KeyLog)
name_key = Endpoint("POST", OF_USE + "/name", Rank.MEMBER, NameKey, KeyLog)
retype_key = Endpoint("POST", OF_USE + "/type", Rank.MEMBER, RetypeKey, KeyLog)
dismiss_key = Endpoint("POST", OF_USE + "/dismiss", Rank.MEMBER, DismissKey, KeyLog)
list_unlogged = Endpoint("GET", "/guilds/{guild_id}/unlogged", Rank.ORGANIZER, ListUnlogged, list[Unlogged])
