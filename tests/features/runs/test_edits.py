"""Corrections over HTTP: what they would write is shown, and exactly that is written, once."""

import asyncio
from typing import Any

import pytest
from tests.features.runs.steps import (
    completions,
    end,
    join,
    led,
    live,
    pop,
    put,
    shown,
    sums,
    tell,
    verified,
    window_closed,
)
from tests.support.backend import ADMIN, GUILD, ORGANIZER, RAIDER, SECOND_ORGANIZER, Served

from raidbot.core.ids import UserId
from raidbot.database.pool import Database
from raidbot.features.raiders import api as raiders
from raidbot.features.raiders.model import UnknownRaider
from raidbot.features.runs.api import edits as api
from raidbot.features.runs.model.edits import (
    Edit,
    EditId,
    EditOutdated,
    EditRefused,
    EditState,
    NotYourEdit,
    UnknownEdit,
)
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.pops import Outcome

WRITTEN = "SELECT count(*) FROM award"


async def ask(served: Served, run: Run, by: UserId = ORGANIZER, **change: Any) -> Edit:
    return await served.ask(api.ask_edit, api.AskEdit(GUILD, run.id, reason="It was so", **change), by)


async def confirm(served: Served, edit: Edit, by: UserId = ORGANIZER) -> Edit:
    return await served.ask(api.confirm_edit, api.ConfirmEdit(GUILD, edit.id), by)


def entries(edit: Edit) -> list[tuple[int, str, int, str]]:
    return sorted((int(one.user_id), one.kind, one.quantity, f"{one.points:f}") for one in edit.plan.lines)


async def count(database: Database, sql: Any = WRITTEN) -> int:
    async with database.transaction() as tx:
        return await tx.value(int, sql) or 0


async def two_pops(served: Served) -> Run:
    """Return a run that has ended after two pops, with one raider besides the organizer in both."""
    run = await live(served)
    await join(served, run, RAIDER)
    await pop(served, run, 1)
    await pop(served, run, 2)
    return await end(served, run)


async def test_a_correction_shows_what_it_writes_and_writes_exactly_that(served: Served, database: Database) -> None:
    run = await two_pops(served)
    [new] = await verified(served, 1)
    before = await count(database)

    asked = await ask(served, run, pop=1, add=[str(int(new))], strike=[str(int(RAIDER))])
    untouched = await count(database)
    done = await confirm(served, asked)

    assert entries(asked) == [(int(RAIDER), "completion", -1, "-1"), (int(new), "completion", 1, "1")]
    assert (untouched, await count(database), done.state) == (before, before + 2, EditState.DONE)
    assert await completions(database) == {ORGANIZER: 2, RAIDER: 1, new: 1}
    with pytest.raises(EditRefused, match="done already"):
        await confirm(served, asked)


async def test_every_pop_is_corrected_where_none_is_named(served: Served, database: Database) -> None:
    run = await two_pops(served)

    await confirm(served, await ask(served, run, leader_id=SECOND_ORGANIZER))

    assert await led(database) == {SECOND_ORGANIZER: 2}


async def test_an_outcome_and_a_dungeon_are_corrected_with_what_they_pay(served: Served, database: Database) -> None:
    run = await two_pops(served)

    await confirm(served, await ask(served, run, pop=2, outcome=Outcome.NOBODY))
    await confirm(served, await ask(served, run, pop=1, dungeon="nest"))

    assert await completions(database) == {ORGANIZER: 1, RAIDER: 1}
    async with database.transaction() as tx:
        assert await tx.value(str, "SELECT dungeon FROM award GROUP BY dungeon HAVING sum(points) > 0") == "nest"


async def test_a_popper_named_after_the_end_is_paid_for_the_key_and_a_renamed_one_takes_over(
    served: Served, database: Database
) -> None:
    run = await two_pops(served)
    [new] = await verified(served, 1)

    first = await confirm(served, await ask(served, run, pop=1, popper_id=RAIDER))
    second = await confirm(served, await ask(served, run, pop=1, popper_id=new))

    assert [one[:3] for one in entries(first)] == [(int(RAIDER), "key", 1)]
    assert [one[:3] for one in entries(second)] == [(int(RAIDER), "key", -1), (int(new), "key", 1)]
    assert {who for who, kind in await sums(database) if kind == "key"} == {int(new)}
    assert (await shown(served, run)).unnamed_keys == 1
    with pytest.raises(EditRefused, match="Which of the 2 keys"):
        await ask(served, run, popper_id=RAIDER)


async def test_what_changed_meanwhile_is_not_written_but_asked_again(served: Served, database: Database) -> None:
    run = await two_pops(served)
    first = await ask(served, run, pop=1, strike=[str(int(RAIDER))])
    second = await ask(served, run, pop=1, outcome=Outcome.NOBODY)
    await confirm(served, second)

    with pytest.raises(EditOutdated, match="Use /runedit again"):
        await confirm(served, first)

    assert await completions(database) == {ORGANIZER: 1, RAIDER: 1}


async def test_two_who_confirm_at_once_write_once(served: Served, database: Database) -> None:
    run = await two_pops(served)
    asked = await ask(served, run, pop=1, strike=[str(int(RAIDER))])
    before = await count(database)

    told = await asyncio.gather(*(confirm(served, asked) for _ in range(5)), return_exceptions=True)

    assert sum(isinstance(one, Edit) for one in told) == 1
    assert await count(database) == before + 1


async def test_a_dropped_correction_writes_nothing(served: Served, database: Database) -> None:
    run = await two_pops(served)
    asked = await ask(served, run, strike=[str(int(RAIDER))])

    dropped = await served.ask(api.drop_edit, api.DropEdit(GUILD, asked.id), ORGANIZER)

    assert dropped.state is EditState.DROPPED
    assert await completions(database) == {ORGANIZER: 2, RAIDER: 2}
    with pytest.raises(UnknownEdit):
        await served.ask(api.drop_edit, api.DropEdit(GUILD, EditId(4711)), ORGANIZER)


async def test_the_owner_corrects_for_a_day_and_officers_at_any_time(served: Served) -> None:
    run = await two_pops(served)

    with pytest.raises(NotYourEdit, match="Only who led"):
        await ask(served, run, SECOND_ORGANIZER, strike=[str(int(RAIDER))])
    served.pass_time(25 * 3600)
    with pytest.raises(NotYourEdit, match="Ask an officer"):
        await ask(served, run, strike=[str(int(RAIDER))])
    assert await ask(served, run, ADMIN, strike=[str(int(RAIDER))])


async def test_raiders_are_named_by_ign_too_and_what_changes_nothing_is_refused(served: Served) -> None:
    run = await two_pops(served)
    [new] = await verified(served, 1)
    await served.ask(raiders.verify_raider, raiders.VerifyRaider(GUILD, new, "Rookery"), ADMIN)

    asked = await ask(served, run, add=["rookery"])

    assert asked.plan.change.add == [new]
    with pytest.raises(UnknownRaider):
        await ask(served, run, add=["nobody"])
    with pytest.raises(EditRefused, match="changes nothing"):
        await ask(served, run, add=[str(int(RAIDER))])
    with pytest.raises(EditRefused, match="Its keys: 1, 2"):
        await ask(served, run, pop=7, add=["rookery"])


async def test_a_pop_of_a_live_run_can_be_corrected_once_its_window_is_closed(
    served: Served, database: Database
) -> None:
    await put(served, "failed_leader_percent", "0")
    run = await live(served)
    await pop(served, run, 1)
    with pytest.raises(EditRefused, match="still open"):
        await ask(served, run, add=[str(int(RAIDER))])
    await window_closed(served, run)

    await confirm(served, await ask(served, run, add=[str(int(RAIDER))]))
    await tell(served, run, 1, outcome=Outcome.FAILED)

    assert await sums(database) == {(int(ORGANIZER), "lead"): (1, 0)}
