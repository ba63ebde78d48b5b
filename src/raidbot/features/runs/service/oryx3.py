"""What the backend does about Oryx 3: its steps and its screenshot."""

from raidbot.backend.serving import Call, serves
from raidbot.features.discord_state import service as discord_state
from raidbot.features.runs.api import oryx3 as api
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.notices import Saying
from raidbot.features.runs.model.oryx3 import Screenshot, UnknownScreenshot, Verdict
from raidbot.features.runs.rules import oryx3 as rules
from raidbot.features.runs.rules.notices import LONG_S, THREAD, Message, to_leaders
from raidbot.features.runs.service.holding import acted, dungeon_of, found, held, led, saved, settings_of, steered
from raidbot.features.runs.service.notices import tell_raiders
from raidbot.features.runs.store import oryx3 as store

CALL_LAPSES_S = 60
"""For so many seconds a call to a step helps."""


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
    told = Message(saying=Saying.O3, of=str(taken), body={"step": ask.step, "value": value}, lapses_s=CALL_LAPSES_S)
    await tell_raiders(call.tx, run, told, await settings_of(call), call.now)
    return await found(call, run.id)


@serves(api.untake_step)
async def untake_step(call: Call[api.UntakeStep]) -> Run:
    """Take the last step back, and its call."""
    run = await led(call)
    last = rules.check_untake(run, dungeon_of(run.dungeon), call.ask.number)
    taken = await store.undo_step(call.tx, run.id, last.number, call.caller, call.now)
    await discord_state.withdraw(call.tx, run.guild_id, f"run-{run.id}-{Saying.O3}-{taken}-", call.now)
    await acted(call, run, "step_undone", number=last.number, step=last.step, value=last.value)
    return await found(call, run.id)


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
        if call.ask.verdict is Verdict.BAD:
            await _tell_bad(call, run, given)
    return await _screenshot(call)


async def _tell_bad(call: Call[api.ReviewScreenshot], run: Run, given: Screenshot) -> None:
    told = Message(
        saying=Saying.SCREENSHOT, of=str(given.id), body={"verdict": Verdict.BAD}, channel=THREAD, lapses_s=LONG_S
    )
    wish = to_leaders(run.id, told, [run.leader_id, *run.co_leader_ids])
    await discord_state.tell(call.tx, run.guild_id, [wish], call.now)


async def _screenshot(call: Call[api.KeepScreenshot] | Call[api.ReviewScreenshot]) -> Screenshot:
    given = await store.find_screenshot(call.tx, call.ask.run_id, call.ask.message_id)
    if given is None:
        raise UnknownScreenshot("This message holds no screenshot of that run. Give it again with /taken.")
    return given
