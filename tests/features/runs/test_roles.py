"""A run may have a role of its own: wished with the run, kept once, gone with it, wanted again when it is reopened."""

import pytest
from tests.features.runs.steps import cancel, join, live, opened, pop, put, reopen, verified
from tests.features.runs.test_notices import told
from tests.support.backend import GUILD, Served

from raidbot.core.ids import RoleId
from raidbot.database.pool import Database
from raidbot.features.runs.api import roles
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.notices import Saying
from raidbot.features.runs.model.roles import RunRole

FIRST, SECOND = RoleId(901), RoleId(902)


async def standing(served: Served) -> list[RunRole]:
    return await served.client.call(roles.list_run_roles, roles.ListRunRoles(GUILD))


async def keep(served: Served, run: Run, role_id: RoleId) -> RoleId | None:
    return (await served.client.call(roles.keep_run_role, roles.KeepRunRole(GUILD, run.id, role_id))).role_id


@pytest.fixture
async def by_role(served: Served) -> None:
    await put(served, "run_ping", "role")


async def test_where_mentions_call_no_run_has_a_role(served: Served) -> None:
    await opened(served)

    assert await standing(served) == []


@pytest.mark.usefixtures("by_role")
async def test_who_is_in_is_to_hold_it_and_who_leads_is_not(served: Served) -> None:
    run = await opened(served)
    raiders = await verified(served, 3)
    await join(served, run, *raiders)

    [wanted] = await standing(served)

    assert (wanted.run_id, wanted.role_id, wanted.user_ids, wanted.over) == (run.id, None, raiders, False)


@pytest.mark.usefixtures("by_role")
async def test_of_two_bots_that_made_a_role_the_first_counts_and_a_deleted_one_is_made_anew(served: Served) -> None:
    run = await opened(served)

    assert await keep(served, run, FIRST) == FIRST
    assert await keep(served, run, SECOND) == FIRST
    lost = roles.LoseRunRole(GUILD, run.id, FIRST)
    assert (await served.client.call(roles.lose_run_role, lost)).role_id is None
    assert await keep(served, run, SECOND) == SECOND


@pytest.mark.usefixtures("by_role")
async def test_a_run_that_goes_on_keeps_its_role_and_a_reopened_one_wants_it_anew(served: Served) -> None:
    run = await opened(served)
    await keep(served, run, FIRST)
    drop = roles.DropRunRole(GUILD, run.id)

    assert (await served.client.call(roles.drop_run_role, drop)).role_id == FIRST
    await cancel(served, run)
    assert [one.over for one in await standing(served)] == [True]
    await served.client.call(roles.drop_run_role, drop)
    assert await standing(served) == []
    await reopen(served, run)
    assert [(one.role_id, one.over) for one in await standing(served)] == [(None, False)]


@pytest.mark.usefixtures("by_role")
async def test_one_message_calls_the_role_and_names_those_first_who_came_last(
    served: Served, database: Database
) -> None:
    run = await live(served)
    await keep(served, run, FIRST)
    raiders = await verified(served, 100)
    await join(served, run, *raiders)

    await pop(served, run, 1)

    [call] = await told(database, Saying.POPPED)
    assert (call.role_ids, call.user_ids) == ([FIRST], raiders[:-81:-1])
