"""What is told of a run afterwards: to raiders why they were or were not paid, to those who steer everything."""

import pytest
from tests.features.runs.steps import (
    cancel,
    end,
    join,
    leave,
    live,
    opened,
    pop,
    put,
    tell,
    verified,
    window_closed,
)
from tests.support.backend import GUILD, ORGANIZER, RAIDER, SECOND_ORGANIZER, STRANGER, Served

from raidbot.core.ids import UserId
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.runs.api import edits as edits_api
from raidbot.features.runs.api import joins, leaders, life
from raidbot.features.runs.api import timeline as api
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.pops import Outcome
from raidbot.features.runs.model.timeline import Timeline, Why


async def read(served: Served, run: Run, by: UserId) -> Timeline:
    return await served.ask(api.read_timeline, api.ReadTimeline(GUILD, run.id), by)


async def why(served: Served, run: Run, by: UserId) -> list[Why]:
    return [one.why for one in (await read(served, run, by)).own]


async def test_each_raider_reads_why_they_were_or_were_not_paid(served: Served) -> None:
    await put(served, "auto_end_minutes", "600")
    run = await live(served)
    stays, leaves, late, out, never = await verified(served, 5)
    await join(served, run, stays, leaves, out)
    await served.ask(joins.remove_raiders, joins.RemoveRaiders(GUILD, run.id, [out], "no show"), ORGANIZER)
    await leave(served, run, leaves)
    await pop(served, run, 1)
    during = await why(served, run, stays)
    await window_closed(served, run)
    await join(served, run, late)
    await pop(served, run, 2)
    await end(served, run)

    assert during == [Why.OPEN]
    assert {who: await why(served, run, who) for who in (stays, leaves, late, out, never)} == {
        stays: [Why.PAID, Why.PAID],
        leaves: [Why.LEFT, Why.LEFT],
        late: [Why.LATE, Why.PAID],
        out: [Why.REMOVED, Why.REMOVED],
        never: [Why.ABSENT, Why.ABSENT],
    }


async def test_who_lost_their_standing_is_not_told_that_somebody_took_them_out(served: Served) -> None:
    run = await live(served)
    [gone] = await verified(served, 1)
    await join(served, run, gone)
    await served.mirror(MirroredMember(gone, []))
    await end(served, run)

    assert await why(served, run, gone) == [Why.LET_GO]


async def test_a_failed_key_and_a_correction_tell_their_reason(served: Served) -> None:
    run = await live(served)
    await join(served, run, RAIDER)
    await pop(served, run, 1)
    await pop(served, run, 2)
    await tell(served, run, 2, outcome=Outcome.FAILED)
    await end(served, run)
    ask = edits_api.AskEdit(GUILD, run.id, reason="Was not there", pop=1, strike=[str(int(RAIDER))])
    edit = await served.ask(edits_api.ask_edit, ask, ORGANIZER)
    await served.ask(edits_api.confirm_edit, edits_api.ConfirmEdit(GUILD, edit.id), ORGANIZER)

    told = await read(served, run, RAIDER)

    assert [(one.why, one.pop.reason) for one in told.own] == [(Why.STRUCK, "Was not there"), (Why.FAILED, None)]


async def test_who_waits_for_a_place_is_told_so(served: Served) -> None:
    run = await opened(served, party="p", location="l", max_raiders=1)
    first, second = await verified(served, 2)
    await join(served, run, first, second)
    await served.ask(life.start_run, life.StartRun(GUILD, run.id), ORGANIZER)
    await end(served, run)

    assert await why(served, run, second) == [Why.WAITING]


async def test_a_raider_reads_their_own_part_alone_and_who_may_steer_reads_everything(served: Served) -> None:
    run = await live(served)
    await join(served, run, RAIDER)
    await pop(served, run, 1)
    await end(served, run)

    own, everything = await read(served, run, RAIDER), await read(served, run, SECOND_ORGANIZER)

    assert (own.everything, own.pops, own.entries, own.reveals, own.paid) == (False, [], [], [], [])
    assert everything.everything
    assert [one.kind for one in everything.entries][:3] == ["opened", "started", "joined"]
    assert [(one.user_id, one.grounds) for one in everything.reveals] == [(RAIDER, "raider")]
    assert [(one.pop.number, one.raiders) for one in everything.pops] == [(1, 2)]
    assert sorted((int(one.user_id), one.kind, one.quantity) for one in everything.paid) == [
        (int(ORGANIZER), "completion", 1),
        (int(ORGANIZER), "lead", 1),
        (int(RAIDER), "completion", 1),
    ]


async def test_a_cancelled_run_paid_nobody_and_recent_runs_are_listed(served: Served) -> None:
    run = await opened(served)
    await join(served, run, RAIDER)
    await cancel(served, run)

    assert (await read(served, run, RAIDER)).own == []
    listed = await served.ask(api.recent_runs, api.RecentRuns(GUILD), RAIDER)
    assert [(one.id, one.status) for one in listed] == [(run.id, "cancelled")]
    assert await served.ask(api.recent_runs, api.RecentRuns(GUILD), STRANGER) == []


async def test_recent_runs_are_those_that_one_was_in_opened_or_took_over_the_newest_first(served: Served) -> None:
    first, second = await live(served), await live(served, SECOND_ORGANIZER)
    await join(served, second, RAIDER)
    await leave(served, second, RAIDER)
    await join(served, first, RAIDER)
    await served.ask(leaders.hand_over, leaders.HandOver(GUILD, second.id, ORGANIZER), SECOND_ORGANIZER)

    members = (ORGANIZER, RAIDER, SECOND_ORGANIZER)
    listed = {who: await served.ask(api.recent_runs, api.RecentRuns(GUILD), who) for who in members}

    assert {who: [one.id for one in runs] for who, runs in listed.items()} == {
        ORGANIZER: [second.id, first.id],
        RAIDER: [second.id, first.id],
        SECOND_ORGANIZER: [second.id],
    }


@pytest.mark.parametrize("by", [ORGANIZER, RAIDER])
async def test_a_run_without_pops_is_paid_as_a_whole(served: Served, by: UserId) -> None:
    run = await live(served)
    await join(served, run, RAIDER)
    await end(served, run)

    [whole] = (await read(served, run, by)).own

    assert (whole.pop.number, whole.why, whole.pop.led is not None) == (0, Why.PAID, by == ORGANIZER)
