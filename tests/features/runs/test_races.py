"""Presses that meet: one decides, and the others are told so."""

import asyncio

from tests.features.runs.steps import live, opened, shown
from tests.support.backend import ADMIN, GUILD, ORGANIZER, Served

from raidbot.database.pool import Database
from raidbot.features.runs.api import life as api
from raidbot.features.runs.model.life import AlreadyLeading, NotReopened, Run, RunOver, RunStatus


async def led(database: Database) -> list[int]:
    async with database.transaction() as tx:
        return await tx.value(list[int], "SELECT array_agg(subject_id) FROM organizer_activity") or []


async def test_of_fifty_ends_at_once_one_decides_and_the_others_are_told_what_to_do(served: Served) -> None:
    run = await live(served)

    ends = [served.ask(api.end_run, api.EndRun(GUILD, run.id), ORGANIZER) for _ in range(50)]
    told = await asyncio.gather(*ends, return_exceptions=True)

    refused = [one for one in told if isinstance(one, RunOver)]
    assert (sum(isinstance(one, Run) for one in told), len(refused)) == (1, 49)
    assert all("Reopen takes that back" in one.sentence for one in refused)


async def test_an_end_and_a_cancel_at_once_leave_one_outcome_raids_18(served: Served) -> None:
    for _ in range(10):
        run = await live(served)

        told = await asyncio.gather(
            served.ask(api.end_run, api.EndRun(GUILD, run.id), ORGANIZER),
            served.ask(api.cancel_run, api.CancelRun(GUILD, run.id, "mistake"), ADMIN),
            return_exceptions=True,
        )

        [decided] = [one for one in told if isinstance(one, Run)]
        assert (await shown(served, run)).status is decided.status


async def test_two_reopenings_at_once_give_one_run_back(served: Served, database: Database) -> None:
    run = await live(served)
    await served.ask(api.end_run, api.EndRun(GUILD, run.id), ORGANIZER)

    told = await asyncio.gather(
        *(served.ask(api.reopen_run, api.ReopenRun(GUILD, run.id), who) for who in (ORGANIZER, ADMIN)),
        return_exceptions=True,
    )

    assert sorted(type(one).__name__ for one in told) == ["NotReopened", "Run"]
    assert next(one for one in told if isinstance(one, NotReopened)).sentence.endswith("see how it stands.")
    assert await led(database) == [run.id]


async def test_a_reopening_that_meets_a_new_opening_leaves_the_organizer_one_run(
    served: Served, database: Database
) -> None:
    for _ in range(10):
        run = await opened(served)
        await served.ask(api.cancel_run, api.CancelRun(GUILD, run.id, "mistake"), ORGANIZER)

        told = await asyncio.gather(
            served.ask(api.reopen_run, api.ReopenRun(GUILD, run.id), ORGANIZER), opened(served), return_exceptions=True
        )

        [won] = [one for one in told if isinstance(one, Run)]
        [refused] = [one for one in told if isinstance(one, AlreadyLeading)]
        assert (await led(database), refused.details["run_id"]) == ([won.id], won.id)
        assert "first" in refused.sentence
        await served.ask(api.cancel_run, api.CancelRun(GUILD, won.id, "mistake"), ORGANIZER)


async def test_panels_that_fail_while_the_organizer_cancels_leave_one_reason(served: Served) -> None:
    run = await opened(served)

    told = await asyncio.gather(
        served.client.call(api.drop_run, api.DropRun(GUILD, run.id, "no channel")),
        served.ask(api.cancel_run, api.CancelRun(GUILD, run.id, "mistake"), ORGANIZER),
        return_exceptions=True,
    )

    now = await shown(served, run)
    assert now.status is RunStatus.CANCELLED
    assert isinstance(told[0], Run)
    assert told[0].reason == now.reason
