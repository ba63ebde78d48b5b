"""What staff read about raiders and their names, and the question before a name is taken over."""

import asyncio
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
from raidbot.features.raiders.model import RAIDER_CHANGED, EntryKind, IgnLeftBehind, Raider

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
    names = {name: shown(str(body.get(name) or "no name")) for name in ("old", "new")}
    line = CHANGES[EntryKind(str(body["kind"]))].format(**names)
    before = body["kind"] == EntryKind.VERIFIED and body.get("old") not in (None, body.get("new"))
    return look.sheet(
        look.text(
            f"<@{body['user_id']}> {line}.",
            f"Before: **{names['old']}**" if before else "",
            f"Why: {shown(str(body['why']))}" if body.get("why") else "",
            f"-# By <@{body['by']}>{_how(body.get('how'))} · `{body['user_id']}`",
        )
    )


def _how(how: str | None) -> str:
    return "" if how in (None, "staff") else f", through {how}"


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
