"""What runs look like, and what their buttons do."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import discord

from raidbot.bot import look
from raidbot.bot.backend import Backend
from raidbot.bot.buttons import button, form, form_button
from raidbot.bot.panels import Drawing, Notice, Spot, Subject, only, panel
from raidbot.bot.presses import Press
from raidbot.bot.rates import ORGANIZING, PARTICIPATION
from raidbot.bot.replies import Answer
from raidbot.core.ids import ChannelId, GuildId, RunId, UserId
from raidbot.core.text import shown
from raidbot.dungeons import catalogue
from raidbot.dungeons.model import Dungeon
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import ChannelKey, Unmapped
from raidbot.features.runs.api import life as api
from raidbot.features.runs.model.life import Card, PingMoment, Run, RunStatus

KIND = "run"

REASONS = {
    "too_few": "Too few raiders",
    "no_key": "No key",
    "location_lost": "Location lost",
    "mistake": "Opened by mistake",
    "other": "Another reason",
}
"""Why a run is cancelled, as the menu offers it."""

TOLD_REASONS = {
    **REASONS,
    "auto_end": "Nobody started it in time",
    "not_posted": "Its panel could not be posted",
}
"""Why a run is over, as the panel says it."""

SUCCESS, DANGER, PRIMARY = discord.ButtonStyle.success, discord.ButtonStyle.danger, discord.ButtonStyle.primary


@panel
class RunPanel:
    """The run as everybody sees it in the raid channel."""

    kind = KIND

    async def current(self, backend: Backend, guild_id: GuildId) -> Mapping[int, int]:
        """Return every run that is open or live, with its version."""
        runs = await backend.call(api.list_runs, api.ListRuns(guild_id))
        return {run.id: run.version for run in runs}

    async def draw(self, backend: Backend, subject: Subject, ping: str = "") -> Drawing:
        """Read the run and draw it."""
        run = await backend.call(api.show_run, api.ShowRun(subject.guild_id, RunId(subject.id)))
        return Drawing(
            version=run.version,
            view=public(run, ping),
            mark=f"run:join:{run.id}",
            wanted=not run.status.over,
            final=run.status.over,
        )

    async def spot(self, backend: Backend, subject: Subject) -> Spot:
        """Return the mapped raid channel, and whom the guild wants called.

        Raises:
            Unmapped: there is none.
        """
        mappings = await backend.call(guild_config.read_mappings, guild_config.ReadMappings(subject.guild_id))
        channel_id = raid_channel(mappings.channels)
        return await called(backend, subject, channel_id, PingMoment.OPEN)

    async def failed(self, backend: Backend, subject: Subject, why: str) -> None:
        """Cancel the run: nobody can see it."""
        await backend.call(api.drop_run, api.DropRun(subject.guild_id, RunId(subject.id), why[:200]))

    async def removed(self, backend: Backend, subject: Subject, channel_id: ChannelId) -> Notice | None:
        """Tell the organizer of a run that still goes on."""
        run = await backend.call(api.show_run, api.ShowRun(subject.guild_id, RunId(subject.id)))
        if run.status.over:
            return None
        told = (
            f"<@{run.organizer_id}> the panel of your run was deleted twice, so it stays away. "
            "The run goes on: /panel brings up yours."
        )
        return Notice(channel_id, look.sheet(look.text(told)), f"removed-{run.id}", only(run.organizer_id))


async def called(backend: Backend, subject: Subject, channel_id: ChannelId, moment: PingMoment) -> Spot:
    """Return whom the guild wants called at a moment of a run; asked again, it is the same."""
    ping = await backend.call(api.claim_ping, api.ClaimPing(subject.guild_id, RunId(subject.id), moment))
    role_ids = (ping.role_id,) if ping.role_id else ()
    mentions = ["@here"] * ping.here + [f"<@&{role_id}>" for role_id in role_ids]
    return Spot(channel_id, " ".join(mentions), here=ping.here, role_ids=role_ids)


def raid_channel(channels: Mapping[ChannelKey, ChannelId]) -> ChannelId:
    """Return where runs are announced.

    Raises:
        Unmapped: nobody has said so yet.
    """
    if found := channels.get(ChannelKey.RAID):
        return found
    raise Unmapped("No raid channel is set yet. An administrator sets it with /setchannels.")


def public(run: Run, ping: str = "") -> discord.ui.LayoutView:
    """Draw the panel that everybody sees. It never holds party or location."""
    dungeon = _dungeon(run)
    if run.status.over:
        return look.sheet(look.text(f"### {dungeon.emoji} {dungeon.name} — {ending(run)}", _led(run)))
    told = [look.text(ping)] if ping else []
    return look.sheet(
        *told,
        look.text(f"## {dungeon.emoji} {dungeon.name}", status_line(run), _led(run)),
        look.text(shown(run.note) if run.note else "", f"**{look.many(run.raiders, 'raider')}** in"),
        look.row(
            look.button("Join", f"run:join:{run.id}", SUCCESS, disabled=run.join_locked),
            look.button("Leave", f"run:leave:{run.id}"),
            look.button("Organizer", f"run:panel:{run.id}"),
        ),
        colour=dungeon.colour,
    )


def status_line(run: Run) -> str:
    """Say in words where a run is in its life."""
    lock = " · 🔒 Locked" if run.join_locked else ""
    if run.status is RunStatus.LIVE and run.started_at is not None:
        return f"🔴 **Live** since {look.ago(run.started_at)}{lock}"
    return f"🟢 **Open** — starts soon{lock}"


def ending(run: Run) -> str:
    """Say how a run ended."""
    if run.status is RunStatus.CANCELLED:
        return f"cancelled: {TOLD_REASONS.get(run.reason or '', 'no reason given').lower()}"
    lasted = (run.closed_at - run.started_at) if run.closed_at and run.started_at else timedelta(0)
    return f"ended after {look.lasting(lasted)}, {look.many(run.raiders, 'raider')}"


def private(run: Run, note: str = "") -> discord.ui.LayoutView:
    """Draw the organizer's own panel."""
    dungeon = _dungeon(run)
    if run.status.over:
        return look.sheet(look.text(f"### {dungeon.emoji} {dungeon.name} — {ending(run)}", note))
    lock = look.button("Unlock", f"run:lock:{run.id}:0") if run.join_locked else None
    return look.sheet(
        look.text(f"### {dungeon.emoji} {dungeon.name} · your panel", note),
        look.text(
            f"{status_line(run)} · **{look.many(run.raiders, 'raider')}** in",
            f"Party: {shown(run.party) if run.party else 'not set'}",
            f"Location: {shown(run.location) if run.location else 'not set'}",
        ),
        look.row(
            *_next_step(run),
            look.button("Party & loc", f"run:place:{run.id}"),
            lock or look.button("Lock", f"run:lock:{run.id}:1"),
        ),
        look.row(
            look.button("Refresh", f"run:panel_again:{run.id}"),
            look.button("Cancel", f"run:cancel:{run.id}"),
            *_last_step(run),
        ),
        colour=dungeon.colour,
    )


def _next_step(run: Run) -> list[discord.ui.Button[discord.ui.LayoutView]]:
    return [look.button("Start", f"run:start:{run.id}", PRIMARY)] if run.status is RunStatus.OPEN else []


def _last_step(run: Run) -> list[discord.ui.Button[discord.ui.LayoutView]]:
    return [look.button("End", f"run:end:{run.id}", DANGER)] if run.status is RunStatus.LIVE else []


def _led(run: Run) -> str:
    return f"Led by <@{run.organizer_id}>"


def _dungeon(run: Run) -> Dungeon:
    dungeon = catalogue.find(run.dungeon)
    if dungeon is None:
        raise LookupError(f"the catalogue no longer has {run.dungeon}")
    return dungeon


def _of(press: Press) -> tuple[GuildId, RunId]:
    return press.guild_id, RunId(press.ids["run"])


def card_text(card: Card) -> str:
    """Say what a raider's part in a run is."""
    if not card.joined:
        return "You left." if card.changed else "You are not in this run."
    head = "✅ **You are in**" if card.changed else "✅ **You are in already**"
    places = (("Party", card.party), ("Location", card.location))
    told = [f"{label}: **{shown(value)}**" for label, value in places if value]
    later = "" if told else "-# Party and location stand here once it is live: press Join again."
    return "\n".join([f"{head} — {look.many(card.raiders, 'raider')} so far.", *told, *([later] if later else [])])


@button(r"run:join:(?P<run>\d+)", bucket=PARTICIPATION)
async def join(press: Press) -> Answer:
    """Take a raider in."""
    return Answer(card_text(await press.ask(api.join_run, api.JoinRun(*_of(press)))))


@button(r"run:leave:(?P<run>\d+)", bucket=PARTICIPATION)
async def leave(press: Press) -> Answer:
    """Let a raider out."""
    return Answer(card_text(await press.ask(api.leave_run, api.LeaveRun(*_of(press)))))


@button(r"run:panel:(?P<run>\d+)", bucket=ORGANIZING)
async def open_panel(press: Press) -> Answer:
    """Show the organizer's panel to those who may steer the run; who does not lead it confirms first."""
    run = await press.ask(api.steer_run, api.SteerRun(*_of(press)))
    if run.organizer_id == press.user_id or run.status.over:
        return Answer(view=private(run))
    question = f"<@{run.organizer_id}> leads this run, not you. Open their panel?"
    confirm = look.row(look.button("Open it", f"run:panel_again:{run.id}", PRIMARY))
    return Answer(view=look.sheet(look.text(question), confirm, colour=_dungeon(run).colour))


@button(r"run:panel_again:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def draw_panel_again(press: Press) -> Answer:
    """Draw the organizer's panel anew."""
    return Answer(view=private(await press.ask(api.steer_run, api.SteerRun(*_of(press)))))


@button(r"run:start:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def start(press: Press) -> Answer:
    """Let the run go live."""
    run = await press.ask(api.start_run, api.StartRun(*_of(press)))
    await _call_at_start(press, run)
    return Answer(view=private(run, "It is live."))


async def _call_at_start(press: Press, run: Run) -> None:
    """Call whom the guild wants called when a run goes live, below its panel."""
    subject = Subject(run.guild_id, KIND, run.id)
    mappings = await press.backend.call(guild_config.read_mappings, guild_config.ReadMappings(run.guild_id))
    spot = await called(press.backend, subject, raid_channel(mappings.channels), PingMoment.START)
    if spot.ping:
        told = look.sheet(look.text(f"{spot.ping} **{_dungeon(run).name}** is live."), colour=_dungeon(run).colour)
        await press.painter.tell(Notice(spot.channel_id, told, f"start-{run.id}", spot.mentions))


@button(r"run:lock:(?P<run>\d+):(?P<locked>[01])", bucket=ORGANIZING, manner="redraws")
async def lock(press: Press) -> Answer:
    """Lock or unlock joining."""
    ask = api.LockRun(*_of(press), locked=bool(press.ids["locked"]))
    return Answer(view=private(await press.ask(api.lock_run, ask)))


@form_button(r"run:place:(?P<run>\d+)", bucket=ORGANIZING)
async def edit_place(press: Press) -> discord.ui.Modal:
    """Open the form for party and location, filled with what is set."""
    run = await press.ask(api.steer_run, api.SteerRun(*_of(press)))
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
    run = await press.ask(api.place_run, api.PlaceRun(*_of(press), party=party, location=location))
    return Answer(view=private(run, "Party and location are set."))


@button(r"run:end:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def ask_end(press: Press) -> Answer:
    """Ask once before ending, naming what ends."""
    run = await press.ask(api.steer_run, api.SteerRun(*_of(press)))
    return Answer(
        view=_asked(
            run,
            f"End **{_dungeon(run).name}** with {look.many(run.raiders, 'raider')}?",
            look.button("End it", f"run:end_yes:{run.id}", DANGER),
        )
    )


@button(r"run:end_yes:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def end(press: Press) -> Answer:
    """End the run."""
    return Answer(view=_closed(await press.ask(api.end_run, api.EndRun(*_of(press)))))


@button(r"run:cancel:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def ask_cancel(press: Press) -> Answer:
    """Ask for the reason before cancelling, naming what ends."""
    run = await press.ask(api.steer_run, api.SteerRun(*_of(press)))
    return Answer(
        view=_asked(
            run,
            f"Cancel **{_dungeon(run).name}** with {look.many(run.raiders, 'raider')}? Nothing is paid.",
            look.menu(f"run:cancel_for:{run.id}", "Cancel, because …", REASONS.items()),
        )
    )


@button(r"run:cancel_for:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def cancel(press: Press) -> Answer:
    """Cancel the run for the chosen reason."""
    reason = press.choices[0] if press.choices else "other"
    run = await press.ask(api.cancel_run, api.CancelRun(*_of(press), reason=reason))
    return Answer(view=_closed(run))


@button(r"run:reopen:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def reopen(press: Press) -> Answer:
    """Take back an end or a cancellation."""
    return Answer(view=private(await press.ask(api.reopen_run, api.ReopenRun(*_of(press))), "It goes on."))


@button(r"run:extend:(?P<run>\d+)", bucket=ORGANIZING)
async def extend(press: Press) -> Answer:
    """Put off the automatic end by an hour."""
    run = await press.ask(api.extend_run, api.ExtendRun(*_of(press)))
    return Answer(f"It goes on. It ends by itself {look.ago(run.auto_end_at)}.")


def ending_soon(run_id: int, organizer_id: UserId, ends_at: datetime, panel_link: str) -> discord.ui.LayoutView:
    """Ask the organizer whether a run that ends by itself should go on."""
    return look.sheet(
        look.text(f"<@{organizer_id}> [your run]({panel_link}) ends by itself {look.ago(ends_at)}."),
        look.row(look.button("Extend", f"run:extend:{run_id}", PRIMARY)),
    )


def _asked(run: Run, question: str, yes: discord.ui.Item[discord.ui.LayoutView]) -> discord.ui.LayoutView:
    """Return a question with its answer, and a way back."""
    back = look.button("Back", f"run:panel_again:{run.id}")
    rows = [yes, look.row(back)] if isinstance(yes, discord.ui.ActionRow) else [look.row(back, yes)]
    return look.sheet(look.text(question), *rows, colour=_dungeon(run).colour)


def _closed(run: Run) -> discord.ui.LayoutView:
    return look.sheet(
        look.text(f"### {_dungeon(run).emoji} {_dungeon(run).name} — {ending(run)}"),
        look.text("A mistake? For 10 minutes you can take it back."),
        look.row(look.button("Reopen", f"run:reopen:{run.id}")),
    )
