"""Who leads a run: co-leaders, taking over, handing over, and what each is credited for."""

import asyncio

import msgspec
import pytest
from tests.features.runs.steps import live, opened, shown
from tests.support.backend import ADMIN, GUILD, ORGANIZER, RAIDER, SECOND_ORGANIZER, STRANGER, Served

from raidbot.core.ids import UserId
from raidbot.database.pool import Database
from raidbot.features.raiders import api as raiders
from raidbot.features.runs.api import joins, leaders, pops
from raidbot.features.runs.api import life as api
from raidbot.features.runs.model.joins import NotInRun
from raidbot.features.runs.model.leaders import LeaderRole, NotALeader
from raidbot.features.runs.model.life import NotYourRun, Run


async def take_over(served: Served, run: Run, who: UserId, party: str | None = None) -> Run:
    return await served.ask(leaders.take_over, leaders.TakeOver(GUILD, run.id, party=party, location=None), who)


async def name(served: Served, run: Run, *who: UserId, by: UserId = ORGANIZER) -> Run:
    return await served.ask(leaders.name_co_leaders, leaders.NameCoLeaders(GUILD, run.id, list(who)), by)


class Interval(msgspec.Struct, frozen=True):
    user_id: UserId
    role: LeaderRole
    over: bool


async def intervals(database: Database, run: Run) -> list[Interval]:
    async with database.transaction() as tx:
        return await tx.many(
            Interval,
            """
            SELECT user_id, role, until IS NOT NULL AS over FROM run_leader
             WHERE run_id = $1 ORDER BY id
            """,
            run.id,
        )


async def test_a_co_leader_steers_like_the_leader_until_they_are_taken_off(served: Served) -> None:
    run = await live(served)

    await name(served, run, RAIDER)
    locked = await served.ask(api.lock_run, api.LockRun(GUILD, run.id, locked=True), RAIDER)
    await name(served, run)

    assert (locked.join_locked, locked.co_leader_ids) == (True, [RAIDER])
    with pytest.raises(NotYourRun):
        await served.ask(api.lock_run, api.LockRun(GUILD, run.id, locked=False), RAIDER)


async def test_only_who_leads_or_an_officer_names_co_leaders_and_five_are_enough(served: Served) -> None:
    run = await live(served)
    await name(served, run, RAIDER)

    with pytest.raises(NotYourRun, match="Only who leads"):
        await name(served, run, STRANGER, by=RAIDER)
    with pytest.raises(NotALeader, match="5 co-leaders"):
        await name(served, run, *(UserId(number) for number in range(50, 56)))
    assert (await name(served, run, ORGANIZER, SECOND_ORGANIZER, by=ADMIN)).co_leader_ids == [SECOND_ORGANIZER]


async def test_an_organizer_takes_a_run_over_with_a_run_of_their_own_and_the_host_takes_it_back(
    served: Served, database: Database
) -> None:
    run = await live(served)
    await opened(served, by=SECOND_ORGANIZER)

    taken = await take_over(served, run, SECOND_ORGANIZER, "Second party")
    assert (taken.leader_id, taken.organizer_id, taken.party) == (SECOND_ORGANIZER, ORGANIZER, "Second party")
    back = await take_over(served, run, ORGANIZER)

    assert (back.leader_id, back.party) == (ORGANIZER, "Second party")
    assert await intervals(database, run) == [
        Interval(ORGANIZER, LeaderRole.LEADER, over=True),
        Interval(SECOND_ORGANIZER, LeaderRole.LEADER, over=True),
        Interval(ORGANIZER, LeaderRole.LEADER, over=False),
    ]


async def test_who_hands_a_run_over_may_open_the_next_one_and_keeps_control_raids_39_raids_43(served: Served) -> None:
    run = await live(served)

    handed = await served.ask(leaders.hand_over, leaders.HandOver(GUILD, run.id, SECOND_ORGANIZER), ORGANIZER)
    await opened(served)
    locked = await served.ask(api.lock_run, api.LockRun(GUILD, run.id, locked=True), ORGANIZER)

    assert (handed.leader_id, locked.join_locked) == (SECOND_ORGANIZER, True)


async def test_a_pop_is_credited_to_who_leads_whoever_presses_and_ends_raids_2(
    served: Served, database: Database
) -> None:
    run = await live(served)
    await take_over(served, run, SECOND_ORGANIZER)
    await served.ask(pops.pop_key, pops.PopKey(GUILD, run.id, 1), ORGANIZER)
    await take_over(served, run, ORGANIZER)
    await served.ask(pops.pop_key, pops.PopKey(GUILD, run.id, 2), SECOND_ORGANIZER)
    await served.ask(api.end_run, api.EndRun(GUILD, run.id), ADMIN)

    async with database.transaction() as tx:
        paid = await tx.value(list[int], "SELECT array_agg(user_id ORDER BY id) FROM award WHERE kind = 'lead'")
    assert paid == [SECOND_ORGANIZER, ORGANIZER]


async def test_a_run_is_not_handed_to_who_may_not_lead_and_not_taken_by_a_raider(served: Served) -> None:
    run = await live(served)

    with pytest.raises(NotALeader, match="no organizer"):
        await served.ask(leaders.hand_over, leaders.HandOver(GUILD, run.id, RAIDER), ORGANIZER)
    with pytest.raises(NotALeader, match="already"):
        await served.ask(leaders.hand_over, leaders.HandOver(GUILD, run.id, ORGANIZER), ORGANIZER)
    with pytest.raises(NotALeader, match="You lead this run already"):
        await take_over(served, run, ORGANIZER)
    with pytest.raises(NotYourRun, match="Only co-leaders"):
        await take_over(served, run, RAIDER)
    await name(served, run, RAIDER)
    assert (await take_over(served, run, RAIDER)).leader_id == RAIDER


async def test_of_two_who_take_over_at_once_each_leads_in_turn_and_one_leads_in_the_end(
    served: Served, database: Database
) -> None:
    run = await live(served)

    await asyncio.gather(take_over(served, run, SECOND_ORGANIZER), take_over(served, run, ADMIN))

    now = await shown(served, run)
    standing = [one for one in await intervals(database, run) if not one.over]
    assert standing == [Interval(now.leader_id, LeaderRole.LEADER, over=False)]


class Told(msgspec.Struct, frozen=True):
    name: str
    user_ids: list[UserId]


async def test_a_change_of_the_leader_tells_the_host_and_once_those_who_are_in(
    served: Served, database: Database
) -> None:
    run = await live(served)
    await served.ask(joins.join_run, joins.JoinRun(GUILD, run.id), RAIDER)

    await take_over(served, run, SECOND_ORGANIZER)

    async with database.transaction() as tx:
        told = await tx.many(Told, "SELECT name, user_ids FROM notice WHERE kind = 'run_taken_over' ORDER BY id")
    assert [one.user_ids for one in told] == [[ORGANIZER], [RAIDER]]


async def test_a_raider_is_added_by_their_ign_and_an_unknown_one_is_told(served: Served) -> None:
    run = await live(served)
    await served.ask(raiders.verify_raider, raiders.VerifyRaider(GUILD, RAIDER, "Rookie"), ADMIN)

    with pytest.raises(NotInRun, match="Nobody here has the IGN Ghost"):
        await served.ask(joins.add_raider, joins.AddRaider(GUILD, run.id, ign="Ghost"), ORGANIZER)
    listed = await served.ask(joins.add_raider, joins.AddRaider(GUILD, run.id, ign="rookie"), ORGANIZER)

    assert "Rookie" in {one.ign for one in listed}
