"""Leases over HTTP, on the real database: one process serves a shard at a time."""

import asyncio

import pytest
from tests.support.backend import Served

from raidbot.features.standby import api
from raidbot.features.standby.model import HOLDS_FOR, Lease, LeaseHeld


async def take(served: Served, holder: str, *shard_ids: int) -> Lease:
    return await served.client.call(api.take_lease, api.TakeLease(holder, list(shard_ids or (0,))))


async def test_of_all_who_ask_at_once_one_serves_and_the_others_are_told_who(served: Served) -> None:
    told = await asyncio.gather(*(take(served, f"bot-{one}") for one in range(8)), return_exceptions=True)

    [lease] = [one for one in told if isinstance(one, Lease)]
    assert {one.details["holder"] for one in told if isinstance(one, LeaseHeld)} == {lease.holder}
    assert sum(isinstance(one, LeaseHeld) for one in told) == 7


async def test_whoever_serves_asks_for_more_time_and_another_follows_when_it_no_longer_does(served: Served) -> None:
    first = await take(served, "one")
    served.pass_time(HOLDS_FOR.total_seconds() - 1)
    again = await take(served, "one")
    served.pass_time(HOLDS_FOR.total_seconds() - 1)
    with pytest.raises(LeaseHeld, match="one serves these shards"):
        await take(served, "two")
    served.pass_time(2)

    followed = await take(served, "two")

    assert first.until < again.until < followed.until
    with pytest.raises(LeaseHeld, match="two serves"):
        await take(served, "one")


async def test_shards_are_taken_together_or_not_at_all(served: Served) -> None:
    await take(served, "one", 1)

    with pytest.raises(LeaseHeld):
        await take(served, "two", 0, 1)
    assert (await take(served, "three", 0, 2)).shard_ids == [0, 2]


async def test_who_stops_on_purpose_lets_another_serve_at_once(served: Served) -> None:
    await take(served, "one", 0, 1)

    returned = await served.client.call(api.return_lease, api.ReturnLease("one"))
    nothing = await served.client.call(api.return_lease, api.ReturnLease("one"))

    assert (returned.shards, nothing.shards) == (2, 0)
    assert (await take(served, "two", 1)).holder == "two"
