"""Oryx 3: realm score, closed realm, miniboss, third room, and the screenshot before the start."""

import asyncio
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.features.runs.made import NOON, a_run
from tests.features.runs.steps import opened, put, shown
from tests.support.backend import ADMIN, CHANNEL, GUILD, ORGANIZER, RAIDER, ROLES, SECOND_ORGANIZER, STRANGER, Served

from raidbot.core.errors import Refusal
from raidbot.core.ids import MessageId, UserId
from raidbot.database.pool import Database
from raidbot.dungeons import catalogue
from raidbot.features.discord_state.model import MirroredMember
from raidbot.features.runs.api import joins as joins_api
from raidbot.features.runs.api import life as life_api
from raidbot.features.runs.api import oryx3 as api
from raidbot.features.runs.model.life import NotStartable, NotYourRun, Run, RunOver, RunStatus
from raidbot.features.runs.model.oryx3 import (
    NotOryx3,
    Screenshot,
    ScreenshotRefused,
    Step,
    StepRefused,
    Taken,
    UnknownScreenshot,
    Verdict,
)
from raidbot.features.runs.rules import oryx3 as rules

WAY = [
    (Step.REALM_SCORE, "40"),
    (Step.REALM_SCORE, "75"),
    (Step.CLOSED, None),
    (Step.MINIBOSS, "gemsbok"),
    (Step.THIRD_ROOM, None),
]
POST = MessageId(9001)


class Called(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    channel: str
    body: dict[str, str | None]
    user_ids: list[int]
    keep_s: int | None
    state: str


async def opened_oryx(served: Served, **fields: Any) -> Run:
    ask = life_api.OpenRun(guild_id=GUILD, dungeon="oryx_3", party="O3", location="USWest3 Knight", **fields)
    return await served.ask(life_api.open_run, ask, ORGANIZER)


async def live_oryx(served: Served) -> Run:
    await put(served, "o3_screenshot", "off")
    run = await opened_oryx(served)
    return await served.ask(life_api.start_run, life_api.StartRun(GUILD, run.id), ORGANIZER)


def take(served: Served, run: Run, number: int, step: Step, value: str | None = None, by: UserId = ORGANIZER) -> Any:
    return served.ask(api.take_step, api.TakeStep(GUILD, run.id, number=number, step=step, value=value), by)


def untake(served: Served, run: Run, number: int) -> Any:
    return served.ask(api.untake_step, api.UntakeStep(GUILD, run.id, number), ORGANIZER)


def keep(served: Served, run: Run, message: MessageId = POST, by: UserId = ORGANIZER) -> Any:
    ask = api.KeepScreenshot(GUILD, run.id, channel_id=CHANNEL, message_id=message, filename="taken.png")
    return served.ask(api.keep_screenshot, ask, by)


def review(served: Served, run: Run, by: UserId, verdict: Verdict = Verdict.GOOD) -> Any:
    ask = api.ReviewScreenshot(GUILD, run.id, message_id=POST, verdict=verdict)
    return served.ask(api.review_screenshot, ask, by)


async def kinds(database: Database, run: Run) -> list[str]:
    async with database.transaction() as tx:
        found = await tx.value(list[str], "SELECT array_agg(kind ORDER BY id) FROM run_entry WHERE run_id = $1", run.id)
    return found or []


async def called(database: Database) -> list[Called]:
    async with database.transaction() as tx:
        return await tx.many(
            Called, "SELECT kind, channel, body, user_ids, keep_s, state FROM notice WHERE kind = 'run_o3' ORDER BY id"
        )


def taken(*steps: tuple[Step, str | None]) -> list[Taken]:
    numbered = enumerate(steps, 1)
    return [Taken(number=number, step=step, value=value, taken_at=NOON) for number, (step, value) in numbered]


def an_oryx(*steps: tuple[Step, str | None], status: RunStatus = RunStatus.LIVE) -> Run:
    return replace(a_run(status), dungeon="oryx_3", steps=taken(*steps))


ORYX = next(one for one in catalogue.all_dungeons() if one.oryx3)
SHATTERS = next(one for one in catalogue.all_dungeons() if one.key == "shatters")


async def test_the_steps_go_in_order_and_stand_on_the_run(served: Served, database: Database) -> None:
    run = await live_oryx(served)

    for number, (step, value) in enumerate(WAY, 1):
        await take(served, run, number, step, value)

    assert [(one.step, one.value) for one in (await shown(served, run)).steps] == WAY
    assert (await kinds(database, run))[-5:] == ["stepped"] * 5


async def test_each_step_calls_who_is_in_for_a_moment_once_raids_29(served: Served, database: Database) -> None:
    run = await live_oryx(served)
    await served.ask(joins_api.join_run, joins_api.JoinRun(GUILD, run.id), RAIDER)

    both = [take(served, run, 1, Step.REALM_SCORE, "63 %"), take(served, run, 1, Step.REALM_SCORE, "63")]
    await asyncio.gather(*both, return_exceptions=True)
    await put(served, "roster", "all")
    await take(served, run, 2, Step.CLOSED)

    assert await called(database) == [
        Called(
            kind="run_o3",
            channel="raid",
            body={"step": step, "value": value},
            user_ids=[int(RAIDER)],
            keep_s=keep_s,
            state="open",
        )
        for step, value, keep_s in [("realm_score", "63", 30), ("closed", None, None)]
    ]


async def test_a_full_run_is_called_in_as_few_messages_as_discord_allows(served: Served, database: Database) -> None:
    raiders = [UserId(5000 + number) for number in range(100)]
    await served.mirror(*(MirroredMember(one, list(ROLES.values())[1:2]) for one in raiders))
    run = await live_oryx(served)
    await asyncio.gather(*(served.ask(joins_api.join_run, joins_api.JoinRun(GUILD, run.id), one) for one in raiders))

    await take(served, run, 1, Step.CLOSED)

    told = await called(database)
    assert [len(one.user_ids) for one in told] == [80, 20]
    assert sorted(one for call in told for one in call.user_ids) == raiders


async def test_of_two_presses_for_one_step_one_counts_and_the_other_is_told_raids_29(served: Served) -> None:
    run = await live_oryx(served)

    both = await asyncio.gather(
        *(take(served, run, 1, Step.CLOSED, by=who) for who in (ORGANIZER, SECOND_ORGANIZER)), return_exceptions=True
    )

    [refused] = [one for one in both if isinstance(one, StepRefused)]
    assert refused.sentence == "The realm is closed already. Press Refresh to see what comes next."
    assert len((await shown(served, run)).steps) == 1


async def test_undo_takes_back_the_last_step_alone_and_once(served: Served, database: Database) -> None:
    run = await live_oryx(served)
    for number, (step, value) in enumerate(WAY[1:4], 1):
        await take(served, run, number, step, value)

    with pytest.raises(StepRefused, match="Undo takes back the last one"):
        await untake(served, run, 2)
    both = await asyncio.gather(*(untake(served, run, 3) for _ in range(2)), return_exceptions=True)
    await take(served, run, 3, Step.MINIBOSS, "beisa")

    [refused] = [one for one in both if isinstance(one, StepRefused)]
    assert "taken back already" in refused.sentence
    assert [one.value for one in (await shown(served, run)).steps] == ["75", None, "beisa"]
    assert (await kinds(database, run))[-2:] == ["step_undone", "stepped"]


async def test_what_was_taken_back_calls_nobody_any_more(served: Served, database: Database) -> None:
    run = await live_oryx(served)
    await served.ask(joins_api.join_run, joins_api.JoinRun(GUILD, run.id), RAIDER)

    await take(served, run, 1, Step.CLOSED)
    await untake(served, run, 1)

    assert [one.state for one in await called(database)] == ["lapsed"]


@pytest.mark.parametrize(
    ("run", "number", "step", "refusal"),
    [
        (an_oryx(status=RunStatus.OPEN), 1, Step.CLOSED, StepRefused),
        (an_oryx(status=RunStatus.ENDED), 1, Step.CLOSED, RunOver),
        (an_oryx(), 1, Step.MINIBOSS, StepRefused),
        (an_oryx(), 1, Step.THIRD_ROOM, StepRefused),
        (an_oryx(), 2, Step.CLOSED, StepRefused),
        (an_oryx(*WAY[:3]), 4, Step.REALM_SCORE, StepRefused),
        (an_oryx(*WAY[:3]), 4, Step.CLOSED, StepRefused),
        (an_oryx(*WAY), 6, Step.REALM_SCORE, StepRefused),
    ],
)
def test_a_step_out_of_order_is_refused_raids_29(run: Run, number: int, step: Step, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        rules.check_step(run, ORYX, number, step)


def test_other_dungeons_have_no_steps_and_no_screenshot() -> None:
    with pytest.raises(NotOryx3, match="Refresh"):
        rules.check_step(a_run(RunStatus.LIVE), SHATTERS, 1, Step.CLOSED)
    with pytest.raises(NotOryx3, match="Just press Start"):
        rules.check_screenshot(a_run(), SHATTERS, rules.Settings({}))


@pytest.mark.parametrize(("typed", "kept"), [("1", "1"), ("99", "99"), (" 63 % ", "63"), ("07", "7")])
def test_a_realm_score_is_read_as_typed(typed: str, kept: str) -> None:
    assert rules.checked_value(Step.REALM_SCORE, typed, ORYX) == kept


@pytest.mark.parametrize("typed", ["", "0", "100", "5x", "-3", "6.5", "٦٣", None])
def test_what_is_no_realm_score_is_refused_with_an_example(typed: str | None) -> None:
    with pytest.raises(StepRefused, match="Type it like 63"):
        rules.checked_value(Step.REALM_SCORE, typed, ORYX)


def test_a_miniboss_is_one_of_the_four() -> None:
    assert [rules.checked_value(Step.MINIBOSS, one.key, ORYX) for one in ORYX.minibosses] == [
        "dammah",
        "gemsbok",
        "leucoryx",
        "beisa",
    ]
    with pytest.raises(StepRefused, match="from the menu"):
        rules.checked_value(Step.MINIBOSS, "oryx", ORYX)


@given(st.lists(st.tuples(st.sampled_from(list(Step)), st.integers(-2, 3)), max_size=20))
def test_whatever_is_pressed_the_steps_stay_in_order(presses: list[tuple[Step, int]]) -> None:
    run = an_oryx()
    for step, off in presses:
        try:
            if off == 3:
                rules.check_untake(run, ORYX, len(run.steps))
                run = replace(run, steps=run.steps[:-1])
            else:
                rules.check_step(run, ORYX, max(1, len(run.steps) + off), step)
                run = an_oryx(*((one.step, one.value) for one in run.steps), (step, None))
        except Refusal:
            continue

    walked = [one.step for one in run.steps]
    order = list(Step)
    assert walked == sorted(walked, key=order.index)
    assert all(walked.count(one) <= 1 for one in order[1:])
    assert [one.number for one in run.steps] == list(range(1, len(walked) + 1))


async def test_raiders_take_no_steps(served: Served) -> None:
    run = await live_oryx(served)

    with pytest.raises(NotYourRun):
        await take(served, run, 1, Step.CLOSED, by=RAIDER)


async def test_start_waits_for_the_screenshot_and_says_how_to_give_it(served: Served) -> None:
    run = await opened_oryx(served)

    with pytest.raises(NotStartable, match="/taken") as refused:
        await served.ask(life_api.start_run, life_api.StartRun(GUILD, run.id), ORGANIZER)
    await keep(served, run)
    started = await served.ask(life_api.start_run, life_api.StartRun(GUILD, run.id), ORGANIZER)

    assert refused.value.details == {"missing": ["screenshot"]}
    assert started.status is RunStatus.LIVE


@pytest.mark.parametrize("wanted", ["asked", "off"])
async def test_where_it_is_not_required_start_waits_for_no_screenshot(served: Served, wanted: str) -> None:
    await put(served, "o3_screenshot", wanted)
    run = await opened_oryx(served)

    started = await served.ask(life_api.start_run, life_api.StartRun(GUILD, run.id), ORGANIZER)

    assert started.status is RunStatus.LIVE


async def test_a_screenshot_is_a_message_of_ours_that_nothing_replaces_raids_11(
    served: Served, database: Database
) -> None:
    run = await opened_oryx(served)

    first, again = await asyncio.gather(keep(served, run), keep(served, run))
    newer: Screenshot = await keep(served, run, MessageId(9002))

    assert (first.id, first.message_id, first.given_by, first.verdict) == (again.id, POST, ORGANIZER, None)
    now = (await shown(served, run)).screenshot
    assert now is not None
    assert now.id == newer.id
    assert (await kinds(database, run)).count("screenshot_given") == 2
    async with database.transaction() as tx:
        assert await tx.value(int, "SELECT count(*) FROM run_screenshot") == 2


async def test_somebody_else_reviews_a_screenshot_once_raids_11(served: Served, database: Database) -> None:
    run = await opened_oryx(served)
    await keep(served, run)

    for who in (ORGANIZER, RAIDER):
        with pytest.raises(ScreenshotRefused, match="Ask"):
            await review(served, run, who)
    told = await asyncio.gather(
        review(served, run, SECOND_ORGANIZER, Verdict.GOOD), review(served, run, ADMIN, Verdict.BAD)
    )

    assert len({(one.verdict, one.reviewed_by) for one in told}) == 1
    assert (await kinds(database, run)).count("screenshot_reviewed") == 1


async def test_who_gives_one_for_somebody_elses_run_does_not_review_it(served: Served) -> None:
    run = await opened_oryx(served)
    await keep(served, run, by=SECOND_ORGANIZER)

    with pytest.raises(ScreenshotRefused, match="Somebody else"):
        await review(served, run, SECOND_ORGANIZER)
    assert (await review(served, run, ADMIN)).verdict is Verdict.GOOD


async def test_a_message_without_a_screenshot_cannot_be_reviewed(served: Served) -> None:
    run = await opened_oryx(served)

    with pytest.raises(UnknownScreenshot, match="/taken"):
        await review(served, run, SECOND_ORGANIZER)


async def test_who_may_give_a_screenshot_is_asked_before_it_is_posted(served: Served) -> None:
    run = await opened_oryx(served)
    other = await opened(served, SECOND_ORGANIZER)
    ask = api.AskScreenshot(GUILD, run.id)

    assert (await served.ask(api.ask_screenshot, ask, ORGANIZER)).id == run.id
    with pytest.raises(NotYourRun):
        await served.ask(api.ask_screenshot, ask, STRANGER)
    with pytest.raises(NotOryx3):
        await served.ask(api.ask_screenshot, api.AskScreenshot(GUILD, other.id), ORGANIZER)
    await put(served, "o3_screenshot", "off")
    with pytest.raises(ScreenshotRefused, match="asks for no screenshot"):
        await served.ask(api.ask_screenshot, ask, ORGANIZER)
