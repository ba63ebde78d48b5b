"""The endpoints of taking over names."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import GuildId
from raidbot.core.ranks import Rank
from raidbot.features.name_import.model import Import, ImportId, ImportState, Line, Said


class BeginImport(msgspec.Struct, frozen=True):
    """Begin an import; one that nobody has started is dropped."""

    guild_id: GuildId


class LatestImport(msgspec.Struct, frozen=True):
    """Read the latest import."""

    guild_id: GuildId


class OfImport(msgspec.Struct, frozen=True):
    """Name an import."""

    guild_id: GuildId
    import_id: ImportId


class AddLines(OfImport, frozen=True):
    """Add what is said about members, and judge it."""

    lines: Annotated[list[Said], msgspec.Meta(max_length=2000)]
    more: bool = False
    """More lines follow: all are judged together, with the last of them."""


class MoveImport(OfImport, frozen=True):
    """Start, stop, resume or drop it."""

    to: ImportState


class ReadLines(OfImport, frozen=True):
    """Read what is not taken over, with why; 2,000 lines at most."""


IMPORTS = "/guilds/{guild_id}/name-imports"
OF_IMPORT = IMPORTS + "/{import_id}"
begin_import = Endpoint("POST", IMPORTS, Rank.ADMINISTRATOR, BeginImport, Import, can_wait=True)
latest_import = Endpoint("GET", IMPORTS, Rank.ADMINISTRATOR, LatestImport, Import)
add_lines = Endpoint("POST", OF_IMPORT + "/lines", Rank.ADMINISTRATOR, AddLines, Import, can_wait=True)
move_import = Endpoint("POST", OF_IMPORT + "/move", Rank.ADMINISTRATOR, MoveImport, Import)
read_lines = Endpoint("GET", OF_IMPORT + "/lines", Rank.ADMINISTRATOR, ReadLines, list[Line])
