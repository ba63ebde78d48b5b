"""What security reads of the watch list."""

import discord

from raidbot.bot import look
from raidbot.bot.backend import Backend
from raidbot.bot.notices import Told, notice
from raidbot.core.text import shown
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.watch_list.model import WATCH_HIT, Effect, Imported, Occasion, Watch

ON_A_PAGE = 15
LONGEST_REASON = 150
RED = 0xC0392B

EFFECTS = {
    Effect.ALERT: "security is told",
    Effect.REVIEW: "verified by hand only",
    Effect.REFUSE: "not verified",
}

OCCASIONS = {
    Occasion.VERIFY: "is being verified",
    Occasion.EDIT_NAME: "gets another IGN",
    Occasion.ADD_ALT: "gets an alt",
    Occasion.JOIN: "came to the server",
    Occasion.HISTORY: "had another name before, as RealmEye shows",
}


@notice(WATCH_HIT, instead=ChannelKey.BOT_LOG)
async def turned_up(told: Told, _: Backend) -> discord.ui.LayoutView:
    """Word that somebody on the list turned up: who, at what, and why they are on it."""
    body = told.body
    who = f"<@{body['user_id']}>{_called([shown(str(one)) for one in body['names']])}"
    evidence = str(body.get("evidence") or "")
    return look.sheet(
        look.text(
            told.calls,
            f"👁️ {who} {OCCASIONS[Occasion(str(body['occasion']))]}.",
            f"Watch list, number {told.subject_id}: {shown(str(body['reason']))}",
            f"Evidence: {shown(evidence)}" if evidence else "",
            f"-# {EFFECTS[Effect(str(body['effect']))]} · `{body['user_id']}`",
        ),
        colour=RED,
    )


def _called(names: list[str]) -> str:
    """Word the name that somebody claims, and those that they had before."""
    if not names:
        return ""
    once = f", once **{', '.join(names[1:])}**" if names[1:] else ""
    return f" (**{names[0]}**{once})"


def listed(watches: list[Watch]) -> discord.ui.LayoutView:
    """Draw the latest entries."""
    more = len(watches) - ON_A_PAGE
    return look.sheet(
        look.text(f"### Watch list: {len(watches)}", *(line(one) for one in watches[:ON_A_PAGE])),
        *([look.text(f"-# {more} more stand in the file of /watch export.")] if more > 0 else []),
    )


def line(one: Watch) -> str:
    """Word one entry."""
    who = " ".join(
        part for part in (f"<@{one.user_id}>" if one.user_id else "", f"**{one.ign}**" if one.ign else "") if part
    )
    until = f", until {look.ago(one.until)}" if one.until else ""
    return (
        f"`{one.id}` {who}: {shown(one.reason[:LONGEST_REASON])} — {EFFECTS[one.effect]}{until}, by <@{one.added_by}>"
    )


def imported(told: Imported) -> str:
    """Word what came of a file."""
    lines = [f"✅ Added: {told.added}. On the list already: {told.known}."]
    if told.unreadable:
        lines.append(f"⚠️ {len(told.unreadable)} not readable:")
        lines += [f"Line {one.line}: {shown(one.why[:LONGEST_REASON])}" for one in told.unreadable[:10]]
    return "\n".join(lines)
