"""The endpoints of leases."""

from typing import Annotated

import msgspec

from raidbot.core.endpoint import Endpoint
from raidbot.features.standby.model import Lease

Holder = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
ShardId = Annotated[int, msgspec.Meta(ge=0, le=65535)]


class TakeLease(msgspec.Struct, frozen=True):
    """Ask for the right to serve shards, or for more time; all of them or none."""

    holder: Holder
    """What the process is called. It keeps its lease over a restart under the same name."""
    shard_ids: Annotated[list[ShardId], msgspec.Meta(min_length=1, max_length=1000)]


class ReturnLease(msgspec.Struct, frozen=True):
    """Let another process serve at once."""

    holder: Holder


class Returned(msgspec.Struct, frozen=True):
    """How many shards somebody else may serve now."""

    shards: int


take_lease = Endpoint("POST", "/bots/lease", None, TakeLease, Lease)
return_lease = Endpoint("POST", "/bots/lease/return", None, ReturnLease, Returned)
