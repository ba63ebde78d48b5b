"""The endpoints of setting a server up."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.core.guilds import RoleSeen
from raidbot.core.ids import ChannelId, GuildId, RoleId, Snowflake
from raidbot.core.ranks import Rank, RoleKey
from raidbot.features.guild_config.model import ChannelKey, Mappings
from raidbot.features.setup.model import Creation, CreationId, CreationState, SetupState, Step, Wanted


class ReadSetup(msgspec.Struct, frozen=True):
    """Read how far the setting up of a server is."""

    guild_id: GuildId


class SkipStep(msgspec.Struct, frozen=True):
    """Leave a step out, or begin anew with all steps."""

    guild_id: GuildId
    step: Step | None
    """Null: nothing is skipped any more."""


class AcceptProposals(msgspec.Struct, frozen=True):
    """Map all that was proposed, at once."""

    guild_id: GuildId
    roles: dict[RoleKey, RoleId]
    channels: dict[ChannelKey, ChannelId]
    seen: list[RoleSeen]
    """How the bot sees those roles."""


class WantCreations(msgspec.Struct, frozen=True):
    """Let be created what is missing. Told twice, it happens once."""

    guild_id: GuildId
    wanted: Annotated[list[Wanted], msgspec.Meta(max_length=100)]
    there: list[Snowflake]
    """All roles and channels that there are: whatever else is mapped is gone."""


class OpenCreations(msgspec.Struct, frozen=True):
    """Read what is to be made in Discord, with what was made before."""

    guild_id: GuildId


class ClaimCreation(msgspec.Struct, frozen=True):
    """Tell that something is about to be made. Of several who tell it, one is let."""

    guild_id: GuildId
    creation_id: CreationId
    tries: Annotated[int, msgspec.Meta(ge=0)]
    """How often it had been tried before."""


class SettleCreation(msgspec.Struct, frozen=True, kw_only=True):
    """Tell what came of it. What was made is mapped at once, in the name of who wanted it."""

    guild_id: GuildId
    creation_id: CreationId
    state: CreationState
    made: Snowflake | None = None
    error: Annotated[str, msgspec.Meta(max_length=200)] | None = None


SETUP = "/guilds/{guild_id}/setup"
read_setup = Endpoint("GET", SETUP, Rank.ADMINISTRATOR, ReadSetup, SetupState)
skip_step = Endpoint("POST", SETUP + "/skip", Rank.ADMINISTRATOR, SkipStep, SetupState)
accept_proposals = Endpoint("POST", SETUP + "/accept", Rank.ADMINISTRATOR, AcceptProposals, Mappings)
want_creations = Endpoint("POST", SETUP + "/creations", Rank.ADMINISTRATOR, WantCreations, SetupState, can_wait=True)
open_creations = Endpoint("GET", SETUP + "/creations", None, OpenCreations, list[Creation])
OF_CREATION = SETUP + "/creations/{creation_id}"
claim_creation = Endpoint("POST", OF_CREATION + "/claim", None, ClaimCreation, Creation)
settle_creation = Endpoint("POST", OF_CREATION + "/settle", None, SettleCreation, Creation)
