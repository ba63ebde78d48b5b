"""Runs over HTTP, on the real database."""

import asyncio
from datetime import timedelta

import pytest
from tests.features.runs.steps import live, opened, shown
from tests.support.backend import (
    ADMIN,
    GUILD,
    KEY,
    ORGANIZER,
    RAIDER,
    ROLES,
    SECOND_ORGANIZER,
    STRANGER,
    SUSPENDED,
    Served,
)

from raidbot.core.errors import InvalidRequest, NotAllowed
from raidbot.core.events import EventPage, ReadEvents, read_events
from raidbot.core.ids import InteractionId, RunId, UserId
from raidbot.database.pool import Database
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.runs.api import busy as busy_api
from raidbot.features.runs.api import joins as joins_api
from raidbot.features.runs.api import life as api
from raidbot.features.runs.model.joins import Card, JoinRefused
from raidbot.features.runs.model.life import (
    AlreadyLeading,
    NoRun,
    NotLive,
    NotReopened,
    NotStartable,
    NotYourRun,
    Run,
    RunOver,
    RunStatus,
    UnknownDungeon,
    UnknownRun,
)


async def test_a_run_goes_from_open_to_live_to_ended(served: Served) -> None:
    run = await live(served)
    await served.ask(joins_api.join_run, joins_api.JoinRun(GUILD, run.id), RAIDER)

    ended = await served.ask(api.end_run, api.EndRun(GUILD, run.id), ORGANIZER)

    assert (run.status, ended.status, (await shown(served, run)).raiders) == (RunStatus.LIVE, RunStatus.ENDED, 2)
    assert ended.closed_at is not None


async def test_how_much_a_restart_would_hold_up_is_counted_over_runs_that_are_on(served: Served) -> None:
    quiet = await served.client.call(busy_api.busy, busy_api.AskBusy())
    run = await live(served)
    await served.ask(joins_api.join_run, joins_api.JoinRun(GUILD, run.id), RAIDER)

    assert quiet.words == "0 live runs, 0 raiders"
    assert (await served.client.call(busy_api.busy, busy_api.AskBusy())).words == "1 live run, 2 raiders"
    await served.ask(api.end_run, api.EndRun(GUILD, run.id), ORGANIZER)
    assert await served.client.call(busy_api.busy, busy_api.AskBusy()) == quiet


async def test_the_organizer_is_the_first_raider(served: Served) -> None:
    run = await opened(served)

    assert run.raiders == 1


async def test_two_at_once_by_one_organizer_open_one_run_forty_times(served: Served) -> None:
    for _ in range(40):
        both = await asyncio.gather(opened(served), opened(served), return_exceptions=True)

        runs = [one for one in both if isinstance(one, Run)]
        refused = [one for one in both if isinstance(one, AlreadyLeading)]
        assert (len(runs), len(refused)) == (1, 1)
        assert refused[0].details["run_id"] == runs[0].id
        await served.ask(api.cancel_run, api.CancelRun(GUILD, runs[0].id, "too few"), ORGANIZER)


async def test_a_repeated_request_returns_the_run_it_opened(served: Served) -> None:
    ask = api.OpenRun(guild_id=GUILD, dungeon="lost_halls")

    first = await served.ask(api.open_run, ask, ORGANIZER, InteractionId(77))
    again = await served.ask(api.open_run, ask, ORGANIZER, InteractionId(77))

    assert first == again


async def test_one_request_sent_twice_at_once_returns_one_run(served: Served) -> None:
    ask = api.OpenRun(guild_id=GUILD, dungeon="lost_halls")

    sent = [served.ask(api.open_run, ask, ORGANIZER, InteractionId(78)) for _ in range(2)]
    first, second = await asyncio.gather(*sent)

    assert first == second


async def test_a_request_repeated_after_its_run_ended_leaves_the_organizer_free(
    served: Served, database: Database
) -> None:
    ask = api.OpenRun(guild_id=GUILD, dungeon="lost_halls")
    run = await served.ask(api.open_run, ask, ORGANIZER, InteractionId(79))
    await served.ask(api.cancel_run, api.CancelRun(GUILD, run.id, "no key"), ORGANIZER)

    again = await served.ask(api.open_run, ask, ORGANIZER, InteractionId(79))

    async with database.transaction() as tx:
        held = await tx.value(int, "SELECT count(*) FROM organizer_activity")
    assert (again.id, again.status, held) == (run.id, RunStatus.CANCELLED, 0)


async def test_somebody_elses_key_shows_nothing_of_their_run(served: Served) -> None:
    ask = api.OpenRun(guild_id=GUILD, dungeon="lost_halls", location="USWest Realm 4")
    await served.ask(api.open_run, ask, ORGANIZER, InteractionId(80))

    with pytest.raises(InvalidRequest, match="another press"):
        await served.ask(api.open_run, api.OpenRun(guild_id=GUILD, dungeon="nest"), SECOND_ORGANIZER, InteractionId(80))


async def test_a_raider_cannot_open_a_run_whatever_they_claim(served: Served) -> None:
    with pytest.raises(NotAllowed, match="Organizer or higher"):
        await opened(served, RAIDER)


async def test_an_unknown_dungeon_is_refused_and_nothing_stays_behind(served: Served) -> None:
    with pytest.raises(UnknownDungeon):
        await served.ask(api.open_run, api.OpenRun(guild_id=GUILD, dungeon="nexus"), ORGANIZER)

    assert (await opened(served)).status is RunStatus.OPEN


async def test_a_note_of_5000_characters_is_refused_with_its_field_and_limit(served: Served) -> None:
    with pytest.raises(InvalidRequest, match=r"(?s)500.*note"):
        await opened(served, note="x" * 5000)


async def test_joining_twice_counts_once(served: Served) -> None:
    run = await opened(served)

    first: Card = await served.ask(joins_api.join_run, joins_api.JoinRun(GUILD, run.id), RAIDER)
    again: Card = await served.ask(joins_api.join_run, joins_api.JoinRun(GUILD, run.id), RAIDER)

    assert (first.raiders, first.changed, again.raiders, again.changed) == (2, True, 2, False)


async def test_leaving_takes_out_and_rejoining_brings_back(served: Served) -> None:
    run = await opened(served)
    await served.ask(joins_api.join_run, joins_api.JoinRun(GUILD, run.id), RAIDER)

    left: Card = await served.ask(joins_api.leave_run, joins_api.LeaveRun(GUILD, run.id), RAIDER)
    back: Card = await served.ask(joins_api.join_run, joins_api.JoinRun(GUILD, run.id), RAIDER)

    assert (left.joined, left.raiders, back.joined, back.raiders) == (False, 1, True, 2)


async def test_a_join_and_a_leave_take_two_statements_and_a_look_takes_one(served: Served) -> None:
    run = await opened(served)
    path = f"{served.url}/guilds/{GUILD:d}/runs/{run.id}"
    headers = {"x-api-key": KEY, "x-actor": str(int(RAIDER))}
    counts: list[str] = []

    session = served.client._session
    assert session is not None
    for method, verb in (("POST", "/join"), ("POST", "/leave"), ("GET", "")):
        async with session.request(method, path + verb, headers=headers) as answer:
            counts.append(answer.headers["x-statements"])

    assert counts == ["2", "2", "1"]


@pytest.mark.parametrize(("who", "why"), [(STRANGER, "unverified"), (SUSPENDED, "suspended")])
async def test_the_unverified_and_the_suspended_cannot_join_raids_7_community_w11(
    served: Served, who: UserId, why: str
) -> None:
    run = await opened(served)

    with pytest.raises(JoinRefused) as refused:
        await served.ask(joins_api.join_run, joins_api.JoinRun(GUILD, run.id), who)

    assert refused.value.details == {"why": why}


async def test_raids_21_the_lock_holds_in_the_backend_and_lets_those_inside_leave(served: Served) -> None:
    run = await opened(served)
    await served.ask(joins_api.join_run, joins_api.JoinRun(GUILD, run.id), RAIDER)
    await served.ask(api.lock_run, api.LockRun(GUILD, run.id, locked=True), ORGANIZER)
    await served.ask(joins_api.leave_run, joins_api.LeaveRun(GUILD, run.id), RAIDER)

    with pytest.raises(JoinRefused, match="locked"):
        await served.ask(joins_api.join_run, joins_api.JoinRun(GUILD, run.id), RAIDER)


async def test_start_names_what_is_missing(served: Served) -> None:
    run = await opened(served, party="Shatters party")

    with pytest.raises(NotStartable) as refused:
        await served.ask(api.start_run, api.StartRun(GUILD, run.id), ORGANIZER)

    assert refused.value.details == {"missing": ["location"]}


async def test_an_open_run_is_cancelled_not_ended_raids_5(served: Served) -> None:
    run = await opened(served)

    with pytest.raises(NotLive):
        await served.ask(api.end_run, api.EndRun(GUILD, run.id), ORGANIZER)
    cancelled = await served.ask(api.cancel_run, api.CancelRun(GUILD, run.id, "no key"), ORGANIZER)

    assert (cancelled.status, cancelled.reason) == (RunStatus.CANCELLED, "no key")


async def test_fifty_runs_end_at_once_and_the_second_press_is_told(served: Served) -> None:
    organizers = [UserId(1000 + n) for n in range(50)]
    await served.mirror(*(MirroredMember(one, list(ROLES.values())[:2]) for one in organizers))
    runs = [await opened(served, one, party="p", location="l") for one in organizers]
    for run in runs:
        await served.ask(api.start_run, api.StartRun(GUILD, run.id), run.organizer_id)

    twenty_at_once = asyncio.Semaphore(20)  # who only waits for their turn here does not run out of time

    async def end_twice(run: Run) -> set[type]:
        async with twenty_at_once:
            presses = (served.ask(api.end_run, api.EndRun(GUILD, run.id), run.organizer_id) for _ in range(2))
            return {type(one) for one in await asyncio.gather(*presses, return_exceptions=True)}

    assert await asyncio.gather(*map(end_twice, runs)) == [{Run, RunOver}] * 50


async def test_joins_that_race_an_end_are_on_the_final_list_or_refused(served: Served) -> None:
    raiders = [UserId(5000 + n) for n in range(60)]
    await served.mirror(*(MirroredMember(one, [list(ROLES.values())[1]]) for one in raiders))
    run = await live(served)

    joins = [served.ask(joins_api.join_run, joins_api.JoinRun(GUILD, run.id), one) for one in raiders]
    *outcomes, ended = await asyncio.gather(
        *joins, served.ask(api.end_run, api.EndRun(GUILD, run.id), ORGANIZER), return_exceptions=True
    )

    confirmed = sum(isinstance(one, Card) for one in outcomes)
    assert all(isinstance(one, Card | RunOver) for one in outcomes)
    assert isinstance(ended, Run)
    assert (await shown(served, run)).raiders == confirmed + 1


async def test_a_thousand_joins_are_counted_exactly(served: Served, database: Database) -> None:
    raiders = [UserId(10_000 + n) for n in range(1000)]
    await served.mirror(*(MirroredMember(one, [list(ROLES.values())[1]]) for one in raiders))
    run = await opened(served)

    a_hundred_at_once = asyncio.Semaphore(100)  # who only waits for their turn here does not run out of time

    async def join(who: UserId) -> None:
        async with a_hundred_at_once:
            await served.ask(joins_api.join_run, joins_api.JoinRun(GUILD, run.id), who)

    await asyncio.gather(*(join(one) for one in raiders))

    async with database.transaction() as tx:
        kept = await tx.value(int, "SELECT count(*) FROM run_entry WHERE kind = 'joined'")
    assert ((await shown(served, run)).raiders, kept) == (1001, 1000)


async def test_only_the_organizer_and_staff_steer_raids_9(served: Served) -> None:
    run = await opened(served)
    lock = api.LockRun(GUILD, run.id, locked=True)

    with pytest.raises(NotYourRun):
        await served.ask(api.lock_run, lock, RAIDER)
    by_staff = await served.ask(api.lock_run, lock, SECOND_ORGANIZER)

    assert by_staff.join_locked


async def test_raids_43_an_organizer_who_lost_the_role_keeps_their_own_run(served: Served) -> None:
    run = await live(served)
    await served.mirror(MirroredMember(ORGANIZER, []))

    ended = await served.ask(api.end_run, api.EndRun(GUILD, run.id), ORGANIZER)

    assert ended.status is RunStatus.ENDED


async def test_a_run_that_never_started_is_cancelled_by_time(served: Served) -> None:
    run = await opened(served)

    served.pass_time(61 * 60)

    over = await _until_over(served, run)
    assert (over.status, over.reason) == (RunStatus.CANCELLED, "auto_end")


async def test_a_live_run_is_ended_by_time_and_frees_its_organizer(served: Served) -> None:
    run = await live(served)

    served.pass_time(121 * 60)

    assert (await _until_over(served, run)).status is RunStatus.ENDED
    assert (await opened(served)).status is RunStatus.OPEN


async def test_a_run_of_another_guild_is_unknown(served: Served) -> None:
    with pytest.raises(UnknownRun):
        await served.ask(api.show_run, api.ShowRun(GUILD, RunId(4711)), STRANGER)


async def test_every_change_reaches_the_stream_once_and_says_what_is_urgent(served: Served) -> None:
    start: EventPage = await served.client.call(read_events, ReadEvents())
    run = await opened(served)
    await served.ask(joins_api.join_run, joins_api.JoinRun(GUILD, run.id), RAIDER)
    await served.ask(joins_api.join_run, joins_api.JoinRun(GUILD, run.id), RAIDER)

    heard: list[bool] = []
    place = start.place
    while len(heard) < 2:
        page: EventPage = await served.client.call(read_events, ReadEvents(after=place, wait=5))
        heard += [one.body["urgent"] for one in page.events]
        place = page.place
    rest: EventPage = await served.client.call(read_events, ReadEvents(after=place, wait=0))

    assert (heard, rest.events) == ([True, False], [])


async def _until_over(served: Served, run: Run) -> Run:
    async with asyncio.timeout(60):
        while not (found := await shown(served, run)).status.over:
            await asyncio.sleep(0.05)
    return found


async def test_an_end_is_taken_back_within_ten_minutes(served: Served) -> None:
    run = await live(served)
    await served.ask(api.end_run, api.EndRun(GUILD, run.id), ORGANIZER)
    served.pass_time(9 * 60)

    again = await served.ask(api.reopen_run, api.ReopenRun(GUILD, run.id), ORGANIZER)

    assert (again.status, again.closed_at) == (RunStatus.LIVE, None)
    with pytest.raises(AlreadyLeading):
        await opened(served)


async def test_after_ten_minutes_what_is_over_stays_over(served: Served) -> None:
    run = await opened(served)
    await served.ask(api.cancel_run, api.CancelRun(GUILD, run.id, "too_few"), ORGANIZER)
    served.pass_time(11 * 60)

    with pytest.raises(NotReopened, match="Open a new one with /run"):
        await served.ask(api.reopen_run, api.ReopenRun(GUILD, run.id), ORGANIZER)


async def test_who_leads_another_run_by_now_cannot_reopen_the_last_one(served: Served) -> None:
    run = await opened(served)
    await served.ask(api.cancel_run, api.CancelRun(GUILD, run.id, "mistake"), ORGANIZER)
    await opened(served)

    with pytest.raises(AlreadyLeading, match="End or cancel that one first"):
        await served.ask(api.reopen_run, api.ReopenRun(GUILD, run.id), ORGANIZER)


async def test_another_organizer_cannot_reopen_but_an_administrator_can(served: Served) -> None:
    run = await opened(served)
    await served.ask(api.cancel_run, api.CancelRun(GUILD, run.id, "mistake"), ORGANIZER)

    with pytest.raises(NotYourRun):
        await served.ask(api.reopen_run, api.ReopenRun(GUILD, run.id), SECOND_ORGANIZER)
    again = await served.ask(api.reopen_run, api.ReopenRun(GUILD, run.id), ADMIN)
    assert (again.status, again.endings) == (RunStatus.OPEN, 1)


async def test_extending_twice_gives_one_hour(served: Served) -> None:
    run = await opened(served)
    served.pass_time(55 * 60)

    first = await served.ask(api.extend_run, api.ExtendRun(GUILD, run.id), ORGANIZER)
    second = await served.ask(api.extend_run, api.ExtendRun(GUILD, run.id), ORGANIZER)

    assert first.auto_end_at - run.auto_end_at > timedelta(minutes=54)
    assert second.auto_end_at - first.auto_end_at < timedelta(seconds=30)


async def test_a_run_whose_panel_cannot_be_posted_is_cancelled_and_frees_its_organizer_raids_19(served: Served) -> None:
    run = await opened(served)

    await served.client.call(api.drop_run, api.DropRun(GUILD, run.id, "no channel"))
    dropped = await served.client.call(api.drop_run, api.DropRun(GUILD, run.id, "no channel"))

    assert (dropped.status, dropped.reason) == (RunStatus.CANCELLED, "not_posted")
    await opened(served)


async def test_the_runs_to_be_shown_are_those_that_are_not_over(served: Served) -> None:
    first = await opened(served)
    await served.ask(api.cancel_run, api.CancelRun(GUILD, first.id, "mistake"), ORGANIZER)
    second = await opened(served)

    listed = await served.client.call(api.list_runs, api.ListRuns(GUILD))

    assert [run.id for run in listed] == [second.id]


async def test_an_organizer_finds_their_run_and_others_are_told_how_to_open_one(served: Served) -> None:
    run = await opened(served)

    assert (await served.ask(api.own_run, api.OwnRun(GUILD), ORGANIZER)).id == run.id
    with pytest.raises(NoRun, match="Open one with /run"):
        await served.ask(api.own_run, api.OwnRun(GUILD), RAIDER)
    with pytest.raises(NotYourRun):
        await served.ask(api.steer_run, api.SteerRun(GUILD, run.id), RAIDER)
