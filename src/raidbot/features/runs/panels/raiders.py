"""The list of raiders, as those who lead read it, and how they change it."""

import discord

from raidbot.bot import look
from raidbot.bot.buttons import button, form, form_button
from raidbot.bot.presses import Press
from raidbot.bot.rates import ORGANIZING
from raidbot.bot.replies import Answer
from raidbot.core.ids import UserId, snowflake
from raidbot.dungeons.classes import BY_KEY
from raidbot.dungeons.model import Dungeon
from raidbot.features.runs.api import joins as api
from raidbot.features.runs.api import life as runs
from raidbot.features.runs.model.joins import JoinState, NotInRun, RunRaider
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.panels.words import dungeon_of, named

ROOM = 3400
"""Characters of a list that fit into one message beside its words."""

NAMELESS = "(no IGN)"


def roster(run: Run, raiders: list[RunRaider], note: str = "") -> discord.ui.LayoutView:
    """Draw who is in, by IGN from A to Z, in a block that a long press copies, and who waits below it."""
    dungeon = dungeon_of(run)
    inside = [one for one in raiders if one.state is JoinState.JOIN]
    waiting = [one for one in raiders if one.state is not JoinState.JOIN]
    nameless = [f"<@{one.user_id}>" for one in raiders if one.ign is None][:30]
    return look.sheet(
        look.text(f"### {dungeon.emoji} {look.many(len(inside), 'raider')}", note),
        look.text(_block([line(one, dungeon) for one in inside])),
        *([look.text(f"{len(waiting)} waiting:", _block([line(one, dungeon) for one in waiting]))] if waiting else []),
        *([look.text(f"-# Without an IGN: {', '.join(nameless)}")] if nameless else []),
        look.row(
            look.button("Remove", f"run:remove:{run.id}"),
            look.button("Add", f"run:add:{run.id}"),
            look.button("As file", f"run:raiders_file:{run.id}"),
            look.button("Refresh", f"run:raiders_again:{run.id}"),
        ),
        colour=dungeon.colour,
    )


def line(one: RunRaider, dungeon: Dungeon) -> str:
    """Tell of one raider: IGN, alts, class, what they bring, which keys they hold."""
    plays = BY_KEY.get(one.plays or "")
    wants = [want.name for key in one.brings if key != one.plays and (want := dungeon.find_want(key))]
    keys = [key.label for name in one.keys if (key := dungeon.find_key(name))]
    more = ", ".join([*([plays.name] if plays else []), *wants, *keys])
    alts = f" ({', '.join(one.alts)})" if one.alts else ""
    return f"{one.ign or NAMELESS}{alts}{f' - {more}' if more else ''}"


def _block(lines: list[str]) -> str:
    shown = "\n".join(lines)
    if len(shown) > ROOM:
        shown = shown[:ROOM].rpartition("\n")[0] + "\n..."
    return f"```\n{shown or 'Nobody yet.'}\n```"


@button(r"run:raiders:(?P<run>\d+)", bucket=ORGANIZING)
async def open_roster(press: Press) -> Answer:
    """Show who is in."""
    return await _roster(press)


@button(r"run:raiders_again:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def draw_roster_again(press: Press) -> Answer:
    """Draw the list anew."""
    return await _roster(press)


@button(r"run:raiders_file:(?P<run>\d+)", bucket=ORGANIZING)
async def hand_out_roster(press: Press) -> Answer:
    """Hand out the whole list as a file."""
    run = await press.ask(runs.steer_run, runs.SteerRun(*named(press)))
    raiders, dungeon = await press.ask(api.list_raiders, api.ListRaiders(*named(press))), dungeon_of(run)
    listed = [f"{line(one, dungeon)}{'' if one.state is JoinState.JOIN else ' (waiting)'}" for one in raiders]
    name = f"raiders-of-run-{run.id}.txt"
    file: discord.ui.File[discord.ui.LayoutView] = discord.ui.File(f"attachment://{name}")
    head = look.text(f"{dungeon.emoji} {dungeon.name}: {look.many(len(raiders), 'raider')}, those who wait included.")
    return Answer(view=look.sheet(head, file, colour=dungeon.colour), file=(name, "\n".join(listed) + "\n"))


async def _roster(press: Press, note: str = "") -> Answer:
    run = await press.ask(runs.steer_run, runs.SteerRun(*named(press)))
    return Answer(view=roster(run, await press.ask(api.list_raiders, api.ListRaiders(*named(press))), note))


@form_button(r"run:remove:(?P<run>\d+)", bucket=ORGANIZING)
async def ask_removal(press: Press) -> discord.ui.Modal:
    """Ask whom to take out, and why."""
    modal = discord.ui.Modal(title="Take raiders out", custom_id=f"run:removed:{press.ids['run']}")
    whom = discord.ui.UserSelect[discord.ui.Modal](custom_id="members", min_values=1, max_values=25)
    why = discord.ui.TextInput[discord.ui.Modal](custom_id="reason", max_length=200)
    modal.add_item(discord.ui.Label(text="Who", component=whom))
    modal.add_item(discord.ui.Label(text="Why; they read it on their card", component=why))
    return modal


@form(r"run:removed:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def remove(press: Press) -> Answer:
    """Take the chosen members out."""
    chosen = _members(press)
    ask = api.RemoveRaiders(*named(press), user_ids=chosen, reason=press.fields.get("reason", "").strip())
    await press.ask(api.remove_raiders, ask)
    return await _roster(press, f"Taken out: {', '.join(f'<@{one}>' for one in chosen)}.")


@form_button(r"run:add:(?P<run>\d+)", bucket=ORGANIZING)
async def ask_addition(press: Press) -> discord.ui.Modal:
    """Ask whom to take in: a member, or an IGN."""
    modal = discord.ui.Modal(title="Take a raider in", custom_id=f"run:added:{press.ids['run']}")
    whom = discord.ui.UserSelect[discord.ui.Modal](custom_id="members", min_values=0, max_values=1, required=False)
    ign = discord.ui.TextInput[discord.ui.Modal](custom_id="ign", max_length=16, required=False)
    modal.add_item(discord.ui.Label(text="A member", component=whom))
    modal.add_item(discord.ui.Label(text="Or their IGN", component=ign))
    return modal


@form(r"run:added:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def add(press: Press) -> Answer:
    """Take the chosen member in."""
    chosen, ign = _members(press), press.fields.get("ign", "").strip() or None
    if not chosen and ign is None:
        raise NotInRun("Choose a member, or type an IGN.")
    ask = api.AddRaider(*named(press), user_id=chosen[0] if chosen else None, ign=ign)
    await press.ask(api.add_raider, ask)
    return await _roster(press, f"Taken in: {f'<@{chosen[0]}>' if chosen else ign}.")


def _members(press: Press) -> list[UserId]:
    return [snowflake(UserId, one) for one in press.fields.get("members", "").split(",") if one]
