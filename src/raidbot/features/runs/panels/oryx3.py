"""What the buttons of Oryx 3 do: its steps, and the screenshot before the start."""

from dataclasses import dataclass
from typing import Self

import discord

from raidbot.bot import look
from raidbot.bot.backend import Backend
from raidbot.bot.buttons import button, form, form_button
from raidbot.bot.files import PictureRefused, Upload, fetch_picture, given_picture
from raidbot.bot.panels import Evidence, Subject
from raidbot.bot.pictures import Pictures, Stands
from raidbot.bot.presses import Press
from raidbot.bot.rates import ORGANIZING
from raidbot.bot.reading import reads_files, reply
from raidbot.bot.replies import Answer
from raidbot.core.ids import ChannelId, GuildId, InteractionId, MessageId, RunId, UserId
from raidbot.features.discord_state import api as discord_state
from raidbot.features.discord_state.model import UnknownPosting
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import ChannelKey, Unmapped
from raidbot.features.runs.api import life as runs
from raidbot.features.runs.api import oryx3 as api
from raidbot.features.runs.model.life import NotYourRun, Run, RunStatus
from raidbot.features.runs.model.oryx3 import Screenshot, ScreenshotRefused, Step, Verdict, lacks_screenshot
from raidbot.features.runs.panels.organizer import private
from raidbot.features.runs.panels.words import DESK, OPENED_BY, dungeon_of, named

SHOT = "run_screenshot"
"""The posting of a screenshot; what it is about is the press by which it was given."""

BUTTON = "run:shot"
"""How the custom ids of the buttons below a screenshot begin."""

KEPT = "The screenshot is in the log. Somebody else reviews it; that holds nothing up."

HOW = "The whole window of the game, with /who and /server in the chat."


@form_button(r"run:step:(?P<run>\d+):(?P<number>\d{1,3}):realm_score", bucket=ORGANIZING)
async def ask_score(press: Press) -> discord.ui.Modal:
    """Open the form for the realm score."""
    run, number = press.ids["run"], press.ids["number"]
    modal = discord.ui.Modal(title="Realm score", custom_id=f"run:scored:{run}:{number}:{press.key}")
    score = discord.ui.TextInput[discord.ui.Modal](custom_id="score", placeholder="63", max_length=5)
    modal.add_item(discord.ui.Label(text="Percent, from 1 to 99", component=score))
    return modal


@form(r"run:scored:(?P<run>\d+):(?P<number>\d{1,3})" + OPENED_BY, bucket=ORGANIZING, manner="redraws")
async def tell_score(press: Press) -> Answer:
    """Take the realm score as typed."""
    return await _take(press, Step.REALM_SCORE, press.fields.get("score", ""))


@button(r"run:step:(?P<run>\d+):(?P<number>\d{1,3}):(?P<step>closed|third_room)", bucket=ORGANIZING, manner="redraws")
async def take(press: Press) -> Answer:
    """Take a step that says nothing besides itself."""
    return await _take(press, Step(press.words["step"]))


@button(r"run:step:(?P<run>\d+):(?P<number>\d{1,3}):miniboss", bucket=ORGANIZING, manner="redraws")
async def ask_miniboss(press: Press) -> Answer:
    """Ask which miniboss it is."""
    run = await press.ask(runs.steer_run, runs.SteerRun(*named(press)))
    dungeon = dungeon_of(run)
    bosses = [(one.key, f"{one.name} — {one.title}") for one in dungeon.minibosses]
    menu = look.menu(f"run:mini:{run.id}:{press.ids['number']}", "Which miniboss is it?", bosses)
    back = look.row(look.button("Back", f"run:panel_again:{run.id}"))
    return Answer(view=look.sheet(look.text("### Miniboss"), menu, back, colour=dungeon.colour))


@button(r"run:mini:(?P<run>\d+):(?P<number>\d{1,3})", bucket=ORGANIZING, manner="redraws")
async def name_miniboss(press: Press) -> Answer:
    """Take the miniboss that was chosen."""
    return await _take(press, Step.MINIBOSS, press.choices[0] if press.choices else None)


@button(r"run:unstep:(?P<run>\d+):(?P<number>\d{1,3})", bucket=ORGANIZING, manner="redraws")
async def untake(press: Press) -> Answer:
    """Take the last step back."""
    run = await press.ask(api.untake_step, api.UntakeStep(*named(press), number=press.ids["number"]))
    return Answer(view=private(run, "The last step is taken back."))


async def _take(press: Press, step: Step, value: str | None = None) -> Answer:
    ask = api.TakeStep(*named(press), number=press.ids["number"], step=step, value=value)
    return Answer(view=private(await press.ask(api.take_step, ask), "The raiders are called."))


@form_button(r"run:shot:(?P<run>\d+)", bucket=ORGANIZING)
async def ask_screenshot(press: Press) -> discord.ui.Modal:
    """Open the form that takes a picture."""
    modal = discord.ui.Modal(title="Screenshot", custom_id=f"run:shot_given:{press.ids['run']}:{press.key}")
    upload = discord.ui.FileUpload[discord.ui.Modal](custom_id="screenshot", min_values=1, max_values=1)
    modal.add_item(discord.ui.Label(text="Screenshot of the game", description=HOW, component=upload))
    return modal


@form(r"run:shot_given:(?P<run>\d+)" + OPENED_BY, bucket=ORGANIZING, manner="redraws")
async def take_screenshot(press: Press) -> Answer:
    """Keep the picture that was uploaded."""
    run_id = named(press)[1]
    await give_screenshot(press, run_id, press.files)
    run = await press.ask(runs.steer_run, runs.SteerRun(press.guild_id, run_id))
    return Answer(view=private(run, KEPT))


@button(
    r"run:shot:(?P<shot>\d+):(?P<run>\d+):(?P<giver>\d+):(?P<suffix>[a-z]{3,4}):(?P<verdict>good|bad)",
    bucket=ORGANIZING,
    manner="replaces",
)
async def review(press: Press) -> Answer:
    """Say what a screenshot is worth, and let its message say so."""
    verdict = Verdict(press.words["verdict"])
    ask = api.ReviewScreenshot(*named(press), message_id=press.message_id or MessageId(0), verdict=verdict)
    given = await press.ask(api.review_screenshot, ask)
    mark = Mark(press.ids["shot"], named(press)[1], given.given_by, press.words["suffix"])
    return Answer(view=shot(mark, given))


@dataclass(frozen=True, slots=True)
class Mark:
    """What the buttons below a screenshot say of it, so that it is known whatever was killed."""

    key: int
    """The press, or the message, by which it was given."""
    run_id: RunId
    given_by: UserId
    suffix: str

    @classmethod
    def read(cls, custom_id: str) -> Self:
        """Return what a button says."""
        _, _, key, run_id, given_by, suffix, _ = custom_id.split(":")
        return cls(int(key), RunId(int(run_id)), UserId(int(given_by)), suffix)

    def custom_id(self, verdict: Verdict) -> str:
        """Return the custom id of a verdict's button."""
        return f"{BUTTON}:{self.key}:{self.run_id}:{self.given_by}:{self.suffix}:{verdict}"

    @property
    def filename(self) -> str:
        """The name of the picture, as our file."""
        return f"run-{self.run_id}-{self.key}.{self.suffix}"


def shot(mark: Mark, given: Screenshot | None = None) -> discord.ui.LayoutView:
    """Draw a screenshot with what a review found, or with the buttons of one."""
    item = discord.MediaGalleryItem(f"attachment://{mark.filename}")
    picture = discord.ui.MediaGallery[discord.ui.LayoutView](item)
    told = f"📸 Screenshot of run {mark.run_id}, given by <@{mark.given_by}>"
    if given is not None and given.verdict is not None:
        found = "✅ **Good**" if given.verdict is Verdict.GOOD else "❌ **Bad**"
        return look.sheet(look.text(told), picture, look.text(f"{found} — says <@{given.reviewed_by}>"))
    buttons = look.row(
        look.button("Good", mark.custom_id(Verdict.GOOD), look.SUCCESS),
        look.button("Bad", mark.custom_id(Verdict.BAD), look.DANGER),
    )
    return look.sheet(look.text(told, "-# Somebody else than its giver reviews it."), picture, buttons)


async def give_screenshot(press: Press, run_id: RunId, files: tuple[Upload, ...]) -> Screenshot:
    """Keep a picture as a message of ours in the run's log, and write that down.

    Raises:
        Refusal: the run takes none, it is no picture, or no log channel is mapped.
    """
    run = await press.ask(api.ask_screenshot, api.AskScreenshot(press.guild_id, run_id))
    upload = given_picture(files)
    channel_id = await log_of(press, run)
    picture = await fetch_picture(upload)
    mark = Mark(press.key, run.id, press.user_id, picture.suffix)
    evidence = Evidence(channel_id, shot(mark), mark.filename, picture.data, f"shot-{mark.key}")

    async def write_down(where: Stands) -> Screenshot:
        return await _write_down(press.backend, press.guild_id, mark, where)

    return await press.pictures.keep(Subject(press.guild_id, SHOT, mark.key), evidence, write_down)


async def find_lost_screenshots(backend: Backend, pictures: Pictures, guild_id: GuildId) -> None:
    """Write down the screenshots that a process posted before it was killed."""

    async def write_down(custom_id: str, where: Stands) -> None:
        await _write_down(backend, guild_id, Mark.read(custom_id), where)

    await pictures.find_lost(guild_id, SHOT, BUTTON, write_down)


async def _write_down(backend: Backend, guild_id: GuildId, mark: Mark, where: Stands) -> Screenshot:
    ask = api.KeepScreenshot(
        guild_id, mark.run_id, channel_id=where.channel_id, message_id=where.message_id, filename=mark.filename
    )
    return await backend.call(api.keep_screenshot, ask, actor=mark.given_by, key=InteractionId(mark.key))


async def log_of(press: Press, run: Run) -> ChannelId:
    """Return the log thread of a run, or the log channel while it has none.

    Raises:
        Unmapped: no log channel is set.
    """
    mappings = await press.backend.call(guild_config.read_mappings, guild_config.ReadMappings(run.guild_id))
    channel_id = mappings.channels.get(ChannelKey.RAID_LOG)
    if channel_id is None:
        raise Unmapped("No raid_log channel is set, so nothing keeps the picture. An administrator: /setchannels.")
    try:
        find = discord_state.FindPosting(run.guild_id, DESK, run.id)
        desk = await press.backend.call(discord_state.find_posting, find)
    except UnknownPosting:
        return channel_id
    thread = press.guild.get_thread(desk.message_id) if desk.message_id else None
    return ChannelId(thread.id) if thread else channel_id


@reads_files
async def take_pasted_screenshot(press: Press) -> None:
    """Keep the picture that somebody who may steer an Oryx 3 run pasted into its log thread, while that needs one."""
    run = await _run_of_thread(press)
    if run is None or not dungeon_of(run).oryx3 or not _needs_screenshot(run):
        return
    try:
        await give_screenshot(press, run.id, press.files)
    except PictureRefused as refused:
        await reply(press, refused.sentence)
    except (NotYourRun, ScreenshotRefused):  # whatever else is posted in a thread is nothing to answer
        return


def _needs_screenshot(run: Run) -> bool:
    return run.status is RunStatus.OPEN or (run.status is RunStatus.LIVE and lacks_screenshot(run.screenshot))


async def _run_of_thread(press: Press) -> Run | None:
    desks = await press.backend.call(
        discord_state.unfinished_postings, discord_state.UnfinishedPostings(press.guild_id, DESK)
    )
    run_id = next((RunId(one.subject_id) for one in desks if one.message_id == press.channel_id), None)
    return None if run_id is None else await press.backend.call(runs.show_run, runs.ShowRun(press.guild_id, run_id))
