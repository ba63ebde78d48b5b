"""What the backend does about setting a server up."""

from raidbot.backend.serving import Call, serves
from raidbot.core.authors import Author
from raidbot.core.ids import ChannelId, GuildId, RoleId
from raidbot.core.ranks import RoleKey
from raidbot.database.transaction import Transaction
from raidbot.features.guild_config import service as guild_config
from raidbot.features.guild_config.model import ChannelKey, Mappings
from raidbot.features.setup import api, store
from raidbot.features.setup.model import (
    Creation,
    CreationState,
    Kind,
    SetupState,
    UnknownCreation,
)


@serves(api.read_setup)
async def read_setup(call: Call[api.ReadSetup]) -> SetupState:
    """Return how far the setting up is."""
    return await _state(call.tx, call.ask.guild_id)


@serves(api.skip_step)
async def skip_step(call: Call[api.SkipStep]) -> SetupState:
    """Leave a step out, or begin anew. Told twice, it is the same."""
    ask = call.ask
    await store.hold_setup(call.tx, ask.guild_id)
    before = await store.skipped(call.tx, ask.guild_id)
    await store.skip(call.tx, ask.guild_id, [] if ask.step is None else sorted({*before, ask.step}))
    return await _state(call.tx, ask.guild_id)


@serves(api.accept_proposals)
async def accept_proposals(call: Call[api.AcceptProposals]) -> Mappings:
    """Map all that was proposed in one transaction; the old values are kept."""
    ask = call.ask
    author = guild_config.author_of(call)
    await guild_config.map_checked(call.tx, author, roles=ask.roles, channels=ask.channels, seen=ask.seen)
    return await guild_config.mappings_of(call.tx, ask.guild_id)


@serves(api.want_creations)
async def want_creations(call: Call[api.WantCreations]) -> SetupState:
    """Write down what is to be made in Discord before any of it is made."""
    ask = call.ask
    await store.hold_setup(call.tx, ask.guild_id)
    wanted = list({(one.kind, one.key): one for one in ask.wanted}.values())
    order = store.Order(guild_id=ask.guild_id, wanted=wanted, there=ask.there, by=call.caller, at=call.now)
    await store.add_creations(call.tx, order)
    return await _state(call.tx, ask.guild_id)


@serves(api.open_creations)
async def open_creations(call: Call[api.OpenCreations]) -> list[Creation]:
    """Return what is to be made, with what was made before. One statement."""
    return await store.creations(call.tx, call.ask.guild_id)


@serves(api.claim_creation)
async def claim_creation(call: Call[api.ClaimCreation]) -> Creation:
    """Let one process make something, and tell it when it was tried before."""
    ask = call.ask
    claimed = await store.claim(call.tx, ask.guild_id, ask.creation_id, ask.tries, call.now)
    if claimed is None:
        raise UnknownCreation("It is made already, or another process is at it.")
    return claimed


@serves(api.settle_creation)
async def settle_creation(call: Call[api.SettleCreation]) -> Creation:
    """Write down what came of it, and map what was made; told twice, it counts once."""
    ask = call.ask
    settled = await store.settle(call.tx, ask.guild_id, ask.creation_id, ask.state, ask.made, ask.error)
    found = await store.find(call.tx, ask.guild_id, ask.creation_id)
    if found is None:
        raise UnknownCreation("There is no such creation in this server.")
    if settled is not None and ask.state is CreationState.MADE:
        await _map(call.tx, Author(ask.guild_id, settled.wanted_by, call.now), found)
    return found


async def _map(tx: Transaction, author: Author, made: Creation) -> None:
    if made.made is None or made.kind is Kind.CATEGORY:
        return
    if made.kind is Kind.ROLE:
        await guild_config.map_all(tx, author, roles={RoleKey(made.key): RoleId(made.made)})
    else:
        await guild_config.map_all(tx, author, channels={ChannelKey(made.key): ChannelId(made.made)})


async def _state(tx: Transaction, guild_id: GuildId) -> SetupState:
    return SetupState(await store.skipped(tx, guild_id), await store.creations(tx, guild_id))
