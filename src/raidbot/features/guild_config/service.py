"""What the backend does about a guild's configuration."""

from raidbot.backend.events import emit
from raidbot.backend.serving import Call, serves
from raidbot.features.guild_config import api, store
from raidbot.features.guild_config.model import Mappings, MappingsChanged


@serves(api.read_mappings)
async def read_mappings(call: Call[api.ReadMappings]) -> Mappings:
    """Return what the guild has mapped."""
    return await store.mappings(call.tx, call.ask.guild_id)


@serves(api.set_roles)
async def set_roles(call: Call[api.SetRoles]) -> Mappings:
    """Map or clear roles; the old values are kept."""
    await store.save_roles(call.tx, call.ask.guild_id, call.ask.roles, call.caller, call.now)
    await emit(call.tx, MappingsChanged(guild_id=call.ask.guild_id), call.now)
    return await store.mappings(call.tx, call.ask.guild_id)


@serves(api.set_channels)
async def set_channels(call: Call[api.SetChannels]) -> Mappings:
    """Map or clear channels; the old values are kept."""
    await store.save_channels(call.tx, call.ask.guild_id, call.ask.channels, call.caller, call.now)
    await emit(call.tx, MappingsChanged(guild_id=call.ask.guild_id), call.now)
    return await store.mappings(call.tx, call.ask.guild_id)
