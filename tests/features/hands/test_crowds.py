"""Many changes by hand at once, over HTTP and on the real database."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from tests.features.hands.test_service import (
    by_hand,
    decide,
    lost,
    map_log,
    messages,
    missed,
    verified,
    wanted,
)
from tests.features.verified_role.steps import adopt_all
from tests.support.backend import ADMIN, GUILD, ORGANIZER, SECOND_ORGANIZER, Served

from raidbot.backend.jobs import Tick
from raidbot.core.clock import Clock
from raidbot.core.ids import Snowflake, UserId
from raidbot.database.pool import Database
from raidbot.features.hands import api, jobs
from raidbot.features.hands.model import CrowdId, CrowdShown, HandId, HandKind, HandState, OneOfMany, UnknownHand
from raidbot.features.raiders import api as raiders
from raidbot.features.raiders.model import RaiderStatus
from raidbot.features.reconciliation import api as reconciliation
from raidbot.features.reconciliation.model import Cause, Decision, Plan, PlanState

CROWD = [UserId(8000 + number) for number in range(30)]


async def kicked(served: Served, numbers: range, by: UserId = ORGANIZER, **more: Any) -> list[list[HandId]]:
    what: dict[str, Any] = {"out": "ban"} | more
    return [await by_hand(served, 100 + number, CROWD[number], by, **what) for number in numbers]


async def crowd(served: Served) -> CrowdShown:
    [number] = (await messages(served)).crowds
    return await served.client.call(api.show_crowd, api.ShowCrowd(GUILD, CrowdId(number)))


async def ask_all(database: Database, minutes: int = 2) -> None:
    """Let what is due be asked, some minutes from now."""
    while True:
        async with database.transaction() as tx:
            if not await jobs.ask(Tick(Clock().now() + timedelta(minutes=minutes), tx)):
                return


async def plans(served: Served) -> list[Plan]:
    return await served.ask(reconciliation.list_plans, reconciliation.ListPlans(GUILD), ADMIN)


async def decide_plan(served: Served, decision: Decision) -> None:
    [plan] = await plans(served)
    await served.ask(reconciliation.decide_plan, reconciliation.DecidePlan(GUILD, plan.id, decision), ADMIN)


async def test_of_many_changes_twenty_are_shown_one_by_one_and_the_rest_grows_one_message(
    served: Served, database: Database
) -> None:
    await map_log(served)
    told = await kicked(served, range(29))
    await by_hand(served, 500, CROWD[29], SECOND_ORGANIZER, out="ban")  # another one's is no part of it

    assert [len(one) for one in told] == [1] * 20 + [0] * 9
    growing = await crowd(served)
    assert (growing.members, growing.crowd.changed_by, growing.over) == (9, ORGANIZER, False)
    assert [(one.kind, one.changes) for one in growing.tallies] == [(HandKind.BAN, 9)]
    assert len((await messages(served)).hands) == 21
    await ask_all(database, minutes=0)
    assert await plans(served) == []

    await ask_all(database)
    await ask_all(database)

    [plan] = await plans(served)
    assert (plan.cause, plan.members, await wanted(served)) == (Cause.HANDS, 29, [])
    assert (await crowd(served)).plan_state is PlanState.OPEN
    with pytest.raises(OneOfMany, match="/plans"):
        await decide(served, api.put_hand_back, told[0][0])

    await decide_plan(served, Decision.ENFORCED)

    assert await wanted(served) == [("unban", 0, "")] * 29
    first = await served.client.call(api.show_hand, api.ShowHand(GUILD, told[0][0]))
    assert (first.hand.state, first.hand.decided_by) == (HandState.PUT_BACK, ADMIN)
    assert [one.state for one in (await shown_crowd(served)).tallies] == [HandState.PUT_BACK]
    assert await count(database) == 30  # nothing is lost from the record


async def shown_crowd(served: Served) -> CrowdShown:
    return await served.client.call(api.show_crowd, api.ShowCrowd(GUILD, CrowdId(1)))


async def count(database: Database) -> int | None:
    async with database.transaction() as tx:
        return await tx.value(int, "SELECT count(*) FROM hand_act")


async def test_many_timeouts_by_automod_are_one_message_and_one_question(served: Served, database: Database) -> None:
    await map_log(served)
    until = Clock().now() + timedelta(hours=2)
    told: dict[str, Any] = {"by": None, "automod_rule": "Spam", "timeout": True, "until_at": until, "out": None}
    for number in range(23):
        await by_hand(served, 100 + number, CROWD[number], **told)
    growing = await crowd(served)
    await ask_all(database)

    assert (growing.crowd.by_automod, growing.crowd.changed_by, growing.members) == (True, None, 3)
    assert [one.members for one in await plans(served)] == [23]


async def test_changes_told_at_the_same_moment_make_one_crowd(served: Served) -> None:
    await map_log(served)

    await asyncio.gather(*(by_hand(served, 100 + number, CROWD[number], out="kick") for number in range(26)))

    assert (await crowd(served)).members == 6
    assert len((await messages(served)).hands) == 20


async def test_what_goes_on_after_the_question_begins_another_message_and_the_same_question_grows(
    served: Served, database: Database
) -> None:
    await map_log(served)
    await kicked(served, range(22))
    await ask_all(database)

    await kicked(served, range(22, 25))
    await ask_all(database)

    assert len((await messages(served)).crowds) == 2
    assert [one.members for one in await plans(served)] == [25]


async def test_what_nobody_can_put_back_is_told_and_not_asked_about(served: Served, database: Database) -> None:
    await map_log(served)
    await kicked(served, range(22), out="kick", by_bot=True)

    await ask_all(database)

    told = await crowd(served)
    assert (told.crowd.by_bot, told.crowd.plan_id, told.over) == (True, None, True)
    assert await plans(served) == []


async def test_after_an_hour_a_few_are_shown_one_by_one_again(served: Served) -> None:
    await map_log(served)
    await kicked(served, range(20))
    served.pass_time(60 * 60)

    assert [len(one) for one in await kicked(served, range(20, 23))] == [1, 1, 1]


async def test_adopting_takes_over_roles_and_nicknames_and_leaves_what_says_no_free_ign(
    served: Served, database: Database
) -> None:
    await map_log(served)
    members = CROWD[:24]
    for number, one in enumerate(members):
        await verified(served, one, f"Pawn{chr(97 + number)}")
    changes = [lost(100 + number, one) for number, one in enumerate(members[:20])]
    new = dict(zip(members[20:], ("[Lead] Castle", "Pawna", "best raider 1", ""), strict=True))
    named = [
        api.NoteHand(guild_id=GUILD, entry_id=Snowflake(200 + number), user_id=one, by=ORGANIZER, new_nickname=new[one])
        for number, one in enumerate(members[20:])
    ]
    assert await missed(served, 300, *changes, *named) == []

    await decide_plan(served, Decision.ADOPTED)
    await adopt_all(database)

    told = [await raider(served, one) for one in members]
    assert {status for _, status in told[:20]} == {RaiderStatus.UNVERIFIED}
    assert told[20:] == [(ign, RaiderStatus.VERIFIED) for ign in ("Castle", "Pawnv", "Pawnw", "Pawnx")]
    left = {(one.kind, one.state): one.changes for one in (await shown_crowd(served)).tallies}
    assert left == {
        (HandKind.ROLE_LOST, HandState.RECORDED): 20,
        (HandKind.NICKNAME, HandState.LEFT): 3,
        (HandKind.NICKNAME, HandState.RECORDED): 1,
    }


async def test_enforcing_brings_nicknames_back_too(served: Served) -> None:
    await map_log(served)
    for number, one in enumerate(CROWD[:21]):
        await verified(served, one, f"Pawn{chr(97 + number)}")
    named = [
        api.NoteHand(guild_id=GUILD, entry_id=Snowflake(200 + number), user_id=one, by=ORGANIZER, new_nickname="Castle")
        for number, one in enumerate(CROWD[:21])
    ]
    await missed(served, 300, *named)

    await decide_plan(served, Decision.ENFORCED)

    assert await wanted(served) == [("nickname", 0, f"Pawn{chr(97 + number)}") for number in range(21)]


async def raider(served: Served, who: UserId) -> tuple[str, RaiderStatus]:
    found = await served.ask(raiders.show_raider, raiders.ShowRaider(GUILD, who), ADMIN)
    return found.ign, found.status


async def test_there_is_no_crowd_but_those_on_record(served: Served) -> None:
    with pytest.raises(UnknownHand):
        await shown_crowd(served)
