"""What the backend does about leases."""

from raidbot.backend.serving import Call, serves
from raidbot.features.standby import api, store
from raidbot.features.standby.model import HOLDS_FOR, Lease, LeaseHeld


@serves(api.take_lease)
async def take_lease(call: Call[api.TakeLease]) -> Lease:
    """Let a process serve shards that nobody else serves, or serve them longer."""
    ask, until = call.ask, call.now + HOLDS_FOR
    shard_ids = sorted({*ask.shard_ids})
    if await store.take(call.tx, ask.holder, shard_ids, until, call.now) < len(shard_ids):
        other = await store.holder(call.tx, shard_ids, ask.holder)
        raise LeaseHeld(f"{other} serves these shards. Stand by until it is gone.", holder=other)
    return Lease(holder=ask.holder, shard_ids=shard_ids, until=until)


@serves(api.return_lease)
async def return_lease(call: Call[api.ReturnLease]) -> api.Returned:
    """Let somebody else serve what a process served."""
    return api.Returned(await store.give_back(call.tx, call.ask.holder))
