"""A member who joins in the very moment in which their standing is taken away: whoever is second sees the first."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeAlias

import pytest
from tests.features.runs.steps import join, opened, until
from tests.support.backend import ADMIN, GUILD, ORGANIZER, RAIDER, ROLES, Served

from raidbot.backend.events import emit
from raidbot.core.clock import Clock
from raidbot.core.ranks import RoleKey
from raidbot.database.pool import Database
from raidbot.database.transaction import Transaction
from raidbot.features.discord_state.model import MembersMirrored, MirroredMember
from raidbot.features.discord_state.store import members
from raidbot.features.raiders import api as raiders_api
from raidbot.features.raiders import service as raiders
from raidbot.features.runs.api import joins as api
from raidbot.features.runs.model.joins import Card, JoinRefused, JoinState
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.store import joins as store

VERIFIED = ROLES[RoleKey.VERIFIED_RAIDER]
SUSPENDED = MirroredMember(RAIDER, [VERIFIED, ROLES[RoleKey.SUSPENDED]])

Takes: TypeAlias = Callable[[Served, Transaction], Awaitable[object]]


async def suspends(served: Served, tx: Transaction) -> None:
    now = Clock(served.clock_file).now()
    changed = await members.save_members(tx, GUILD, [SUSPENDED])
    await emit(tx, MembersMirrored(guild_id=GUILD, user_ids=changed.user_ids, at=now), now)


async def unverifies(served: Served, tx: Transaction) -> None:
    await raiders.unverify(tx, GUILD, RAIDER, ADMIN, "another account", Clock(served.clock_file).now())


async def lets_in(served: Served, run: Run) -> Card:
    return (await join(served, run, RAIDER))[0]


async def is_added(served: Served, run: Run) -> Any:
    return await served.ask(api.add_raider, api.AddRaider(GUILD, run.id, RAIDER), ORGANIZER)


async def card(served: Served, run: Run) -> Card:
    return await served.ask(api.my_part, api.MyPart(GUILD, run.id), RAIDER)


async def verified(served: Served) -> Run:
    """Return a run, with the raider verified on record and not in it."""
    await served.ask(raiders_api.verify_raider, raiders_api.VerifyRaider(GUILD, RAIDER, "Rook"), ADMIN)
    return await opened(served)


async def somebody_waits(database: Database) -> None:
    """Wait until somebody waits for a row that another transaction holds."""

    async def waits() -> bool:
        async with database.transaction() as tx:
            sql = """
                SELECT count(*) FROM pg_stat_activity
                 WHERE datname = current_database() AND wait_event_type = 'Lock'
            """
            return bool(await tx.value(int, sql))

    await until(waits)


LOSSES = [pytest.param(suspends, "suspended", id="suspends"), pytest.param(unverifies, "unverified", id="unverifies")]


@pytest.mark.parametrize("comes", [lets_in, is_added])
@pytest.mark.parametrize(("takes", "why"), LOSSES)
async def test_who_comes_while_their_standing_is_taken_away_is_refused_with_the_reason(
    served: Served, database: Database, takes: Takes, why: str, comes: Callable[[Served, Run], Awaitable[object]]
) -> None:
    run = await verified(served)

    async with database.transaction() as tx:
        await takes(served, tx)
        coming = asyncio.ensure_future(comes(served, run))
        await somebody_waits(database)

    with pytest.raises(JoinRefused) as refused:
        await coming
    assert refused.value.details["why"] == why
    assert (await card(served, run)).state is None


@pytest.mark.parametrize(("takes", "why"), LOSSES)
async def test_whose_standing_is_taken_away_while_they_join_is_out_again(
    served: Served, database: Database, takes: Takes, why: str
) -> None:
    run = await verified(served)

    async def take() -> None:
        async with database.transaction() as tx:
            await takes(served, tx)

    async with database.transaction() as tx:
        met = await store.hold_situation_to_join(tx, GUILD, run.id, RAIDER)
        taking = asyncio.ensure_future(take())
        await somebody_waits(database)
        part = store.Part(guild_id=GUILD, run_id=run.id, user_id=RAIDER, joins=True, grounds=None)
        joined = await store.save_part(tx, part, Clock(served.clock_file).now())
    await taking

    assert met is not None
    assert not met.suspended
    assert joined.state is JoinState.JOIN
    out = await card(served, run)
    assert (out.state, out.reason) == (JoinState.LEFT, {"unverified": "no longer verified"}.get(why, why))


async def test_who_comes_while_a_suspension_is_given_up_again_is_in(served: Served, database: Database) -> None:
    run = await verified(served)
    coming: list[asyncio.Task[Card]] = []

    with suppress(ZeroDivisionError):
        async with database.transaction() as tx:
            await suspends(served, tx)
            coming.append(asyncio.create_task(lets_in(served, run)))
            await somebody_waits(database)
            raise ZeroDivisionError  # so that it is rolled back

    assert [one.joined for one in await asyncio.gather(*coming)] == [True]
