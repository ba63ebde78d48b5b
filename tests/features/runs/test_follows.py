"""Runs that follow another: what they take over, who comes first, and when they open."""

import asyncio
import random
from typing import Any

import msgspec
import pytest
from tests.features.runs.steps import live, opened, put, shown
from tests.support.backend import ADMIN, GUILD, KEY, ORGANIZER, RAIDER, ROLES, SECOND_ORGANIZER, STRANGER, Served

from raidbot.core.errors import NotAllowed
from raidbot.core.ids import InteractionId, UserId
from raidbot.database.pool import Database
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.runs.api import follows as api
from raidbot.features.runs.api import joins as joins_api
from raidbot.features.runs.api import life as life_api
from raidbot.features.runs.api import pings as pings_api
from raidbot.features.runs.model.follows import NoFollower, NotFollowed
from raidbot.features.runs.model.joins import Card, JoinState
from raidbot.features.runs.model.life import AlreadyLeading, NotYourRun, Run, RunStatus
from raidbot.features.runs.model.pings import Ping, PingMoment

FORMER = [UserId(100 + number) for number in range(4)]
NEW = [UserId(200 + number) for number in range(4)]


class Unopened(msgspec.Struct, frozen=True):
    subject_id: int
    user_ids: list[int]
    body: dict[str, Any]


class Called(msgspec.Struct, frozen=True):
    subject_id: int
    user_ids: list[int]


async def join(served: Served, run: Run, who: UserId = RAIDER) -> Card:
    return await served.ask(joins_api.join_run, joins_api.JoinRun(GUILD, run.id), who)


async def card(served: Served, run: Run, who: UserId) -> Card:
    return await served.ask(joins_api.my_part, joins_api.MyPart(GUILD, run.id), who)


def follow(
    served: Served, run: Run, dungeon: str | None = None, by: UserId = ORGANIZER, key: InteractionId | None = None
) -> Any:
    return served.ask(api.follow_run, api.FollowRun(GUILD, run.id, dungeon), by, key)


def end(served: Served, run: Run, by: UserId = ORGANIZER) -> Any:
    return served.ask(life_api.end_run, life_api.EndRun(GUILD, run.id), by)


async def ended(served: Served, *raiders: UserId) -> Run:
    await served.mirror(*(MirroredMember(one, [ROLES[key] for key in list(ROLES)[1:2]]) for one in [*FORMER, *NEW]))
    run = await live(served)
    for one in raiders:
        await join(served, run, one)
    return await end(served, run)


async def called(database: Database) -> list[Called]:
    async with database.transaction() as tx:
        return await tx.many(
            Called, "SELECT subject_id, user_ids FROM notice WHERE kind = 'run_follows' ORDER BY subject_id, name"
        )


async def states(served: Served, run: Run, members: list[UserId]) -> list[str | None]:
    return [(await card(served, run, one)).state for one in members]


async def minute_over(served: Served, run: Run) -> Run:
    served.pass_time(61)
    async with asyncio.timeout(60):
        while (now := await shown(served, run)).first_until is not None:
            await asyncio.sleep(0.03)
    return now


async def test_a_run_again_takes_over_note_co_leaders_and_limits_and_nobody_joins_by_itself(
    served: Served, database: Database
) -> None:
    run = await opened(served, party="Party", location="USWest", note="Bring slow", max_raiders=30, chain=4)
    async with database.transaction() as tx:
        await tx.run(
            "INSERT INTO run_leader (run_id, user_id, role, since) VALUES ($1, $2, 'co_leader', $3)",
            run.id,
            SECOND_ORGANIZER,
            run.opened_at,
        )
    await served.ask(life_api.start_run, life_api.StartRun(GUILD, run.id), ORGANIZER)
    await join(served, run)
    await end(served, run)

    again: Run = await follow(served, run)

    assert (again.status, again.dungeon, again.follows_id) == (RunStatus.OPEN, "shatters", run.id)
    assert (again.note, again.max_raiders, again.chain) == ("Bring slow", 30, 4)
    assert (again.leader_id, again.co_leader_ids) == (ORGANIZER, [SECOND_ORGANIZER])
    assert (again.party, again.location, again.raiders) == (None, None, 1)


async def test_the_raiders_of_the_run_before_get_one_call_and_the_dungeons_role_none(
    served: Served, database: Database
) -> None:
    await put(served, "ping_at_open", "here")
    run = await ended(served, *FORMER)

    again = await follow(served, run, "nest")
    ping = await served.client.call(pings_api.claim_ping, pings_api.ClaimPing(GUILD, again.id, PingMoment.OPEN))

    assert await called(database) == [Called(again.id, [int(one) for one in FORMER])]
    assert ping == Ping(here=False, role_id=None, here_left_out=False)
    assert again.chain is None


async def test_for_a_minute_the_raiders_of_the_run_before_come_first_then_the_line_moves_up(served: Served) -> None:
    run = await ended(served, *FORMER)
    again = await follow(served, run)

    early = await join(served, again, NEW[0])
    first = await join(served, again, FORMER[0])
    seen = await card(served, again, NEW[0])
    now = await minute_over(served, again)

    assert (early.state, early.place, first.state) == (JoinState.WAITING, 1, JoinState.JOIN)
    assert early.first_until == seen.first_until == again.first_until
    assert first.first_until is None
    assert (await states(served, again, [NEW[0], FORMER[0]]), now.raiders) == (["join", "join"], 3)
    assert (await join(served, again, NEW[1])).state is JoinState.JOIN


async def test_in_a_full_run_those_who_came_first_keep_their_places_and_the_others_wait_in_order(
    served: Served,
) -> None:
    run = await opened(served, party="p", location="l", max_raiders=3)
    await served.mirror(*(MirroredMember(one, list(ROLES.values())[1:2]) for one in [*FORMER, *NEW]))
    await served.ask(life_api.start_run, life_api.StartRun(GUILD, run.id), ORGANIZER)
    for one in FORMER[:2]:
        await join(served, run, one)
    await end(served, run)
    again = await follow(served, run)

    for one in NEW[:3]:
        await join(served, again, one)
    for one in FORMER[:2]:
        await join(served, again, one)
    await minute_over(served, again)

    assert await states(served, again, FORMER[:2]) == ["join", "join"]
    assert await states(served, again, NEW[:3]) == ["join", "waiting", "waiting"]
    assert [(await card(served, again, one)).place for one in NEW[1:3]] == [1, 2]


async def test_nobody_slips_in_while_the_others_come_first(served: Served) -> None:
    """Neither a removal nor a raised cap lets those move up who were not in the run before."""
    run = await ended(served, *FORMER)
    again = await follow(served, run)
    await join(served, again, NEW[0])
    await join(served, again, FORMER[0])

    await served.ask(life_api.cap_run, life_api.CapRun(GUILD, again.id, 40), ORGANIZER)
    remove = joins_api.RemoveRaiders(GUILD, again.id, [FORMER[0]], "late")
    await served.ask(joins_api.remove_raiders, remove, ORGANIZER)

    assert await states(served, again, [NEW[0], FORMER[0]]) == ["waiting", "removed"]


async def test_in_a_live_run_who_moves_up_after_the_minute_is_called(served: Served) -> None:
    run = await ended(served, *FORMER)
    again = await follow(served, run)
    await join(served, again, NEW[0])
    place = life_api.StartRun(GUILD, again.id)
    await put(served, "start_needs", "neither")
    await served.ask(life_api.start_run, place, ORGANIZER)

    await minute_over(served, again)

    assert await states(served, again, [NEW[0]]) == ["called"]


async def test_a_lock_holds_the_line_and_unlocking_lets_it_move_up(served: Served) -> None:
    run = await ended(served, *FORMER)
    again = await follow(served, run)
    await join(served, again, NEW[0])
    await served.ask(life_api.lock_run, life_api.LockRun(GUILD, again.id, locked=True), ORGANIZER)
    await minute_over(served, again)
    held = await states(served, again, [NEW[0]])

    unlocked = await served.ask(life_api.lock_run, life_api.LockRun(GUILD, again.id, locked=False), ORGANIZER)

    assert (held, await states(served, again, [NEW[0]]), unlocked.waiting) == (["waiting"], ["join"], 0)


async def test_a_join_of_a_run_that_follows_takes_two_statements(served: Served) -> None:
    run = await ended(served, *FORMER)
    again = await follow(served, run)
    session = served.client._session
    assert session is not None

    headers = {"x-api-key": KEY, "x-actor": str(int(NEW[0]))}
    async with session.post(f"{served.url}/guilds/{GUILD:d}/runs/{again.id}/join", headers=headers) as answer:
        counted = answer.headers["x-statements"]

    assert counted == "2"


async def test_what_follows_a_live_run_opens_as_soon_as_that_ends(served: Served, database: Database) -> None:
    run = await live(served)
    await join(served, run)

    wished = await follow(served, run, "nest")
    with pytest.raises(NoFollower, match="Run again"):
        await served.ask(api.find_follower, api.FindFollower(GUILD, run.id), ORGANIZER)
    over = await end(served, run)
    found = await served.ask(api.find_follower, api.FindFollower(GUILD, run.id), ORGANIZER)

    assert (wished.id, wished.next_dungeon, over.status) == (run.id, "nest", RunStatus.ENDED)
    assert (found.dungeon, found.status, found.follows_id, found.leader_id) == (
        "nest",
        RunStatus.OPEN,
        run.id,
        ORGANIZER,
    )
    assert await called(database) == [Called(found.id, [int(RAIDER)])]


async def ended_by_time(served: Served, run: Run) -> Run:
    """Let two hours pass in which nobody who leads does anything."""
    served.pass_time(121 * 60)
    async with asyncio.timeout(60):
        while not (now := await shown(served, run)).status.over:
            await asyncio.sleep(0.03)
    return now


async def unopened(database: Database) -> list[tuple[int, list[int], Any]]:
    """Return of which runs who was told that nothing followed them."""
    async with database.transaction() as tx:
        found = await tx.many(
            Unopened, "SELECT subject_id, user_ids, body FROM notice WHERE kind = 'run_not_followed' ORDER BY id"
        )
    return [(one.subject_id, one.user_ids, one.body["dungeon"]) for one in found]


async def test_what_was_to_follow_a_run_that_time_ends_does_not_open_and_those_who_lead_are_told(
    served: Served, database: Database
) -> None:
    run = await live(served)
    await join(served, run)
    await follow(served, run, "nest")

    over = await ended_by_time(served, run)

    with pytest.raises(NoFollower):
        await served.ask(api.find_follower, api.FindFollower(GUILD, run.id), ORGANIZER)
    assert (over.status, over.left_unopened) == (RunStatus.ENDED, "nest")
    assert await unopened(database) == [(run.id, [int(ORGANIZER)], "nest")]
    assert await called(database) == []
    opened_after = await follow(served, run, "nest", by=SECOND_ORGANIZER)
    assert (opened_after.dungeon, opened_after.leader_id) == ("nest", SECOND_ORGANIZER)
    assert await called(database) == [Called(opened_after.id, [int(ORGANIZER), int(RAIDER)])]


async def test_where_nothing_was_to_follow_nobody_is_told_of_a_run_that_time_ends(
    served: Served, database: Database
) -> None:
    run = await live(served)
    await follow(served, run, "nest")
    await served.ask(api.follow_nothing, api.FollowNothing(GUILD, run.id), ORGANIZER)

    over = await ended_by_time(served, run)
    never_started = await ended_by_time(served, await opened(served))

    assert (over.left_unopened, never_started.left_unopened) == (None, None)
    assert await unopened(database) == []


async def test_a_run_that_is_reopened_and_ended_by_time_again_tells_again_and_by_end_opens_what_follows(
    served: Served, database: Database
) -> None:
    run = await live(served)
    await follow(served, run, "nest")
    await ended_by_time(served, run)
    reopen = life_api.ReopenRun(GUILD, run.id)
    again = await served.ask(life_api.reopen_run, reopen, ORGANIZER)
    await ended_by_time(served, run)
    await served.ask(life_api.reopen_run, reopen, ORGANIZER)

    over = await end(served, run)

    found = await served.ask(api.find_follower, api.FindFollower(GUILD, run.id), ORGANIZER)
    assert (again.left_unopened, over.left_unopened, found.dungeon) == (None, None, "nest")
    assert await unopened(database) == [(run.id, [int(ORGANIZER)], "nest")] * 2


async def test_a_wish_can_be_changed_and_dropped(served: Served) -> None:
    run = await live(served)
    await follow(served, run, "nest")
    changed = await follow(served, run)

    dropped = await served.ask(api.follow_nothing, api.FollowNothing(GUILD, run.id), ORGANIZER)
    await end(served, run)

    assert (changed.next_dungeon, dropped.next_dungeon) == ("shatters", None)
    with pytest.raises(NoFollower):
        await served.ask(api.find_follower, api.FindFollower(GUILD, run.id), ORGANIZER)


async def test_two_who_press_run_again_open_one_run(served: Served) -> None:
    run = await ended(served)

    both = await asyncio.gather(
        *(follow(served, run, by=who) for who in (ORGANIZER, SECOND_ORGANIZER)), return_exceptions=True
    )

    [again] = [one for one in both if isinstance(one, Run)]
    [refused] = [one for one in both if isinstance(one, NotFollowed)]
    assert refused.details == {"run_id": again.id}


async def test_one_press_sent_twice_opens_one_run(served: Served) -> None:
    run = await ended(served)

    first, again = [await follow(served, run, key=InteractionId(77)) for _ in range(2)]

    assert first == again


async def test_who_leads_a_run_by_now_is_told_which(served: Served) -> None:
    run = await ended(served)
    other = await opened(served)

    with pytest.raises(AlreadyLeading, match="then press Run again") as refused:
        await follow(served, run)

    assert refused.value.details == {"run_id": other.id}


async def test_what_cannot_be_followed_says_what_to_do(served: Served) -> None:
    run = await opened(served, party="p", location="l")
    with pytest.raises(NotFollowed, match="once it is live"):
        await follow(served, run)
    await served.ask(life_api.cancel_run, life_api.CancelRun(GUILD, run.id, "mistake"), ORGANIZER)
    with pytest.raises(NotFollowed, match="with /run"):
        await follow(served, run)
    over = await ended(served)
    served.pass_time(31 * 60)
    with pytest.raises(NotFollowed, match="too long ago"):
        await follow(served, over)


async def test_raiders_open_no_run_after_another(served: Served) -> None:
    run = await ended(served, RAIDER)

    with pytest.raises(NotAllowed):
        await follow(served, run, by=RAIDER)
    with pytest.raises(NotYourRun):
        await served.ask(api.find_follower, api.FindFollower(GUILD, run.id), STRANGER)
    assert (await follow(served, run, by=ADMIN)).leader_id == ADMIN


def placed_by_rule(order: list[UserId], cap: int, formers: list[UserId]) -> list[UserId]:
    """What the minute means, in the fewest words: the raiders before in order, then the others in order."""
    return [*(one for one in order if one in formers), *(one for one in order if one not in formers)][:cap]


@pytest.mark.parametrize("seed", range(4))
async def test_in_whatever_order_they_press_places_go_to_the_raiders_before_and_then_in_order(
    served: Served, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311 - the same order in each try
    order = dice.sample([*FORMER, *NEW], 8)
    formers, cap = dice.sample(FORMER, dice.randint(1, 4)), dice.randint(1, 8)
    again = await follow(served, await ended(served, *formers))
    await served.ask(life_api.cap_run, life_api.CapRun(GUILD, again.id, cap), ORGANIZER)

    for one in order:
        await join(served, again, one)
    await minute_over(served, again)

    placed = placed_by_rule(order, cap, formers)
    assert await states(served, again, order) == ["join" if one in placed else "waiting" for one in order]


async def test_a_crowd_that_presses_at_once_leaves_the_places_to_the_raiders_before(served: Served) -> None:
    again = await follow(served, await ended(served, *FORMER))
    await served.ask(life_api.cap_run, life_api.CapRun(GUILD, again.id, 5), ORGANIZER)

    await asyncio.gather(*(join(served, again, one) for one in [*NEW, *FORMER]))
    early = await states(served, again, [*FORMER, *NEW])
    await minute_over(served, again)

    assert early == ["join"] * 4 + ["waiting"] * 4
    assert sorted(str(one) for one in await states(served, again, [*FORMER, *NEW])) == ["join"] * 5 + ["waiting"] * 3
