"""What the backend does about Oryx 3: its steps and its screenshot."""

from itertools import count

from raidbot.backend.serving import Call, serves
from raidbot.core.ids import UserId
from raidbot.features.discord_state import service as discord_state
from raidbot.features.discord_state.model import NoticeWish
from raidbot.features.guild_config.model import ROSTER, ChannelKey, Roster, Settings
from raidbot.features.runs.api import oryx3 as api
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.oryx3 import Screenshot, UnknownScreenshot
from raidbot.features.runs.rules import oryx3 as rules
from raidbot.features.runs.service.holding import acted, dungeon_of, found, held, led, saved, settings_of, steered
from raidbot.features.runs.store import oryx3 as store

CALLED_AT_ONCE = 80
"""So many mentions fit into one message."""

CALL_LAPSES_S = 60
CALL_KEPT_S = 30


@serves(api.take_step)
async def take_step(call: Call[api.TakeStep]) -> Run:
    """Take the next step, and call who is in; of two presses for one step the second is told so."""
    run, ask = await led(call), call.ask
    dungeon = dungeon_of(run.dungeon)
    rules.check_step(run, dungeon, ask.number, ask.step)
    value = rules.checked_value(ask.step, ask.value, dungeon)
    new = store.NewStep(run_id=run.id, number=ask.number, step=ask.step, value=value, by=call.caller)
    taken = await store.add_step(call.tx, new, call.now)
    await acted(call, run, "stepped", number=ask.number, step=ask.step, value=value)
    called = [one for one in await store.joined(call.tx, run.id) if one != call.caller]
    wishes = step_calls(run, taken, {"step": ask.step, "value": value}, called, await settings_of(call))
    await discord_state.tell(call.tx, run.guild_id, wishes, call.now)
    return await found(call, run.id)


@serves(api.untake_step)
async def untake_step(call: Call[api.UntakeStep]) -> Run:
    """Take the last step back, and its call."""
    run = await led(call)
    last = rules.check_untake(run, dungeon_of(run.dungeon), call.ask.number)
    taken = await store.undo_step(call.tx, run.id, last.number, call.caller, call.now)
    await discord_state.withdraw(call.tx, run.guild_id, _call_name(run, taken), call.now)
    await acted(call, run, "step_undone", number=last.number, step=last.step, value=last.value)
    return await found(call, run.id)


def step_calls(
    run: Run, taken: int, body: dict[str, str | None], called: list[UserId], settings: Settings
) -> list[NoticeWish]:
    """Return the messages that call raiders to a step. Where only staff may read who is in, they vanish soon."""
    chunks = (called[start : start + CALLED_AT_ONCE] for start in range(0, len(called), CALLED_AT_ONCE))
    return [
        NoticeWish(
            name=f"{_call_name(run, taken)}{number}",
            kind="run_o3",
            subject_id=run.id,
            channel=ChannelKey.RAID,
            body=body,
            user_ids=some,
            lapses_s=CALL_LAPSES_S,
            keep_s=CALL_KEPT_S if settings.get(ROSTER) is Roster.STAFF else None,
        )
        for number, some in zip(count(), chunks, strict=False)
    ]


def _call_name(run: Run, taken: int) -> str:
    return f"run-{run.id}-step-{taken}-"


@serves(api.ask_screenshot)
async def ask_screenshot(call: Call[api.AskScreenshot]) -> Run:
    """Return the run, if it takes a screenshot from the caller."""
    run = await steered(call)
    rules.check_screenshot(run, dungeon_of(run.dungeon), await settings_of(call))
    return run


@serves(api.keep_screenshot)
async def keep_screenshot(call: Call[api.KeepScreenshot]) -> Screenshot:
    """Write down a screenshot that stands in Discord, whatever has become of its run since."""
    run, ask = await led(call), call.ask
    new = store.NewScreenshot(
        run_id=run.id,
        given_by=call.caller,
        channel_id=ask.channel_id,
        message_id=ask.message_id,
        filename=ask.filename,
    )
    if await store.add_screenshot(call.tx, new, call.now):
        await acted(call, run, "screenshot_given", message=str(int(ask.message_id)))
    return await _screenshot(call)


@serves(api.review_screenshot)
async def review_screenshot(call: Call[api.ReviewScreenshot]) -> Screenshot:
    """Write down what a screenshot is worth; the first one to say so is right."""
    run, rank = await held(call)
    given = await _screenshot(call)
    rules.check_review(run, given.given_by, call.caller, rank)
    if given.verdict is None:
        await store.review(call.tx, given, call.ask.verdict, call.caller, call.now)
        await saved(call, run, "screenshot_reviewed", verdict=call.ask.verdict)
    return await _screenshot(call)


async def _screenshot(call: Call[api.KeepScreenshot] | Call[api.ReviewScreenshot]) -> Screenshot:
    given = await store.find_screenshot(call.tx, call.ask.run_id, call.ask.message_id)
    if given is None:
        raise UnknownScreenshot("This message holds no screenshot of that run. Give it again with /taken.")
    return given
