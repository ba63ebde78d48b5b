"""Who is asked at a desk, which panels /panel offers, calls on demand, and what a log lacks."""

import asyncio

import pytest
from tests.features.runs.steps import live, opened
from tests.support.backend import ADMIN, CHANNEL, GUILD, ORGANIZER, RAIDER, ROLES, SECOND_ORGANIZER, Served

from raidbot.core.ids import MessageId, UserId
from raidbot.core.ranks import RoleKey
from raidbot.features.discord_state import api as discord_state
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.runs.api import joins, leaders, log, pings
from raidbot.features.runs.api import life as api
from raidbot.features.runs.model.leaders import DeskVisit, NotALeader, Steerable
from raidbot.features.runs.model.life import NoRun, NotYourRun, Run, RunOver
from raidbot.features.runs.model.log import Untold
from raidbot.features.runs.model.notices import CallFor
from raidbot.features.runs.model.pings import CalledJustNow


async def come(served: Served, run: Run, who: UserId) -> DeskVisit:
    return await served.ask(leaders.come_to_desk, leaders.ComeToDesk(GUILD, run.id), who)


async def test_at_the_desk_leaders_and_officers_act_and_other_organizers_are_asked(served: Served) -> None:
    run = await opened(served)
    await served.ask(leaders.name_co_leaders, leaders.NameCoLeaders(GUILD, run.id, [RAIDER]), ORGANIZER)

    asked = {who: (await come(served, run, who)).confirms for who in (ORGANIZER, RAIDER, ADMIN, SECOND_ORGANIZER)}

    assert asked == {ORGANIZER: False, RAIDER: False, ADMIN: False, SECOND_ORGANIZER: True}
    with pytest.raises(NotYourRun):
        await come(served, run, UserId(99))


async def test_the_panels_to_choose_from_are_ones_own_first_and_those_of_others_for_organizers(served: Served) -> None:
    helped = await opened(served, SECOND_ORGANIZER)
    own = await opened(served)
    ask = leaders.SteerableRuns(GUILD)
    with pytest.raises(NoRun):
        await served.ask(leaders.steerable_runs, ask, RAIDER)

    await served.ask(
        leaders.name_co_leaders, leaders.NameCoLeaders(GUILD, helped.id, [ORGANIZER, RAIDER]), SECOND_ORGANIZER
    )
    by_organizer: Steerable = await served.ask(leaders.steerable_runs, ask, ORGANIZER)
    by_admin: Steerable = await served.ask(leaders.steerable_runs, ask, ADMIN)
    by_raider: Steerable = await served.ask(leaders.steerable_runs, ask, RAIDER)

    assert [one.id for one in by_organizer.own] == [own.id, helped.id]
    assert ([one.id for one in by_admin.own], len(by_admin.others)) == ([], 2)
    assert ([one.id for one in by_raider.own], by_raider.others) == ([helped.id], [])


async def test_who_is_suspended_or_gone_neither_leads_nor_helps(served: Served) -> None:
    run = await opened(served)
    organizer, verified, suspended = (
        ROLES[one] for one in (RoleKey.ORGANIZER, RoleKey.VERIFIED_RAIDER, RoleKey.SUSPENDED)
    )
    await served.mirror(
        MirroredMember(SECOND_ORGANIZER, [organizer, verified, suspended]), MirroredMember(RAIDER, [], present=False)
    )

    with pytest.raises(NotALeader, match="suspended, or no longer here"):
        await served.ask(leaders.hand_over, leaders.HandOver(GUILD, run.id, SECOND_ORGANIZER), ORGANIZER)
    with pytest.raises(NotALeader, match="Choose somebody else"):
        await served.ask(leaders.name_co_leaders, leaders.NameCoLeaders(GUILD, run.id, [RAIDER]), ORGANIZER)


async def test_of_two_calls_at_once_one_pings_and_the_other_is_told_when_again(served: Served) -> None:
    run = await live(served)
    await served.ask(joins.join_run, joins.JoinRun(GUILD, run.id), RAIDER)
    ask = pings.CallRaiders(GUILD, run.id, CallFor.COME)

    told = await asyncio.gather(
        *(served.ask(pings.call_raiders, ask, ORGANIZER) for _ in range(2)), return_exceptions=True
    )

    [called] = [one for one in told if isinstance(one, pings.Called)]
    [refused] = [one for one in told if isinstance(one, CalledJustNow)]
    assert called.raiders == 1
    assert "Call again in" in refused.sentence
    served.pass_time(21)
    assert (await served.ask(pings.call_raiders, ask, ORGANIZER)).raiders == 1
    await served.ask(api.end_run, api.EndRun(GUILD, run.id), ORGANIZER)
    with pytest.raises(RunOver):
        await served.ask(pings.call_raiders, ask, ORGANIZER)


async def test_a_log_lacks_what_happened_since_it_was_last_told_and_is_looked_at_until_its_end_stands(
    served: Served,
) -> None:
    run = await opened(served)
    of = (GUILD, "run_desk", run.id)

    async def untold() -> Untold:
        return await served.client.call(log.read_log, log.ReadLog(GUILD, run.id))

    async def behind() -> list[int]:
        return list((await served.client.call(log.logs_behind, log.LogsBehind(GUILD))).run_ids)

    unposted = await untold()
    await served.client.call(discord_state.begin_posting, discord_state.BeginPosting(*of, CHANNEL))
    await served.client.call(discord_state.settle_posting, discord_state.SettlePosting(*of, MessageId(777)))
    assert await behind() == [run.id]
    first = await untold()
    told = discord_state.ToldLog(*of, before=0, until=first.entries[-1].id)
    await served.client.call(discord_state.told_log, told)
    assert await behind() == []
    await served.ask(api.cancel_run, api.CancelRun(GUILD, run.id, "mistake"), ORGANIZER)

    then = await untold()

    assert (unposted.message_id, [one.kind for one in first.entries]) == (None, ["opened"])
    assert ([one.kind for one in then.entries], then.over, then.closed) == (["cancelled"], True, False)
    assert await behind() == [run.id]
    await served.client.call(discord_state.drew_posting, discord_state.DrewPosting(*of, then.version, final=True))
    assert await behind() == []
