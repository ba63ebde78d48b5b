"""The endpoint of the Team role."""

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import GuildId
from raidbot.core.ranks import Rank
from raidbot.features.reconciliation.model import Plan


class SyncTeam(msgspec.Struct, frozen=True):
    """Compare who holds the Team role with who should."""

    guild_id: GuildId


class Synced(msgspec.Struct, frozen=True):
    """What came of it."""

    plan: Plan | None
    """Null: everything was right."""


sync_team = Endpoint("POST", "/guilds/{guild_id}/team/sync", Rank.ADMINISTRATOR, SyncTeam, Synced, can_wait=True)
