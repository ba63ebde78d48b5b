"""A popped key as those who lead see it: counted with one press, told more of afterwards, taken back."""

import discord

from raidbot.bot import look
from raidbot.bot.buttons import button
from raidbot.bot.presses import Press
from raidbot.bot.rates import ORGANIZING
from raidbot.bot.replies import Answer
from raidbot.core.ids import GuildId, RunId, UserId, snowflake
from raidbot.dungeons import catalogue
from raidbot.dungeons.model import Dungeon
from raidbot.features.runs.api import life as runs
from raidbot.features.runs.api import pops as api
from raidbot.features.runs.model.life import Run
from raidbot.features.runs.model.offers import OfferId
from raidbot.features.runs.model.pops import Outcome, Pop
from raidbot.features.runs.panels.offers import line
from raidbot.features.runs.panels.organizer import private
from raidbot.features.runs.panels.words import OUTCOMES, chain_line, dungeon_of, named

IN_A_MENU = 25
"""So many options has a menu at the most. docs: Component Reference, String Select"""

A_SHELF = 17
"""So many dungeons stand in each of three menus."""


def popped(run: Run, guild: discord.Guild, note: str = "") -> discord.ui.LayoutView:
    """Draw the newest pop of a run, with menus to tell more of it. Nothing waits for what is told here."""
    pop = run.pop
    if pop is None:
        return private(run, note)
    dungeon = catalogue.known(pop.dungeon)
    number = f"{run.id}:{pop.number}"
    menus = [
        *_holders(run, guild, f"run:popper:{number}"),
        look.people(f"run:popper_else:{number}", "Somebody else popped it"),
        *_keys(pop, dungeon, f"run:pop_key:{number}"),
        look.menu(f"run:pop_outcome:{number}", "How it went", OUTCOMES.items(), chosen=[pop.outcome]),
    ]
    return look.sheet(
        look.text(f"### {dungeon.emoji} Key {pop.number} of this run", note),
        look.text(*_facts(pop, dungeon), chain_line(run)),
        *menus,
        look.row(
            look.button("Your panel", f"run:panel_again:{run.id}"),
            look.button("Keys", f"run:keys_page:{run.id}:0"),
            look.button("Other dungeon", f"run:pop_dungeon:{number}"),
            look.button("Undo", f"run:undo:{number}"),
        ),
        colour=dungeon.colour,
    )


def _facts(pop: Pop, dungeon: Dungeon) -> list[str]:
    key = dungeon.find_key(pop.key or "")
    window = "" if pop.closed_at else f"Joining counts until {look.ago(pop.window_ends_at)}."
    return [
        window,
        f"Dungeon: **{dungeon.name}**" + (f" · {key.emoji} {key.name}" if key else ""),
        f"Popped by: {f'<@{pop.popper_id}>' if pop.popper_id else 'nobody named yet'}",
        f"Outcome: **{OUTCOMES[pop.outcome]}**",
    ]


def _holders(run: Run, guild: discord.Guild, custom_id: str) -> list[discord.ui.ActionRow[discord.ui.LayoutView]]:
    dungeon = dungeon_of(run)
    holders: dict[str, str] = {}
    for offer in run.offers[:IN_A_MENU]:
        member = guild.get_member(int(offer.user_id))
        key = dungeon.find_key(offer.key)
        name = offer.ign or (member.display_name if member else "A member who left")
        holders.setdefault(str(int(offer.user_id)), f"{name} ({key.label})" if key else name)
    return [look.menu(custom_id, "Who popped it", holders.items())] if holders else []


def _keys(pop: Pop, dungeon: Dungeon, custom_id: str) -> list[discord.ui.ActionRow[discord.ui.LayoutView]]:
    if len(dungeon.keys) == 1:
        return []
    keys = [(key.key, f"{key.emoji} {key.name}") for key in dungeon.keys]
    return [look.menu(custom_id, "Which key it was", keys, chosen=[pop.key] if pop.key else [])]


@button(r"run:pop:(?P<run>\d+):(?P<number>\d{1,3})", bucket=ORGANIZING, manner="redraws")
async def pop(press: Press) -> Answer:
    """Count a key that popped. The number is the one that it gets."""
    run = await press.ask(api.pop_key, api.PopKey(*_numbered(press)))
    called = look.many(run.raiders - 1, "raider") if run.raiders > 1 else "nobody else"
    return Answer(view=popped(run, press.guild, f"✅ **Counted**, and {called} called. Who popped it can wait."))


@button(r"run:holder_popped:(?P<run>\d+):(?P<offer>\d+)", bucket=ORGANIZING, manner="redraws")
async def holder_popped(press: Press) -> Answer:
    """Say that a holder popped."""
    ask = api.HolderPopped(*named(press), offer_id=OfferId(press.ids["offer"]))
    run = await press.ask(api.holder_popped, ask)
    if run.pop is None:
        return Answer(view=line(run))
    return Answer(view=popped(run, press.guild, f"✅ Key {run.pop.number} is noted for <@{run.pop.popper_id}>."))


@button(r"run:pop_tell:(?P<run>\d+)", bucket=ORGANIZING, manner="redraws")
async def open_pop(press: Press) -> Answer:
    """Show the newest pop."""
    return Answer(view=popped(await press.ask(runs.steer_run, runs.SteerRun(*named(press))), press.guild))


@button(r"run:popper(?:_else)?:(?P<run>\d+):(?P<number>\d{1,3})", bucket=ORGANIZING, manner="redraws")
async def name_popper(press: Press) -> Answer:
    """Name who popped it."""
    return await _tell(press, api.TellPop(*_numbered(press), popper_id=snowflake(UserId, press.choice)))


@button(r"run:pop_key:(?P<run>\d+):(?P<number>\d{1,3})", bucket=ORGANIZING, manner="redraws")
async def name_key(press: Press) -> Answer:
    """Say which key it was."""
    return await _tell(press, api.TellPop(*_numbered(press), key=press.choice))


@button(r"run:pop_outcome:(?P<run>\d+):(?P<number>\d{1,3})", bucket=ORGANIZING, manner="redraws")
async def tell_outcome(press: Press) -> Answer:
    """Say how it went."""
    return await _tell(press, api.TellPop(*_numbered(press), outcome=Outcome(press.choice)))


@button(r"run:pop_dungeon:(?P<run>\d+):(?P<number>\d{1,3})", bucket=ORGANIZING, manner="redraws")
async def ask_dungeon(press: Press) -> Answer:
    """Show menus of all dungeons, for a chain that goes through several."""
    number = f"{press.ids['run']}:{press.ids['number']}"
    names = [(one.key, f"{one.emoji} {one.name}") for one in catalogue.all_dungeons() if one.pops]
    parts = [names[start : start + A_SHELF] for start in range(0, len(names), A_SHELF)]
    menus = [
        look.menu(f"run:pop_in:{number}:{nth}", f"{part[0][1]} … {part[-1][1]}", part) for nth, part in enumerate(parts)
    ]
    back = look.row(look.button("Back", f"run:pop_tell:{press.ids['run']}"))
    return Answer(view=look.sheet(look.text("Which dungeon was this key for?"), *menus, back))


@button(r"run:pop_in:(?P<run>\d+):(?P<number>\d{1,3}):(?P<part>\d)", bucket=ORGANIZING, manner="redraws")
async def tell_dungeon(press: Press) -> Answer:
    """Say which dungeon it opened."""
    return await _tell(press, api.TellPop(*_numbered(press), dungeon=press.choice))


@button(r"run:undo:(?P<run>\d+):(?P<number>\d{1,3})", bucket=ORGANIZING, manner="redraws")
async def undo(press: Press) -> Answer:
    """Take the newest pop back."""
    run = await press.ask(api.undo_pop, api.UndoPop(*_numbered(press)))
    note = f"Key {press.ids['number']} is taken back, with its points and its call."
    return Answer(view=private(run, note))


async def _tell(press: Press, ask: api.TellPop) -> Answer:
    run = await press.ask(api.tell_pop, ask)
    return Answer(view=popped(run, press.guild, f"Noted for key {ask.number}."))


def _numbered(press: Press) -> tuple[GuildId, RunId, int]:
    return *named(press), press.ids["number"]
