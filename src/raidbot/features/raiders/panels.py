"""What staff read about raiders and their names, and the question before a name is taken over."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import discord

from raidbot.bot import look
from raidbot.bot.backend import Backend
from raidbot.bot.buttons import button
from raidbot.bot.notices import Told, notice
from raidbot.bot.presses import Press
from raidbot.bot.rates import ORGANIZING
from raidbot.bot.replies import Answer
from raidbot.core import igns
from raidbot.core.endpoint import Endpoint
from raidbot.core.ids import UserId
from raidbot.core.ranks import RoleKey
from raidbot.core.text import shown
from raidbot.features.discord_state import api as discord_state
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.raiders import api
from raidbot.features.raiders.model import RAIDER_CHANGED, Entry, EntryKind, History, IgnLeftBehind, Raider, details_of

SHOWN_REASON = 100
"""So many characters of a reason stand in a list."""

NOTHING_HAPPENED = ("Nothing happened to it since it is on record.",)

LOOKS, LOOK_S = 15, 0.2
"""How often, and in which distance in seconds, it is looked whether Discord shows it."""

CLAIMS: dict[str, tuple[Endpoint[Any, Raider], type[api.ClaimIgn], str]] = {
    "verify": (api.verify_raider, api.VerifyRaider, "is verified as"),
    "rename": (api.rename_raider, api.RenameRaider, "is now called"),
    "alt": (api.add_alt, api.AddAlt, "also plays as"),
}
"""What a name can be claimed as: the endpoint, what it is asked, and how the answer says it."""

CHANGES = {
    EntryKind.VERIFIED: "is verified as **{new}**",
    EntryKind.UNVERIFIED: "is not verified any more",
    EntryKind.RENAMED: "is renamed from **{old}** to **{new}**",
    EntryKind.ALT_ADDED: "also plays as **{new}**",
    EntryKind.ALT_REMOVED: "no longer plays as **{old}**",
    EntryKind.TAKEN: "loses the name **{old}**, which they left behind",
}
"""What happened, as the log says it."""


async def claim(press: Press, verb: str, ask: api.ClaimIgn) -> Answer:
    """Claim a name for a member, and tell what Discord shows; a name that was left behind asks first."""
    endpoint, _, says = CLAIMS[verb]
    try:
        raider = await press.ask(endpoint, ask)
    except IgnLeftBehind as behind:
        return Answer(view=_question(verb, ask, behind))
    name = raider.ign if verb != "alt" else ask.ign.strip()
    return await done(press, ask.user_id, f"✅ <@{ask.user_id}> {says} **{shown(name)}**.")


async def done(press: Press, user_id: UserId, line: str) -> Answer:
    """Tell what was written down, and what stands in the way of Discord's showing it."""
    return Answer("\n".join([line, *await _missing_role(press), *await _left(press, user_id)]))


def _question(verb: str, ask: api.ClaimIgn, behind: IgnLeftBehind) -> discord.ui.LayoutView:
    state = "is not verified any more" if behind.details.get("present") else "left the server"
    ids = f"{verb}:{ask.user_id}:{behind.owner}:{ask.ign.strip()}"
    return look.sheet(
        look.text(
            f"**{shown(ask.ign.strip())}** belongs to <@{behind.owner}> (`{behind.owner}`), who {state}.",
            f"Shall it go to <@{ask.user_id}>? Both records say so.",
        ),
        look.row(look.button("Take it over", f"raider:take:{ids}", look.DANGER)),
    )


@button(
    rf"raider:take:(?P<verb>verify|rename|alt):(?P<user>\d+):(?P<owner>\d+):(?P<ign>{igns.PATTERN})",
    bucket=ORGANIZING,
    manner="redraws",
)
async def take_over(press: Press) -> Answer:
    """Take a name from whoever left it behind."""
    verb, user_id = press.words["verb"], UserId(press.ids["user"])
    _, kind, _ = CLAIMS[verb]
    ask = kind(press.guild_id, user_id, press.words["ign"], take_from=UserId(press.ids["owner"]))
    told = await claim(press, verb, ask)
    return told if told.view is not None else Answer(view=look.sheet(look.text(told.text)))


@notice(RAIDER_CHANGED, instead=ChannelKey.VERI_LOG)
async def changed(told: Told, _: Backend) -> discord.ui.LayoutView:
    """Word a change of somebody's names: whom, from what to what, how, why and by whom."""
    body = told.body
    return look.sheet(
        look.text(
            f"<@{body['user_id']}> {_change(body)}.",
            _before(body),
            f"Why: {shown(str(body['why']))}" if body.get("why") else "",
            f"-# By <@{body['by']}>{_how(body.get('how'))} · `{body['user_id']}`",
        ),
        look.row(look.button("All names", f"raider:names:{body['user_id']}")),
    )


def _change(body: Mapping[str, Any]) -> str:
    """Word what happened: `is renamed from **Rook** to **Castle**`."""
    names = {name: shown(str(body.get(name) or "no name")) for name in ("old", "new")}
    return CHANGES[EntryKind(str(body["kind"]))].format(**names)


def _before(body: Mapping[str, Any]) -> str:
    """Word what somebody was called who is verified under another name now."""
    renamed = body["kind"] == EntryKind.VERIFIED and body.get("old") not in (None, body.get("new"))
    return f"Before: **{shown(str(body['old']))}**" if renamed else ""


def _how(how: str | None) -> str:
    return "" if how in (None, "staff") else f", through {how}"


@button(r"raider:names:(?P<user>\d+)", bucket=ORGANIZING)
async def show_names(press: Press) -> Answer:
    """Show staff what happened to the names of the member whom a message is about."""
    return await names_of(press, UserId(press.ids["user"]))


@button(r"raider:names:(?P<user>\d+):(?P<before>\d+)", bucket=ORGANIZING, manner="redraws")
async def turn_names(press: Press) -> Answer:
    """Turn to another page of a member's names."""
    return await names_of(press, UserId(press.ids["user"]), press.ids["before"])


@button(rf"raider:name:(?P<ign>{igns.PATTERN}):(?P<before>\d+)", bucket=ORGANIZING, manner="redraws")
async def turn_name(press: Press) -> Answer:
    """Turn to another page of a name."""
    return await holders_of(press, press.words["ign"], press.ids["before"])


async def names_of(press: Press, user_id: UserId, before: int = 0) -> Answer:
    """Show what a member was called, from the entry before that one on; 0: from the latest on."""
    found = await press.ask(api.read_history, api.ReadHistory(press.guild_id, user_id, before or None))
    one = found.raider
    now = f"Now: **{shown(one.ign)}**, {one.status}" if one else "They have no name here now."
    alts = f"Alts: {', '.join(shown(alt) for alt in one.alts)}" if one and one.alts else ""
    head = look.text(f"### Names of <@{user_id}>", now, alts)
    lines = [f"{_day(entry)} {_change(details_of(entry))}" for entry in found.entries]
    return Answer(view=_pages(head, lines, found, f"raider:names:{user_id}", before))


async def holders_of(press: Press, ign: str, before: int = 0) -> Answer:
    """Show who had a name, from the entry before that one on; 0: from the latest on."""
    found = await press.ask(api.read_name_history, api.ReadNameHistory(press.guild_id, ign, before or None))
    one = found.raider
    now = f"Now: <@{one.user_id}>, whose main IGN is **{shown(one.ign)}**" if one else "Nobody has it now."
    head = look.text(f"### Who had the name {shown(ign)}", now)
    lines = [f"{_day(entry)} <@{entry.user_id}> {_change(details_of(entry))}" for entry in found.entries]
    return Answer(view=_pages(head, lines, found, f"raider:name:{ign}", before))


def _day(entry: Entry) -> str:
    return discord.utils.format_dt(entry.changed_at, "d")


def _pages(
    head: discord.ui.TextDisplay[Any], lines: Sequence[str], found: History, pager: str, before: int
) -> discord.ui.LayoutView:
    """Draw a page of changes, each with who made it, how and why."""
    said = [f"{line}.{_by(entry)}" for line, entry in zip(lines, found.entries, strict=True)]
    turns = [look.button("Newest", f"{pager}:0")] if before else []
    turns += [look.button("Older", f"{pager}:{found.older}")] if found.older else []
    return look.sheet(head, look.text(*said or NOTHING_HAPPENED), *([look.row(*turns)] if turns else []))


def _by(entry: Entry) -> str:
    """Word on a line of its own who changed a name, how and why, and what it was before."""
    body = details_of(entry)
    why = f" · {shown(entry.why[:SHOWN_REASON])}" if entry.why else ""
    before = f" · {_before(body)}" if _before(body) else ""
    return f"\n-# By <@{entry.changed_by}>{_how(entry.how)}{before}{why}"


async def _missing_role(press: Press) -> list[str]:
    """Tell that no role can be given, if the server has not said which."""
    mappings = await press.ask(guild_config.read_mappings, guild_config.ReadMappings(press.guild_id))
    if RoleKey.VERIFIED_RAIDER in mappings.roles:
        return []
    return ["⚠️ No verified role is set. An administrator sets it with /setroles, then /verify gives it."]


async def _left(press: Press, user_id: UserId) -> list[str]:
    """Wait until role and nickname were tried, and tell what stands in the way."""
    ask = discord_state.MemberChores(press.guild_id, user_id)
    for _ in range(LOOKS):
        chores = await press.backend.call(discord_state.member_chores, ask)
        if all(chore.tries for chore in chores):
            return [f"⚠️ {chore.last_error}" for chore in chores if chore.last_error]
        await asyncio.sleep(LOOK_S)  # noqa: TID251 - a member waits in real time
    return ["-# Role and nickname follow in a moment."]
