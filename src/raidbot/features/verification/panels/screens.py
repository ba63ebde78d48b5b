"""What a member sees of their own way: one private message that always shows where they are."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import discord

from raidbot.bot import look
from raidbot.bot.links import links
from raidbot.bot.presses import Press, Screen
from raidbot.bot.replies import Answer, Card
from raidbot.core.ids import GuildId, RoleId, UserId
from raidbot.core.text import shown
from raidbot.features.realmeye.model.requirements import Check
from raidbot.features.realmeye.model.requirements import Outcome as Met
from raidbot.features.verification.model.config import Page
from raidbot.features.verification.model.sessions import Mine, Outcome, Stage, Wait
from raidbot.features.verification.model.tickets import Denial, Place
from raidbot.features.verification.panels.purposes import ending

GREEN, YELLOW = 0x57F287, 0xFEE75C

MARKS = {Met.MET: "✅", Met.NOT_MET: "❌", Met.CANNOT_TELL: "❔"}
"""How a line of the checklist begins."""

ANSWERS = {
    Outcome.UNKNOWN: (
        "❌ RealmEye shows no player **{ign}**. Is the spelling wrong? Press Start over.\n"
        "Is it right? Then your profile is private: on RealmEye open Settings, let everybody see it, and Check again."
    ),
    Outcome.UNREADABLE: "❌ RealmEye sent a page that I cannot read. Check again in a minute, or send a screenshot.",
    Outcome.NO_CODE: (
        "❌ I see **{ign}** on RealmEye, but not the code. Save it in your description, let everybody see that, "
        "wait half a minute, and Check again."
    ),
    Outcome.NOT_MET: "✅ The code is there. This server asks for a little more:",
    Outcome.TAKEN: (
        "❌ The code is there, but another raider of this server has the name **{ign}**. "
        "Write to staff: they sort it out."
    ),
    Outcome.BY_STAFF: (
        "✅ The code is there. Staff verify you by hand here: press Screenshot instead, and they look at it."
    ),
    Outcome.SUSPENDED: "❌ You are suspended here. When that is over, press Get verified again.",
}
"""What came of a look, and what to do about it."""


LONGEST_BOX = 4000
"""Characters in a box; a guild's own words stand last, and are what is cut. docs: Embed Limits: 4096"""

CODE_FOUND = {Outcome.NOT_MET, Outcome.TAKEN, Outcome.SUSPENDED, Outcome.BY_STAFF}
"""After these nobody has to be told how to put the code there."""


def answer(mine: Mine) -> Answer:
    """Draw where a member is."""
    draw = {Stage.NEW: _new, Stage.CODE: _code, Stage.REVIEW: _review, Stage.VERIFIED: _verified}[mine.stage]
    return draw(mine)


def _new(mine: Mine) -> Answer:
    said = _denied(mine) or ["You are not verified yet. Press Get verified and type your name in the game."]
    return _card("", said, _row(_button("Get verified", "verify:ign", discord.ButtonStyle.success)), YELLOW)


def _review(mine: Mine) -> Answer:
    if mine.role_id is not None:
        return waiting_for_role(mine.role_id, mine.place)
    said = [f"📷 Staff look at your screenshot for **{shown(mine.ign or '')}**.", *_place(mine.place, "Get verified")]
    buttons = _row(_button("Other picture", "verify:manual"), _button("RealmEye instead", "verify:ign"))
    return _card("", said, buttons, look.BLUE)


def waiting_for_role(role_id: RoleId, place: Place | None) -> Answer:
    """Draw where somebody stands in line who wants a role."""
    said = [f"📷 Staff look at your screenshot for <@&{role_id}>.", *_place(place, "Request role")]
    return _card("", said, _row(_button("Other picture", "verify:manual" + ending(role_id))), look.BLUE)


def _place(place: Place | None, again: str) -> list[str]:
    if place is None:
        return []
    usual = f" Lately that took about {_length(place.usual_s)}." if place.usual_s else ""
    return [
        f"You are {ordinal(place.number)} in line. You sent it {look.ago(place.opened_at)}.{usual}",
        f"The answer stands here when you press {again} again. Nothing else is needed.",
    ]


def _in_line_too(place: Place | None) -> list[str]:
    if place is None:
        return []
    return [f"📷 Your screenshot waits for staff too, as {ordinal(place.number)} in line. One of the two is enough."]


def _verified(mine: Mine) -> Answer:
    said = [f"✅ You are verified as **{shown(mine.ign or '')}**. Welcome!"]
    said += ["Role and nickname follow in a moment. Your code is not needed any more: remove it if you like."]
    if mine.config.links:
        said += ["What comes next:"]
    links = [discord.ui.Button[discord.ui.View](label=one.label, url=one.url) for one in mine.config.links]
    return _card("", said, _row(*links), GREEN)


def _code(mine: Mine) -> Answer:
    ign, words = mine.ign or "", mine.config.said(Page.REALMEYE)
    status = [*_denied(mine), *_status(mine), *_in_line_too(mine.place)]
    steps = [] if mine.outcome in CODE_FOUND else _steps(ign)
    until = discord.utils.format_dt(mine.expires_at) if mine.expires_at else "tomorrow"
    view = discord.ui.View(timeout=None)
    profile: discord.ui.Button[Any] = discord.ui.Button(label="Open RealmEye", url=links.profile(ign), row=0)
    checks = _button("Check", "verify:look", discord.ButtonStyle.primary)
    view.add_item(checks)
    view.add_item(profile)
    for one in (_button("Screenshot instead", "verify:manual"), _button("Start over", "verify:ign")):
        one.row = 1
        view.add_item(one)
    said = [*status, *([""] if status and steps else []), *steps, f"-# The code is yours, and good until {until}."]
    said += [words.text] if words.text else []
    return _card(mine.code or "", said, view, YELLOW if mine.outcome else look.BLUE, words.image_url)


def _steps(ign: str) -> list[str]:
    return [
        f"**Is {shown(ign)} yours?** Show it with the code above:",
        "1. Hold the code to copy it.",
        "2. Open RealmEye, sign in, and paste it into your description.",
        "3. Save, wait half a minute, and press Check.",
    ]


def _status(mine: Mine) -> list[str]:
    if mine.wait is not None:
        return [_waiting(mine.wait)]
    if mine.outcome is None:
        return []
    lines = [ANSWERS[mine.outcome].format(ign=shown(mine.ign or ""))] if mine.outcome in ANSWERS else []
    return [*lines, *checklist(mine.checklist)]


def _waiting(wait: Wait) -> str:
    if wait.away_since is not None:
        again = discord.utils.format_dt(wait.next_try_at, "R") if wait.next_try_at else "soon"
        return (
            f"⚠️ RealmEye stopped answering {discord.utils.format_dt(wait.away_since, 'R')}. Your place is kept, "
            f"and I try again {again}.\nYou need not wait: press Screenshot instead."
        )
    return (
        f"🔎 Looking at RealmEye: you are {ordinal(wait.place)} in line, about {wait.seconds} s. "
        "The answer appears here by itself."
    )


def checklist(checks: list[Check]) -> list[str]:
    """Return how far a player meets what is asked, a line each."""
    return [_line(one) for one in checks]


def _line(one: Check) -> str:
    found = f" — {shown(one.found)}" if one.found else ""
    how = f"\n-# {one.how}" if one.how and one.outcome is not Met.MET else ""
    return f"{MARKS[one.outcome]} {shown(one.wanted)}{found}{how}"


def _denied(mine: Mine) -> list[str]:
    return [] if mine.denied is None else denied(mine.denied, f"**{shown(mine.denied.ign)}**")


def denied(denial: Denial, what: str) -> list[str]:
    """Tell what staff said no to, and how to do better."""
    lines = [f"❌ Staff looked at your screenshot for {what} {look.ago(denial.at)}: {shown(denial.reason)}"]
    return [*lines, *([f"➡️ {shown(denial.how)}"] if denial.how else [])]


def ordinal(number: int) -> str:
    """Return a place in line: `1st`, `2nd`, `3rd`, `11th`."""
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _length(seconds: int) -> str:
    minutes = max(1, round(seconds / 60))
    return f"{minutes} min" if minutes < 120 else f"{round(minutes / 60)} h"  # noqa: PLR2004 - two hours


def _button(
    label: str, custom_id: str, style: discord.ButtonStyle = discord.ButtonStyle.secondary
) -> discord.ui.Button[Any]:
    return discord.ui.Button(label=label, custom_id=custom_id, style=style)


def _row(*buttons: discord.ui.Item[Any]) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for one in buttons:
        view.add_item(one)
    return view


def _card(content: str, lines: list[str], buttons: discord.ui.View, colour: int, image_url: str = "") -> Answer:
    embed = discord.Embed(description="\n".join(lines).strip()[:LONGEST_BOX], colour=colour)
    if image_url:
        embed.set_image(url=image_url)
    return Answer(content, card=Card(embed, buttons))


@dataclass
class Kept:
    """A member's screen, and what was shown there by itself."""

    screen: Screen
    shows: dict[int, asyncio.Future[bool]] = field(default_factory=dict[int, "asyncio.Future[bool]"])


MOST_KEPT = 1000

kept: dict[tuple[GuildId, UserId], Kept] = {}
"""The newest screen of each member who waits. Lost with the process: then a notice leads them back."""


def keep(press: Press, mine: Mine) -> None:
    """Remember where the answer is to appear for which a member waits."""
    key = (press.guild_id, press.user_id)
    kept.pop(key, None)
    if mine.wait is None or press.screen is None:
        return
    if len(kept) >= MOST_KEPT:
        kept.pop(next(iter(kept)))
    kept[key] = Kept(press.screen)


async def show(who: tuple[GuildId, UserId], version: int, draw: Callable[[], Awaitable[Answer]]) -> bool:
    """Show an answer on the screen of a member who waits, once for each version; tell whether they can see it."""
    found = kept.get(who)
    if found is None:
        return False
    if version not in found.shows:
        found.shows[version] = asyncio.ensure_future(_show(found.screen, draw))
    return await asyncio.shield(found.shows[version])


async def _show(screen: Screen, draw: Callable[[], Awaitable[Answer]]) -> bool:
    return await screen.show(await draw())
