"""The list of raiders, as those who lead read it, and how they change it."""

from collections.abc import Callable
from typing import TypeAlias

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
from raidbot.features.runs.panels.words import OPENED_BY, dungeon_of, named

NameOf: TypeAlias = Callable[[UserId], str | None]
"""Returns the name by which the server knows a member; None: they have left."""

ROOM = 3000
"""Characters of lists that fit into one message beside its words. docs: Component Reference, 4,000 in all"""

ROOM_TO_WAIT = 700
"""So many of them at the most are of those who wait."""


def roster(run: Run, raiders: list[RunRaider], name_of: NameOf, note: str = "") -> discord.ui.LayoutView:
    """Draw who is in, by IGN from A to Z, in a block that a long press copies, and who waits below it."""
    dungeon = dungeon_of(run)
    inside = [line(one, dungeon, name_of) for one in raiders if one.state is JoinState.JOIN]
    waiting = [line(one, dungeon, name_of) for one in raiders if one.state is not JoinState.JOIN]
    below = _block(waiting, ROOM_TO_WAIT) if waiting else ""
    return look.sheet(
        look.text(f"### {dungeon.emoji} {look.many(len(inside), 'raider')}", note),
        look.text(_block(inside, ROOM - len(below))),
        *([look.text(f"{len(waiting)} waiting:", below)] if below else []),
        look.row(
            look.button("Remove", f"run:remove:{run.id}"),
            look.button("Add", f"run:add:{run.id}"),
            look.button("As file", f"run:raiders_file:{run.id}"),
            look.button("Refresh", f"run:raiders_again:{run.id}"),
        ),
        colour=dungeon.colour,
    )


def line(one: RunRaider, dungeon: Dungeon, name_of: NameOf) -> str:
    """Tell of one raider: IGN, else the name in the server, alts, class, what they bring, which keys they hold."""
    plays = BY_KEY.get(one.plays or "")
    wants = [want.name for key in one.brings if key != one.plays and (want := dungeon.find_want(key))]
    keys = [key.label for name in one.keys if (key := dungeon.find_key(name))]
    more = ", ".join([*([plays.name] if plays else []), *wants, *keys])
    alts = f" ({', '.join(one.alts)})" if one.alts else ""
    return f"{one.ign or _nameless(name_of(one.user_id))}{alts}{f' - {more}' if more else ''}"


def _nameless(name: str | None) -> str:
    tame = " ".join(name.replace("`", "'").split()) if name else "Somebody who left"
    return f"{tame} (no IGN)"


def _name_of(press: Press) -> NameOf:
    def find(user_id: UserId) -> str | None:
        member = press.guild.get_member(user_id)
        return member.display_name if member else None

    return find


def _block(lines: list[str], room: int) -> str:
    """Return lines as a block, as many as fit; the file has all of them."""
    fits = len(lines)
    while sum(len(one) + 1 for one in lines[:fits]) > room:
        fits -= 1
    rest = f"\n... and {len(lines) - fits} more: As file" if fits < len(lines) else ""
    listed = "\n".join(lines[:fits]) or "Nobody yet."
    return f"```\n{listed}{rest}\n```"


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
    lines = [(line(one, dungeon, _name_of(press)), one.state) for one in raiders]
    listed = [one if state is JoinState.JOIN else f"{one} (waiting)" for one, state in lines]
    name = f"raiders-of-run-{run.id}.txt"
    file: discord.ui.File[discord.ui.LayoutView] = discord.ui.File(f"attachment://{name}")
    head = look.text(f"{dungeon.emoji} {dungeon.name}: {look.many(len(raiders), 'raider')}, those who wait included.")
    return Answer(view=look.sheet(head, file, colour=dungeon.colour), file=(name, "\n".join(listed) + "\n"))


async def _roster(press: Press, note: str = "") -> Answer:
    run = await press.ask(runs.steer_run, runs.SteerRun(*named(press)))
    raiders = await press.ask(api.list_raiders, api.ListRaiders(*named(press)))
    return Answer(view=roster(run, raiders, _name_of(press), note))


@form_button(r"run:remove:(?P<run>\d+)", bucket=ORGANIZING)
async def ask_removal(press: Press) -> discord.ui.Modal:
    """Ask whom to take out, and why."""
    modal = discord.ui.Modal(title="Take raiders out", custom_id=f"run:removed:{press.ids['run']}:{press.key}")
    whom = discord.ui.UserSelect[discord.ui.Modal](custom_id="members", min_values=1, max_values=25)
    why = discord.ui.TextInput[discord.ui.Modal](custom_id="reason", max_length=200)
    modal.add_item(discord.ui.Label(text="Who", component=whom))
    modal.add_item(discord.ui.Label(text="Why; they read it on their card", component=why))
    return modal


@form(r"run:removed:(?P<run>\d+)" + OPENED_BY, bucket=ORGANIZING, manner="redraws")
async def remove(press: Press) -> Answer:
    """Take the chosen members out."""
    chosen = _members(press)
    ask = api.RemoveRaiders(*named(press), user_ids=chosen, reason=press.fields.get("reason", "").strip())
    await press.ask(api.remove_raiders, ask)
    return await _roster(press, f"Taken out: {', '.join(f'<@{one}>' for one in chosen)}.")


@form_button(r"run:add:(?P<run>\d+)", bucket=ORGANIZING)
async def ask_addition(press: Press) -> discord.ui.Modal:
    """Ask whom to take in: a member, or an IGN."""
    modal = discord.ui.Modal(title="Take a raider in", custom_id=f"run:added:{press.ids['run']}:{press.key}")
    whom = discord.ui.UserSelect[discord.ui.Modal](custom_id="members", min_values=0, max_values=1, required=False)
    ign = discord.ui.TextInput[discord.ui.Modal](custom_id="ign", max_length=16, required=False)
    modal.add_item(discord.ui.Label(text="A member", component=whom))
    modal.add_item(discord.ui.Label(text="Or their IGN", component=ign))
    return modal


@form(r"run:added:(?P<run>\d+)" + OPENED_BY, bucket=ORGANIZING, manner="redraws")
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
