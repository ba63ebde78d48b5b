"""The endpoints of the watch list."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import GuildId
from raidbot.core.ranks import Rank
from raidbot.features.watch_list.model import Imported, Suspect, Watch, WatchId


class AddWatch(msgspec.Struct, frozen=True):
    """Look out for somebody."""

    guild_id: GuildId
    suspect: Suspect


class RemoveWatch(msgspec.Struct, frozen=True):
    """Look out for somebody no more."""

    guild_id: GuildId
    watch_id: WatchId


class ListWatches(msgspec.Struct, frozen=True):
    """Read whom staff look out for, the latest first."""

    guild_id: GuildId


class ImportWatches(msgspec.Struct, frozen=True):
    """Take in a file of entries. Who is on the list already stays as they are."""

    guild_id: GuildId
    csv: Annotated[str, msgspec.Meta(max_length=500_000)]


WATCHES = "/guilds/{guild_id}/watches"
add_watch = Endpoint("POST", WATCHES, Rank.SECURITY, AddWatch, Watch, can_wait=True)
list_watches = Endpoint("GET", WATCHES, Rank.SECURITY, ListWatches, list[Watch])
import_watches = Endpoint("POST", WATCHES + "/import", Rank.OFFICER, ImportWatches, Imported, can_wait=True)
remove_watch = Endpoint("POST", WATCHES + "/{watch_id}/remove", Rank.OFFICER, RemoveWatch, Watch)
