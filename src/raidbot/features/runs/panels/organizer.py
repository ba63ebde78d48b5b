"""The organizer's own panel, and what its buttons do."""

from collections.abc import Sequence

import discord

from raidbot.bot import look
from raidbot.bot.buttons import button, form
from raidbot.bot.presses import Press
from raidbot.bot.rates import ORGANIZING
from raidbot.bot.replies import Answer
from raidbot.core.ids import RunId, UserId
from raidbot.core.text import shown
from raidbot.features.runs.api import follows, pings, places, pops
from raidbot.features.runs.api import life as api
from raidbot.features.runs.model.follows import NoFollower
from raidbot.features.runs.model.life import Run, RunStatus
from raidbot.features.runs.model.offers import OfferState
from raidbot.features.runs.model.oryx3 import lacks_screenshot, steps_after
from raidbot.features.runs.model.pings import PingMoment
from raidbot.features.runs.model.places import Stage
from raidbot.features.runs.model.pops import Outcome
from raidbot.features.runs.panels.words import (
    OUTCOMES,
    REASONS,
    STEPS,
    attendance,
    chain_line,
    closing_line,
    dungeon_of,
    ending,
    led_line,
    named,
    next_line,
    pop_line,
    screenshot_line,
    status_line,
    step_line,
    title,
    unopened_line,
)

NAMED = 8
"""So many holders of one kind of key are named; the others are counted."""

MENU = 25
"""So many runs stand in a menu. docs: Component Reference, String Select"""

KNOWN_TO = {
    Stage.KEYS: "holders of accepted keys",
    Stage.WANTS: "those who bring what is wanted",
    Stage.RAIDERS: "everybody who is in",
    Stage.ALL: "everybody who reads the panel",
}
"""Who may read party and location at a stage."""


def private(run: Run, note: str = "", viewer: UserId | None = None) -> discord.ui.LayoutView:
    """Draw the organizer's own panel, for one of those who lead unless it is known who looks."""
    dungeon = dungeon_of(run)
    if run.status.over:
        return closed(run, note)
    leads = viewer is None or viewer == run.leader_id
    more = [*_show(run), *_next_run(run), look.button("Refresh", f"run:panel_again:{run.id}")]
    return look.sheet(
        look.text(f"### {dungeon.emoji} {dungeon.name} · your panel", note),
        look.text(*_facts(run)),
        *_rows(run, "Hand over" if leads else "Take over"),
        look.row(*more),
        colour=dungeon.colour,
    )


def desk(run: Run) -> discord.ui.LayoutView:
    """Draw the same panel as it stands above the log of a run, with the outcome on top once it is over."""
    dungeon = dungeon_of(run)
    if run.status.over:
        return look.sheet(
            look.text(f"### {title(run)} — {ending(run)}", closing_line(run), unopened_line(run), _unnamed(run)),
            look.row(look.button("Raiders", f"run:raiders:{run.id}"), *_log_keys(run), _reopen(run), *_was_there(run)),
            colour=dungeon.colour,
        )
    show = _show(run)
    return look.sheet(
        look.text(f"### {title(run)} · desk", led_line(run)),
        look.text(*_facts(run)),
        *_rows(run, "Take over"),
        *([look.row(*show)] if show else []),
        colour=dungeon.colour,
    )


def _facts(run: Run) -> list[str]:
    """Say what those who lead have to know: who is there, where, and who holds which key."""
    return [
        f"{status_line(run)} · {attendance(run)}",
        f"Party: {shown(run.party) if run.party else 'not set'}",
        f"Location: {shown(run.location) if run.location else 'not set'} — known to {KNOWN_TO[run.stage]}",
        pop_line(run),
        chain_line(run),
        step_line(run),
        screenshot_line(run),
        *_line_of_keys(run),
        next_line(run),
        f"-# Ends by itself {look.ago(run.auto_end_at)}",
    ]


def _line_of_keys(run: Run) -> list[str]:
    """Say who holds which key, those whose offer was accepted first; the rest is counted."""
    lines: list[str] = []
    for key in dungeon_of(run).keys:
        held = sorted((one for one in run.offers if one.key == key.key), key=lambda one: one.state.value)
        names = [f"<@{one.user_id}>{' ✅' if one.state is OfferState.ACCEPTED else ''}" for one in held[:NAMED]]
        more = f" (+{len(held) - NAMED})" if len(held) > NAMED else ""
        lines += [f"{key.emoji} {key.label}: {', '.join(names)}{more}"] if held else []
    return lines


def _rows(run: Run, lead: str) -> list[discord.ui.ActionRow[discord.ui.LayoutView]]:
    """Return the three rows of buttons. None of them ever turns into one that harms at the same place."""
    lock = look.button("Unlock", f"run:lock:{run.id}:0") if run.join_locked else None
    return [
        look.row(
            *_next_step(run),
            look.button("Party & loc", f"run:place:{run.id}"),
            lock or look.button("Lock", f"run:lock:{run.id}:1"),
            *_screenshot(run),
        ),
        look.row(
            look.button("Raiders", f"run:raiders:{run.id}"),
            look.button("Keys", f"run:keys:{run.id}"),
            look.button("Ping", f"run:ping:{run.id}"),
            look.button("Chain" if dungeon_of(run).pops else "Places", f"run:plan:{run.id}"),
            look.button("Note", f"run:note:{run.id}"),
        ),
        look.row(
            look.button(lead, f"run:lead:{run.id}"),
            _undo(run),
            look.button("Cancel", f"run:cancel:{run.id}"),
            look.button("End", f"run:end:{run.id}", look.DANGER, disabled=run.status is not RunStatus.LIVE),
        ),
    ]


def _show(run: Run) -> list[discord.ui.Button[discord.ui.LayoutView]]:
    """Return the stages to which party and location may still become known; the joined read them at the start."""
    if not (run.party or run.location):
        return []
    wants = any(want.early_location for want in dungeon_of(run).wants)
    stages = [(Stage.WANTS, "Show to wants")] if wants else []
    stages += [(Stage.RAIDERS, "Show to joined"), (Stage.ALL, "Show to all")]
    return [look.button(label, f"run:show:{run.id}:{stage}") for stage, label in stages if not run.stage.reaches(stage)]


def confirm(run: Run) -> discord.ui.LayoutView:
    """Ask who does not lead a run whether they mean to steer it, naming who does."""
    question = f"<@{run.leader_id}> leads this run, not you. Open their panel?"
    yes = look.row(look.button("Open it", f"run:panel_again:{run.id}", look.PRIMARY))
    return look.sheet(look.text(question), yes, colour=dungeon_of(run).colour)


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
    wanted = dungeon_of(run).oryx3 and lacks_screenshot(run.screenshot)
    return [look.button("Screenshot", f"run:shot:{run.id}")] if wanted else []


def _undo(run: Run) -> discord.ui.Button[discord.ui.LayoutView]:
    """Return the button that takes back the last step or pop. It keeps its place where there is none."""
    if run.steps:
        return look.button("Undo", f"run:unstep:{run.id}:{len(run.steps)}")
    return look.button("Undo", f"run:undo:{run.id}:{run.pops}", disabled=not run.pops)


def _next_run(run: Run) -> list[discord.ui.Button[discord.ui.LayoutView]]:
    return [look.button("Next run", f"run:next:{run.id}")] if run.status is RunStatus.LIVE else []


def _unnamed(run: Run) -> str:
    keys = look.many(run.unnamed_keys, "key")
    return f"**{keys}** without a name: say whose, so that they are paid." if run.unnamed_keys else ""


def _log_keys(run: Run) -> list[discord.ui.Button[discord.ui.LayoutView]]:
    return [look.button("Log keys", f"keys:open:{run.id}", look.PRIMARY)] if run.unnamed_keys else []


def _reopen(run: Run) -> discord.ui.Button[discord.ui.LayoutView]:
    return look.button("Reopen", f"run:reopen:{run.id}")


@button(r"run:panel:(?P<run>\d+)", bucket=ORGANIZING)
async def open_panel(press: Press) -> Answer:
    """Show the organizer's panel to those who may steer the run; who does not lead it confirms first."""
    run = await press.ask(api.steer_run, api.SteerRun(*named(press)))
    if press.user_id in run.led_by or run.status.over:
        return Answer(view=private(run, viewer=press.user_id))
    return Answer(view=confirm(run))


def panels_to_choose(runs: Sequence[Run]) -> discord.ui.LayoutView:
    """Ask which of several runs is meant, own ones first."""
    options = [
        (str(run.id), f"{dungeon_of(run).name} · run {run.id}, {look.many(run.raiders, 'raider')}") for run in runs
    ]
    return look.sheet(look.text("Whose panel?"), look.menu("run:pick_panel", "Choose a run", options[:MENU]))


@button(r"run:pick_panel", bucket=ORGANIZING, manner="redraws")
async def pick_panel(press: Press) -> Answer:
    """Show the panel of the run that was chosen; who does not lead it confirms first."""
    run = await press.ask(api.steer_run, api.SteerRun(press.guild_id, RunId(int(press.choice))))
    asks = press.user_id not in run.led_by and not run.status.over
    return Answer(view=confirm(run) if asks else private(run, viewer=press.user_id))


@button(r"run:panel_again:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def draw_panel_again(press: Press) -> Answer:
    """Draw the organizer's panel anew."""
    run = await press.ask(api.steer_run, api.SteerRun(*named(press)))
    return Answer(view=private(run, viewer=press.user_id))


@button(r"run:start:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def start(press: Press) -> Answer:
    """Let the run go live."""
    run = await press.ask(api.start_run, api.StartRun(*named(press)))
    return Answer(view=private(run, " ".join(["It is live.", await left_out(press, run, PingMoment.START)])))


async def left_out(press: Press, run: Run, moment: PingMoment) -> str:
    """Tell whoever leads when the server wants @here, but had one a moment ago."""
    ping = await press.backend.call(pings.claim_ping, pings.ClaimPing(run.guild_id, run.id, moment))
    return "`@here` was left out: there was one a few minutes ago." if ping.here_left_out else ""


@button(r"run:lock:(?P<run>\d+):(?P<locked>[01])", bucket=ORGANIZING, manner="redraws")
async def lock(press: Press) -> Answer:
    """Lock or unlock joining."""
    ask = api.LockRun(*named(press), locked=bool(press.ids["locked"]))
    return Answer(view=private(await press.ask(api.lock_run, ask)))


@form(r"run:placed:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def place(press: Press) -> Answer:
    """Set party and location as typed; what was emptied is cleared."""
    party, location = (press.fields.get(name, "").strip() or None for name in ("party", "location"))
    run = await press.ask(places.place_run, places.PlaceRun(*named(press), party=party, location=location))
    return Answer(view=private(run, "Party and location are set."))


@button(r"run:end:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def ask_end(press: Press) -> Answer:
    """Ask once before ending, naming what ends."""
    return Answer(view=_ending(await press.ask(api.steer_run, api.SteerRun(*named(press)))))


@button(r"run:end_outcome:(?P<run>\d+):(?P<number>\d{1,3})", bucket=ORGANIZING, manner="redraws")
async def tell_last_outcome(press: Press) -> Answer:
    """Say how the last key went, and ask again."""
    ask = pops.TellPop(*named(press), press.ids["number"], outcome=Outcome(press.choice))
    return Answer(view=_ending(await press.ask(pops.tell_pop, ask)))


def _ending(run: Run) -> discord.ui.LayoutView:
    """Ask whether a run is to end, and how its last key went: who leads knows by then."""
    yes = look.button("End it", f"run:end_yes:{run.id}", look.DANGER)
    if run.pop is None:
        return _asked(run, f"End {_what_ends(run)}?", yes)
    last = look.menu(
        f"run:end_outcome:{run.id}:{run.pop.number}", "How it went", OUTCOMES.items(), chosen=[run.pop.outcome]
    )
    return _asked(run, f"End {_what_ends(run)}? How key {run.pop.number} went:", yes, last)


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
            f"Cancel {_what_ends(run)}? {'Only popped keys are paid.' if run.pops else 'Nothing is paid.'}",
            look.menu(f"run:cancel_for:{run.id}", "Cancel, because …", REASONS.items()),
        )
    )


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


@button(r"run:show:(?P<run>\d+):(?P<stage>wants|raiders|all)", bucket=ORGANIZING, manner="redraws")
async def ask_show(press: Press) -> Answer:
    """Ask once before party and location are shown further: what is known stays known."""
    run = await press.ask(api.steer_run, api.SteerRun(*named(press)))
    stage = Stage(press.words["stage"])
    yes = look.button("Show it", f"run:show_yes:{run.id}:{stage}", look.PRIMARY)
    return Answer(view=_asked(run, f"Show party and location to {KNOWN_TO[stage]}? That stays so.", yes))


@button(r"run:show_yes:(?P<run>\d+):(?P<stage>wants|raiders|all)", bucket=ORGANIZING, manner="redraws")
async def show(press: Press) -> Answer:
    """Let party and location be known further."""
    ask = places.ShowPlace(*named(press), stage=Stage(press.words["stage"]))
    return Answer(view=private(await press.ask(places.show_place, ask), "It is shown."))


def _what_ends(run: Run) -> str:
    """Name what ends: `Lost Halls with 43 raiders, 6 pops, 2 keys without a name`."""
    counted = [look.many(run.raiders, "raider")]
    counted += [look.many(run.pops, "pop")] if run.pops else []
    counted += [f"{look.many(run.unnamed_keys, 'key')} without a name"] if run.unnamed_keys else []
    return f"**{dungeon_of(run).name}** with {', '.join(counted)}"


def _asked(
    run: Run, question: str, yes: discord.ui.Item[discord.ui.LayoutView], *first: discord.ui.Item[discord.ui.LayoutView]
) -> discord.ui.LayoutView:
    """Return a question with its answer, a way back, and what is to be told before."""
    back = look.button("Back", f"run:panel_again:{run.id}")
    rows = [yes, look.row(back)] if isinstance(yes, discord.ui.ActionRow) else [look.row(back, yes)]
    return look.sheet(look.text(question), *first, *rows, colour=dungeon_of(run).colour)


def closed(run: Run, note: str = "") -> discord.ui.LayoutView:
    """Draw a run that is over for those who led it, with what can still be done about it."""
    return look.sheet(
        look.text(f"### {dungeon_of(run).emoji} {dungeon_of(run).name} — {ending(run)}", note),
        look.text(_unnamed(run), unopened_line(run), "A mistake? For 10 minutes you can take it back."),
        look.row(*_log_keys(run), _reopen(run), *_aftermath(run)),
    )


def _aftermath(run: Run) -> list[discord.ui.Button[discord.ui.LayoutView]]:
    if run.status is not RunStatus.ENDED:
        return []
    return [
        look.button("Run again", f"run:again:{run.id}"),
        look.button("Next run", f"run:next:{run.id}"),
        *_was_there(run),
    ]


def _was_there(run: Run) -> list[discord.ui.Button[discord.ui.LayoutView]]:
    ended = run.status is RunStatus.ENDED
    return [look.button("Who was there", f"run:claims:{run.id}")] if ended else []
