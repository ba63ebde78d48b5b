"""The endpoints of configuration files."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.guilds import ChannelSeen, RoleSeen
from raidbot.core.ids import GuildId
from raidbot.core.ranks import Rank
from raidbot.features.config_file.model import Import, ImportId, SectionShown


class ExportConfig(msgspec.Struct, frozen=True):
    """Read everything that a guild has configured."""

    guild_id: GuildId


class PrepareImport(msgspec.Struct, frozen=True):
    """Check a file and compare it with what is configured. Nothing is changed yet."""

    guild_id: GuildId
    text: Annotated[str, msgspec.Meta(max_length=262_144)]
    roles: list[RoleSeen]
    """All roles of the guild."""
    channels: list[ChannelSeen]
    """All channels of the guild; who may do what there is left out."""
    bot_height: tuple[int, int] | None = None
    """How high the bot's highest role stands."""


class ApplyImport(msgspec.Struct, frozen=True):
    """Apply the changes that were shown. Told twice, it happens once."""

    guild_id: GuildId
    import_id: ImportId
    revision: int
    """Which changes were shown."""


class Applied(msgspec.Struct, frozen=True):
    """What came of it."""

    imported: Import
    stale: bool
    """Whether the configuration had changed meanwhile: nothing was applied, and there are other changes to look at."""


CONFIG = "/guilds/{guild_id}/config"
export_config = Endpoint("GET", CONFIG, Rank.ADMINISTRATOR, ExportConfig, list[SectionShown])
prepare_import = Endpoint("POST", CONFIG + "/imports", Rank.ADMINISTRATOR, PrepareImport, Import, can_wait=True)
apply_import = Endpoint(
    "POST", CONFIG + "/imports/{import_id}/apply", Rank.ADMINISTRATOR, ApplyImport, Applied, can_wait=True
)
