"""Who was there: claims after the end, what is decided about them, and who is struck."""

import asyncio
from typing import Any

import msgspec
import pytest
from tests.features.runs.steps import live, opened, put, shown
from tests.support.backend import ADMIN, GUILD, ORGANIZER, RAIDER, ROLES, STRANGER, Served

from raidbot.core.ids import UserId
from raidbot.database.pool import Database
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.runs.api import claims as api
from raidbot.features.runs.api import joins as joins_api
from raidbot.features.runs.api import life as life_api
from raidbot.features.runs.api import pops as pops_api
from raidbot.features.runs.model.claims import ClaimRefused, ClaimState, WhoWasThere
from raidbot.features.runs.model.joins import Card, JoinRefused
from raidbot.features.runs.model.life import NotYourRun, Run, RunStatus
from raidbot.features.runs.model.pops import Outcome

LATE = [UserId(300 + number) for number in range(3)]


class Paid(msgspec.Struct, frozen=True):
    user_id: UserId
    completions: int


def claim(served: Served, run: Run, who: UserId = LATE[0]) -> Any:
    return served.ask(api.claim_run, api.ClaimRun(GUILD, run.id), who)


def decide(
    served: Served, run: Run, *, approve: bool = True, user_ids: list[UserId] | None = None, by: UserId = ORGANIZER
) -> Any:
    return served.ask(api.decide_claims, api.DecideClaims(GUILD, run.id, approve=approve, user_ids=user_ids), by)


def strike(served: Served, run: Run, *user_ids: UserId) -> Any:
    return served.ask(api.strike_raiders, api.StrikeRaiders(GUILD, run.id, list(user_ids)), ORGANIZER)


async def cards(served: Served, who: UserId = LATE[0]) -> list[Card]:
    return await served.ask(joins_api.my_runs, joins_api.MyRuns(GUILD), who)


async def pop(served: Served, run: Run, number: int) -> None:
    await served.ask(pops_api.pop_key, pops_api.PopKey(GUILD, run.id, number), ORGANIZER)


async def ended(served: Served, pops: int = 0) -> Run:
    await served.mirror(*(MirroredMember(one, list(ROLES.values())[1:2]) for one in LATE))
    run = await live(served)
    await served.ask(joins_api.join_run, joins_api.JoinRun(GUILD, run.id), RAIDER)
    for number in range(1, pops + 1):
        await pop(served, run, number)
    return await served.ask(life_api.end_run, life_api.EndRun(GUILD, run.id), ORGANIZER)


async def paid(database: Database) -> dict[UserId, int]:
    async with database.transaction() as tx:
        found = await tx.many(
            Paid,
            """
            SELECT user_id, sum(quantity)::bigint AS completions FROM award WHERE kind = 'completion'
             GROUP BY user_id HAVING sum(quantity) <> 0
            """,
        )
    return {one.user_id: one.completions for one in found}


async def until_decided(served: Served, state: ClaimState) -> Card:
    async with asyncio.timeout(60):
        while (now := (await cards(served))[0]).claim is not state:
            await asyncio.sleep(0.03)
    return now


@pytest.mark.parametrize("pops", [0, 2])
async def test_who_is_confirmed_is_paid_like_everybody_who_was_in(
    served: Served, database: Database, pops: int
) -> None:
    run = await ended(served, pops)

    said: Card = await claim(served, run)
    await claim(served, run)
    before = await shown(served, run)
    told: WhoWasThere = await decide(served, run)
    await decide(served, run)

    assert (said.claim, before.claims, (await shown(served, run)).claims) == (ClaimState.OPEN, 1, 0)
    assert [(one.user_id, one.state) for one in told.claims] == [(LATE[0], ClaimState.APPROVED)]
    owed = await paid(database)
    assert owed[LATE[0]] == owed[RAIDER] == max(1, pops)
    assert (await cards(served))[0].claim is ClaimState.APPROVED


async def test_a_failed_pop_is_not_among_those_that_a_confirmed_claim_counts_for(
    served: Served, database: Database
) -> None:
    await served.mirror(*(MirroredMember(one, list(ROLES.values())[1:2]) for one in LATE))
    run = await live(served)
    for number in (1, 2):
        await pop(served, run, number)
    failed = pops_api.TellPop(GUILD, run.id, 1, outcome=Outcome.FAILED)
    await served.ask(pops_api.tell_pop, failed, ORGANIZER)
    await served.ask(life_api.end_run, life_api.EndRun(GUILD, run.id), ORGANIZER)
    await claim(served, run)

    await decide(served, run)

    assert (await paid(database))[LATE[0]] == 1


async def test_some_are_confirmed_and_the_rest_refused_each_once(served: Served, database: Database) -> None:
    run = await ended(served)
    for one in LATE:
        await claim(served, run, one)

    await decide(served, run, user_ids=LATE[:1])
    both = await asyncio.gather(decide(served, run, approve=False), decide(served, run, approve=True, by=ADMIN))

    states = [one.state for one in both[0].claims]
    assert states[0] is ClaimState.APPROVED
    assert states[1] is states[2]
    assert states == [one.state for one in (await decide(served, run)).claims]
    assert (LATE[1] in await paid(database)) == (states[1] is ClaimState.APPROVED)


async def test_no_shows_are_struck_and_what_they_got_is_taken_back_once(served: Served, database: Database) -> None:
    run = await ended(served, 2)
    before = await paid(database)

    told: WhoWasThere = await strike(served, run, RAIDER, STRANGER)
    again: WhoWasThere = await strike(served, run, RAIDER)

    assert before[RAIDER] == 2
    assert RAIDER not in await paid(database)
    assert RAIDER not in {one.user_id for one in (*told.counted, *again.counted)}


async def test_who_was_struck_may_say_that_they_were_there(served: Served, database: Database) -> None:
    run = await ended(served)
    await strike(served, run, RAIDER)

    await claim(served, run, RAIDER)
    await decide(served, run)

    assert (await paid(database))[RAIDER] == 1


async def test_for_15_minutes_members_may_say_that_they_were_there(served: Served) -> None:
    run = await ended(served)
    assert run.claims_until is not None

    served.pass_time(15 * 60 + 1)
    with pytest.raises(ClaimRefused, match="15 minutes are over"):
        await claim(served, run)

    async with asyncio.timeout(60):
        while (await shown(served, run)).claims_until is not None:
            await asyncio.sleep(0.03)


async def test_what_nobody_decides_within_a_day_lapses_and_says_so(served: Served) -> None:
    run = await ended(served)
    await claim(served, run)

    served.pass_time(24 * 3600 + 1)

    await until_decided(served, ClaimState.LAPSED)
    told: WhoWasThere = await decide(served, run)
    assert [one.state for one in told.claims] == [ClaimState.LAPSED]
    assert (await shown(served, run)).claims == 0


async def test_who_cannot_claim_is_told_why(served: Served) -> None:
    run = await ended(served)
    with pytest.raises(ClaimRefused, match="counted already"):
        await claim(served, run, RAIDER)
    with pytest.raises(JoinRefused):
        await claim(served, run, STRANGER)
    going_on = await opened(served)
    with pytest.raises(ClaimRefused, match="Press Join"):
        await claim(served, going_on)
    with pytest.raises(ClaimRefused, match="once the run has ended"):
        await decide(served, going_on)
    remove = joins_api.RemoveRaiders(GUILD, going_on.id, [LATE[0]], "late")
    await served.ask(joins_api.join_run, joins_api.JoinRun(GUILD, going_on.id), LATE[0])
    await served.ask(joins_api.remove_raiders, remove, ORGANIZER)
    await put(served, "start_needs", "neither")
    await served.ask(life_api.start_run, life_api.StartRun(GUILD, going_on.id), ORGANIZER)
    await served.ask(life_api.end_run, life_api.EndRun(GUILD, going_on.id), ORGANIZER)
    with pytest.raises(ClaimRefused, match="took you out"):
        await claim(served, going_on)


async def test_a_cancelled_run_counts_nobody(served: Served) -> None:
    run = await opened(served)
    await served.mirror(MirroredMember(LATE[0], list(ROLES.values())[1:2]))
    await served.ask(life_api.cancel_run, life_api.CancelRun(GUILD, run.id, "mistake"), ORGANIZER)

    with pytest.raises(ClaimRefused, match="nobody is counted"):
        await claim(served, run)


async def test_a_reopened_run_takes_no_claims_until_it_ends_again(served: Served) -> None:
    run = await ended(served)
    again = await served.ask(life_api.reopen_run, life_api.ReopenRun(GUILD, run.id), ORGANIZER)
    with pytest.raises(ClaimRefused, match="goes on"):
        await claim(served, run)

    over = await served.ask(life_api.end_run, life_api.EndRun(GUILD, run.id), ORGANIZER)

    assert (again.claims_until, over.status) == (None, RunStatus.ENDED)
    assert over.claims_until is not None


async def test_raiders_neither_read_nor_decide_who_was_there(served: Served) -> None:
    run = await ended(served)

    with pytest.raises(NotYourRun):
        await served.ask(api.list_claims, api.ListClaims(GUILD, run.id), RAIDER)
    with pytest.raises(NotYourRun):
        await decide(served, run, by=RAIDER)
