"""Whom a run calls, in words."""

from raidbot.bot import look
from raidbot.bot.backend import Backend
from raidbot.bot.buttons import button
from raidbot.bot.panels import Spot, Subject
from raidbot.bot.presses import Press
from raidbot.bot.rates import ORGANIZING
from raidbot.bot.replies import Answer
from raidbot.core.ids import ChannelId, RunId
from raidbot.features.runs.api import life as runs
from raidbot.features.runs.api import pings
from raidbot.features.runs.model.notices import CallFor
from raidbot.features.runs.model.pings import PingMoment
from raidbot.features.runs.panels.organizer import private
from raidbot.features.runs.panels.words import dungeon_of, named


async def called(backend: Backend, subject: Subject, channel_id: ChannelId, moment: PingMoment) -> Spot:
    """Return whom the guild wants called at a moment of a run; asked again, it is the same."""
    ping = await backend.call(pings.claim_ping, pings.ClaimPing(subject.guild_id, RunId(subject.id), moment))
    role_ids = (ping.role_id,) if ping.role_id else ()
    mentions = ["@here"] * ping.here + [f"<@&{role_id}>" for role_id in role_ids]
    return Spot(channel_id, " ".join(mentions), here=ping.here, role_ids=role_ids)


LABELS = {CallFor.SOON: "Start soon", CallFor.JOIN: "Join now", CallFor.COME: "To location"}
"""What raiders are called for, as the buttons say it."""


@button(r"run:ping:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def ask_call(press: Press) -> Answer:
    """Ask what the raiders are called for."""
    run = await press.ask(runs.steer_run, runs.SteerRun(*named(press)))
    choices = [look.button(label, f"run:call:{run.id}:{one}", look.PRIMARY) for one, label in LABELS.items()]
    back = look.button("Back", f"run:panel_again:{run.id}")
    question = f"Ping {look.many(max(0, run.raiders - 1), 'raider')}: what for?"
    return Answer(view=look.sheet(look.text(question), look.row(*choices, back), colour=dungeon_of(run).colour))


@button(r"run:call:(?P<run>\d+):(?P<what>soon|join|come)", bucket=ORGANIZING, manner="redraws")
async def call_raiders(press: Press) -> Answer:
    """Ping everybody who is in."""
    ask = pings.CallRaiders(*named(press), call_for=CallFor(press.words["what"]))
    called = await press.ask(pings.call_raiders, ask)
    run = await press.ask(runs.steer_run, runs.SteerRun(*named(press)))
    return Answer(view=private(run, f"{look.many(called.raiders, 'raider')} called.", press.user_id))
