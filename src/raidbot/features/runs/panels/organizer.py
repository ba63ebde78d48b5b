"""The organizer's own panel, and what its buttons do."""

import discord

from raidbot.bot import look
from raidbot.bot.buttons import button, form, form_button
from raidbot.bot.presses import Press
from raidbot.bot.rates import ORGANIZING
from raidbot.bot.replies import Answer
from raidbot.core.text import shown
from raidbot.features.runs.api import follows, places
from raidbot.features.runs.api import life as api
from raidbot.features.runs.model.follows import NoFollower
from raidbot.features.runs.model.life import Run, RunStatus
from raidbot.features.runs.model.oryx3 import steps_after
from raidbot.features.runs.panels.words import (
    REASONS,
    STEPS,
    dungeon_of,
    ending,
    named,
    next_line,
    screenshot_line,
    status_line,
    step_line,
)


def private(run: Run, note: str = "") -> discord.ui.LayoutView:
    """Draw the organizer's own panel."""
    dungeon = dungeon_of(run)
    if run.status.over:
        return closed(run, note)
    lock = look.button("Unlock", f"run:lock:{run.id}:0") if run.join_locked else None
    return look.sheet(
        look.text(f"### {dungeon.emoji} {dungeon.name} · your panel", note),
        look.text(
            f"{status_line(run)} · **{look.many(run.raiders, 'raider')}** in",
            f"Party: {shown(run.party) if run.party else 'not set'}",
            f"Location: {shown(run.location) if run.location else 'not set'}",
            screenshot_line(run),
            step_line(run),
            next_line(run),
        ),
        look.row(
            *_next_step(run),
            look.button("Party & loc", f"run:place:{run.id}"),
            lock or look.button("Lock", f"run:lock:{run.id}:1"),
            *_screenshot(run),
        ),
        look.row(
            look.button("Refresh", f"run:panel_again:{run.id}"),
            *_undo(run),
            *_next_run(run),
            look.button("Cancel", f"run:cancel:{run.id}"),
            *_last_step(run),
        ),
        colour=dungeon.colour,
    )


def _next_step(run: Run) -> list[discord.ui.Button[discord.ui.LayoutView]]:
    if run.status is RunStatus.OPEN:
        return [look.button("Start", f"run:start:{run.id}", look.PRIMARY)]
    if dungeon_of(run).pops:
        return [look.button("Key popped", f"run:pop:{run.id}:{run.pops + 1}", look.PRIMARY)]
    number = len(run.steps) + 1
    return [
        look.button(STEPS[step], f"run:step:{run.id}:{number}:{step}", look.PRIMARY) for step in steps_after(run.steps)
    ]


def _screenshot(run: Run) -> list[discord.ui.Button[discord.ui.LayoutView]]:
    wanted = dungeon_of(run).oryx3 and run.screenshot is None
    return [look.button("Screenshot", f"run:shot:{run.id}")] if wanted else []


def _undo(run: Run) -> list[discord.ui.Button[discord.ui.LayoutView]]:
    if run.pops and run.status is RunStatus.LIVE:
        return [look.button("Undo", f"run:undo:{run.id}:{run.pops}")]
    return [look.button("Undo", f"run:unstep:{run.id}:{len(run.steps)}")] if run.steps else []


def _next_run(run: Run) -> list[discord.ui.Button[discord.ui.LayoutView]]:
    return [look.button("Next run", f"run:next:{run.id}")] if run.status is RunStatus.LIVE else []


def _last_step(run: Run) -> list[discord.ui.Button[discord.ui.LayoutView]]:
    return [look.button("End", f"run:end:{run.id}", look.DANGER)] if run.status is RunStatus.LIVE else []


@button(r"run:panel:(?P<run>\d+)", bucket=ORGANIZING)
async def open_panel(press: Press) -> Answer:
    """Show the organizer's panel to those who may steer the run; who does not lead it confirms first."""
    run = await press.ask(api.steer_run, api.SteerRun(*named(press)))
    if press.user_id in run.led_by or run.status.over:
        return Answer(view=private(run))
    question = f"<@{run.leader_id}> leads this run, not you. Open their panel?"
    confirm = look.row(look.button("Open it", f"run:panel_again:{run.id}", look.PRIMARY))
    return Answer(view=look.sheet(look.text(question), confirm, colour=dungeon_of(run).colour))


@button(r"run:panel_again:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def draw_panel_again(press: Press) -> Answer:
    """Draw the organizer's panel anew."""
    return Answer(view=private(await press.ask(api.steer_run, api.SteerRun(*named(press)))))


@button(r"run:start:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def start(press: Press) -> Answer:
    """Let the run go live."""
    run = await press.ask(api.start_run, api.StartRun(*named(press)))
    return Answer(view=private(run, "It is live."))


@button(r"run:lock:(?P<run>\d+):(?P<locked>[01])", bucket=ORGANIZING, manner="redraws")
async def lock(press: Press) -> Answer:
    """Lock or unlock joining."""
    ask = api.LockRun(*named(press), locked=bool(press.ids["locked"]))
    return Answer(view=private(await press.ask(api.lock_run, ask)))


@form_button(r"run:place:(?P<run>\d+)", bucket=ORGANIZING)
async def edit_place(press: Press) -> discord.ui.Modal:
    """Open the form for party and location, filled with what is set."""
    run = await press.ask(api.steer_run, api.SteerRun(*named(press)))
    modal = discord.ui.Modal(title="Party & location", custom_id=f"run:placed:{run.id}")
    for label, custom_id, value in (("Party", "party", run.party), ("Location", "location", run.location)):
        field = discord.ui.TextInput[discord.ui.Modal](
            custom_id=custom_id, default=value, max_length=100, required=False
        )
        modal.add_item(discord.ui.Label(text=label, component=field))
    return modal


@form(r"run:placed:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def place(press: Press) -> Answer:
    """Set party and location as typed; what was emptied is cleared."""
    party, location = (press.fields.get(name, "").strip() or None for name in ("party", "location"))
    run = await press.ask(places.place_run, places.PlaceRun(*named(press), party=party, location=location))
    return Answer(view=private(run, "Party and location are set."))


@button(r"run:end:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def ask_end(press: Press) -> Answer:
    """Ask once before ending, naming what ends."""
    run = await press.ask(api.steer_run, api.SteerRun(*named(press)))
    return Answer(
        view=_asked(
            run,
            f"End **{dungeon_of(run).name}** with {look.many(run.raiders, 'raider')}?",
            look.button("End it", f"run:end_yes:{run.id}", look.DANGER),
        )
    )


@button(r"run:end_yes:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def end(press: Press) -> Answer:
    """End the run."""
    run = await press.ask(api.end_run, api.EndRun(*named(press)))
    return Answer(view=closed(run, await _what_follows(press) if run.next_dungeon else ""))


async def _what_follows(press: Press) -> str:
    """Say whether the run that was wished has opened."""
    try:
        run = await press.ask(follows.find_follower, follows.FindFollower(*named(press)))
    except NoFollower:
        return "The next run did not open, for its leader leads another one. Press Run again later."
    return f"Next: **{dungeon_of(run).name}** is open. /panel brings up your panel of it."


@button(r"run:cancel:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def ask_cancel(press: Press) -> Answer:
    """Ask for the reason before cancelling, naming what ends."""
    run = await press.ask(api.steer_run, api.SteerRun(*named(press)))
    return Answer(
        view=_asked(
            run,
            f"Cancel **{dungeon_of(run).name}** with {look.many(run.raiders, 'raider')}? {_paid_on_cancel(run)}",
            look.menu(f"run:cancel_for:{run.id}", "Cancel, because …", REASONS.items()),
        )
    )


def _paid_on_cancel(run: Run) -> str:
    return f"Its {look.many(run.pops, 'key')} stay paid, and nothing else is." if run.pops else "Nothing is paid."


@button(r"run:cancel_for:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def cancel(press: Press) -> Answer:
    """Cancel the run for the chosen reason."""
    reason = press.choices[0] if press.choices else "other"
    run = await press.ask(api.cancel_run, api.CancelRun(*named(press), reason=reason))
    return Answer(view=closed(run))


@button(r"run:reopen:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def reopen(press: Press) -> Answer:
    """Take back an end or a cancellation."""
    return Answer(view=private(await press.ask(api.reopen_run, api.ReopenRun(*named(press))), "It goes on."))


@button(r"run:extend:(?P<run>\d+)", bucket=ORGANIZING)
async def extend(press: Press) -> Answer:
    """Put off the automatic end by an hour."""
    run = await press.ask(api.extend_run, api.ExtendRun(*named(press)))
    return Answer(f"It goes on. It ends by itself {look.ago(run.auto_end_at)}.")


def _asked(run: Run, question: str, yes: discord.ui.Item[discord.ui.LayoutView]) -> discord.ui.LayoutView:
    """Return a question with its answer, and a way back."""
    back = look.button("Back", f"run:panel_again:{run.id}")
    rows = [yes, look.row(back)] if isinstance(yes, discord.ui.ActionRow) else [look.row(back, yes)]
    return look.sheet(look.text(question), *rows, colour=dungeon_of(run).colour)


def closed(run: Run, note: str = "") -> discord.ui.LayoutView:
    """Draw a run that is over for those who led it, with what can still be done about it."""
    unnamed = f"**{look.many(run.unnamed_keys, 'key')}** without a name: say whose, so that they are paid."
    keys = [look.button("Log keys", f"keys:open:{run.id}", look.PRIMARY)] if run.unnamed_keys else []
    return look.sheet(
        look.text(f"### {dungeon_of(run).emoji} {dungeon_of(run).name} — {ending(run)}", note),
        look.text(unnamed if run.unnamed_keys else "", "A mistake? For 10 minutes you can take it back."),
        look.row(*keys, look.button("Reopen", f"run:reopen:{run.id}"), *_aftermath(run)),
    )


def _aftermath(run: Run) -> list[discord.ui.Button[discord.ui.LayoutView]]:
    if run.status is not RunStatus.ENDED:
        return []
    return [
        look.button("Run again", f"run:again:{run.id}"),
        look.button("Next run", f"run:next:{run.id}"),
        look.button("Who was there", f"run:claims:{run.id}"),
    ]
