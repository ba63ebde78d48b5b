"""`/help`, made from the commands themselves, and `/ping`."""

import math
import time
from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands

from raidbot.bot import look
from raidbot.bot.buttons import button
from raidbot.bot.commands import Declared, command, declared
from raidbot.bot.presses import Press
from raidbot.bot.rates import INFORMATION
from raidbot.bot.replies import Answer
from raidbot.core.errors import NotFound
from raidbot.core.health import AskHealth, health
from raidbot.core.ranks import Rank
from raidbot.features.discord_state import api as discord_state
from raidbot.features.realmeye import api as realmeye

ROOM = 2500
"""Characters of one page: what fits onto two screens of a phone. docs: Components V2 takes 4,000 in one message"""


class UnknownCommand(NotFound):
    """There is no such command."""


async def suggest(_: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
    """Return the commands whose name holds what was typed, 25 at most."""
    names = [name for name in sorted(declared) if typed.lower().lstrip("/") in name][:25]
    return [app_commands.Choice(name=f"/{name}", value=name) for name in names]


@command("help", "What you can do here", bucket=INFORMATION)
@app_commands.describe(about="One command, for more about it")
@app_commands.autocomplete(about=suggest)
async def explain(press: Press, about: app_commands.Range[str, 1, 65] | None = None) -> Answer:
    """List what the member may use, by rank, or explain one command."""
    if about is not None:
        return Answer(_explained(about.lower().lstrip("/")))
    return await _listed(press, 0)


@button(r"help:page:(?P<page>\d)", bucket=INFORMATION, manner="redraws")
async def turn_page(press: Press) -> Answer:
    """Show another page of what the member may use."""
    return await _listed(press, press.ids["page"])


async def _listed(press: Press, page: int) -> Answer:
    standing = await press.ask(discord_state.read_rank, discord_state.ReadRank(press.guild_id))
    usable = sorted((one for one in declared.values() if one.needs <= standing.rank), key=lambda one: one.name)
    pages = paged([line for rank in sorted({one.needs for one in usable}) for line in _group(rank, usable)])
    page = min(page, len(pages) - 1)
    others = {"Before": page - 1, "More": page + 1}
    turns = [look.button(label, f"help:page:{to}") for label, to in others.items() if 0 <= to < len(pages)]
    parts = [look.text(*pages[page]), look.text("-# More about one: /help and choose it.")]
    return Answer(view=look.sheet(*parts, *([look.row(*turns)] if turns else [])))


def paged(lines: Sequence[str]) -> list[list[str]]:
    """Return lines in pages that fit into a message each; there is one at the least."""
    pages: list[list[str]] = [[]]
    for line in lines:
        if pages[-1] and sum(len(one) + 1 for one in pages[-1]) + len(line) > ROOM:
            pages.append([])
        pages[-1].append(line)
    return pages


@command("ping", "Whether all parts of the bot answer", bucket=INFORMATION)
async def ping(press: Press) -> Answer:
    """Tell how long gateway, backend and database take, and whether RealmEye answers us."""
    started = time.perf_counter()
    told = await press.ask(health, AskHealth())
    backend_ms = (time.perf_counter() - started) * 1000
    database = f"{told.database_ms:.0f} ms" if told.database_ms is not None else "away"
    parts = [f"Gateway {_ms(press.gateway_s)}", f"backend {backend_ms:.0f} ms", f"database {database}"]
    if told.database_ms is not None:
        parts.append(realmeye_line(await press.ask(realmeye.show_site, realmeye.ShowSite())))
    return Answer(" · ".join(parts))


def realmeye_line(site: realmeye.Site) -> str:
    """Return how RealmEye does, in words."""
    waiting = f", {look.many(site.waiting, 'page')} waited for" if site.waiting else ""
    if site.away_since is None or site.next_try_at is None:
        return f"RealmEye answers{waiting}"
    return (
        f"RealmEye away since <t:{site.away_since.timestamp():.0f}:t>{waiting}, "
        f"tried again {look.ago(site.next_try_at)}"
    )


def _ms(seconds: float) -> str:
    """Return a latency in words; before the first heartbeat there is none."""
    return f"{seconds * 1000:.0f} ms" if math.isfinite(seconds) else "not measured yet"


def _group(rank: Rank, usable: list[Declared]) -> list[str]:
    """Return the commands of one rank, below its name."""
    title = "Everybody" if rank is Rank.MEMBER else f"{rank.label} and higher"
    return [f"**{title}**", *(f"`/{one.name}` {one.about}" for one in usable if one.needs == rank)]


def _explained(name: str) -> str:
    one = declared.get(name)
    if one is None:
        raise UnknownCommand("There is no such command. /help lists those that you may use.")
    who = "Everybody may use it." if one.needs is Rank.MEMBER else f"It needs {one.needs.label} or higher."
    return f"`/{one.name}` {one.about}. {who}"
