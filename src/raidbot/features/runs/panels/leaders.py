"""Who leads a run: what is asked, and what the buttons do."""

import discord

from raidbot.bot import look
from raidbot.bot.buttons import button, form, form_button
from raidbot.bot.notices import Told
from raidbot.bot.presses import Press
from raidbot.bot.rates import ORGANIZING
from raidbot.bot.replies import Answer
from raidbot.core.ids import UserId, snowflake
from raidbot.features.runs.api import leaders as api
from raidbot.features.runs.api import life as runs
from raidbot.features.runs.model.leaders import NotALeader
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.notices import Saying
from raidbot.features.runs.panels.notices import name, says, to_raiders
from raidbot.features.runs.panels.organizer import private
from raidbot.features.runs.panels.words import OPENED_BY, dungeon_of, named
from raidbot.features.runs.rules.leaders import MOST_HELP


@button(r"run:lead:(?P<run>\d+)", bucket=ORGANIZING)
async def ask_who_leads(press: Press) -> Answer:
    """Ask who leads or asks to lead: those who lead choose others, everybody else takes over."""
    run = await press.ask(runs.steer_run, runs.SteerRun(*named(press)))
    if press.user_id == run.leader_id:
        return Answer(view=choosing(run))
    back = " They can take it back." if press.user_id != run.organizer_id else ""
    question = f"<@{run.leader_id}> leads this run and is told.{back} Take it over into your own party?"
    take = look.button("Take over", f"run:take:{run.id}", look.PRIMARY)
    return Answer(view=look.sheet(look.text(question), look.row(take), colour=dungeon_of(run).colour))


def choosing(run: Run, note: str = "") -> discord.ui.LayoutView:
    """Draw the menus by which whoever leads names co-leaders or hands the run over."""
    return look.sheet(
        look.text("### Who leads", note, f"Led by <@{run.leader_id}>."),
        look.text(f"Co-leaders work your panel without being asked; {MOST_HELP} at the most."),
        look.people(f"run:co_named:{run.id}", "Co-leaders", run.co_leader_ids, least=0, most=MOST_HELP),
        look.text("Or let somebody else lead from now on:"),
        look.people(f"run:hand_to:{run.id}", "Hand over to …"),
        colour=dungeon_of(run).colour,
    )


@button(r"run:co_named:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def name_co_leaders(press: Press) -> Answer:
    """Take who was chosen to help."""
    ask = api.NameCoLeaders(*named(press), user_ids=_chosen(press))
    run = await press.ask(api.name_co_leaders, ask)
    helped = ", ".join(f"<@{one}>" for one in run.co_leader_ids)
    return Answer(view=choosing(run, f"{helped} may work your panel now." if helped else "Nobody helps to lead now."))


@button(r"run:hand_to:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def ask_hand_over(press: Press) -> Answer:
    """Ask once before the run is handed over."""
    run = await press.ask(runs.steer_run, runs.SteerRun(*named(press)))
    chosen = _chosen(press)
    if not chosen:
        raise NotALeader("Choose who leads from now on.")
    yes = look.button("Hand over", f"run:handed:{run.id}:{int(chosen[0])}", look.PRIMARY)
    question = f"<@{chosen[0]}> leads **{dungeon_of(run).name}** from now on and is told. You can take it back."
    return Answer(view=look.sheet(look.text(question), look.row(yes), colour=dungeon_of(run).colour))


@button(r"run:handed:(?P<run>\d+):(?P<to>\d+)", bucket=ORGANIZING, manner="redraws")
async def hand_over(press: Press) -> Answer:
    """Hand the run over."""
    ask = api.HandOver(*named(press), user_id=UserId(press.ids["to"]))
    run = await press.ask(api.hand_over, ask)
    return Answer(view=private(run, f"<@{run.leader_id}> leads it now."))


@form_button(r"run:take:(?P<run>\d+)", bucket=ORGANIZING)
async def ask_party(press: Press) -> discord.ui.Modal:
    """Ask for the party of the new leader at once; what stays empty stays as it is."""
    modal = discord.ui.Modal(title="Take over", custom_id=f"run:taken:{press.ids['run']}:{press.key}")
    for label, custom_id in (("Your party", "party"), ("Location, if it changes", "location")):
        field = discord.ui.TextInput[discord.ui.Modal](custom_id=custom_id, max_length=100, required=False)
        modal.add_item(discord.ui.Label(text=label, component=field))
    return modal


@form(r"run:taken:(?P<run>\d+)" + OPENED_BY, bucket=ORGANIZING, manner="redraws")
async def take_over(press: Press) -> Answer:
    """Lead the run from now on."""
    party, location = (press.fields.get(one, "").strip() or None for one in ("party", "location"))
    run = await press.ask(api.take_over, api.TakeOver(*named(press), party=party, location=location))
    return Answer(view=private(run, "You lead it now. Those who are in are told."))


def _chosen(press: Press) -> list[UserId]:
    return [snowflake(UserId, one) for one in press.choices]


@says(Saying.TAKEN_OVER)
def taken_over(told: Told, run: Run) -> discord.ui.LayoutView | None:
    """Tell those who are in, or whoever led before, who leads now."""
    if run.status.over or str(int(run.leader_id)) != told.body["to"]:
        return None
    if not told.body.get("host"):
        return to_raiders(told, run, f"is led by <@{run.leader_id}> now: look at your card for the party.")
    back = look.row(look.button("Take it back", f"run:lead:{run.id}"))
    line = f"{name(told, run)} is led by <@{run.leader_id}> now."
    return look.sheet(look.text(told.calls, line), back, colour=dungeon_of(run).colour)
