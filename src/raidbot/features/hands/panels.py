"""What staff read of changes by hand, and how they decide."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import discord

from raidbot.bot import look
from raidbot.bot.backend import Backend
from raidbot.bot.buttons import button
from raidbot.bot.notices import Told, notice
from raidbot.bot.panels import Drawing, Spare, Spot, Subject, Versions, panel
from raidbot.bot.presses import Press
from raidbot.bot.rates import ORGANIZING
from raidbot.bot.replies import Answer
from raidbot.core.ids import GuildId
from raidbot.core.ranks import RoleKey
from raidbot.core.text import shown
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.hands import api
from raidbot.features.hands.model import (
    CROWD,
    HAND,
    PRUNED,
    CrowdId,
    CrowdShown,
    Hand,
    HandId,
    HandKind,
    HandShown,
    HandState,
)
from raidbot.features.reconciliation.model import PlanState

SAYS = {
    HandKind.ROLE_GAINED: "gave <@{user_id}> the role <@&{role_id}> by hand",
    HandKind.ROLE_LOST: "took the role <@&{role_id}> from <@{user_id}> by hand",
    HandKind.NICKNAME: "changed the nickname of <@{user_id}> by hand, from **{old}** to **{new}**",
    HandKind.TIMEOUT: "timed <@{user_id}> out by hand, until {until}",
    HandKind.TIMEOUT_ENDED: "ended the timeout of <@{user_id}> by hand; it was to last until {was}",
    HandKind.KICK: "kicked <@{user_id}> by hand",
    HandKind.BAN: "banned <@{user_id}> by hand",
    HandKind.UNBAN: "lifted the ban of <@{user_id}> by hand",
}

BY_AUTOMOD = "timed <@{user_id}> out, until {until}"
BY_AUTOMOD_AND_OVER = "timed <@{user_id}> out"
"""Where it was over, or they were gone, before anybody could look until when it lasts."""

MOVED = "moved the end of the timeout of <@{user_id}> by hand, from {was} to {until}"

AGAINST_RECORD = "The record says otherwise. Security and above decide, once."
ASKS = {
    HandKind.ROLE_GAINED: AGAINST_RECORD,
    HandKind.ROLE_LOST: AGAINST_RECORD,
    HandKind.NICKNAME: AGAINST_RECORD,
    HandKind.TIMEOUT: "On record. Security and above decide, once, whether it stays.",
    HandKind.TIMEOUT_ENDED: "On record. Security and above decide, once, whether it stays over.",
    HandKind.BAN: "On record. `Put it back` lifts the ban: officers and above, once.",
    HandKind.UNBAN: "On record. `Put it back` bans them again: officers and above, once.",
}
"""What is to be decided."""

KICKED = "On record. A kick cannot be put back: if it was wrong, send them an invitation."
FOLLOWS_RANKS = "It follows ranks, and is put right by itself."
ONE_OF_MANY = "One of many: an administrator decides about all of them at once, in /plans."

RECORDED = "✅ The record says it too, by <@{by}>."
STATES = {
    HandState.RECORDED: RECORDED,
    HandState.PUT_BACK: "↩️ Put back, by <@{by}>.",
    HandState.LEFT: "Left as it is, by <@{by}>.",
}
"""What was decided."""

TALLIES = {
    HandKind.ROLE_GAINED: "got a role",
    HandKind.ROLE_LOST: "lost a role",
    HandKind.NICKNAME: "another nickname",
    HandKind.TIMEOUT: "timed out",
    HandKind.TIMEOUT_ENDED: "timeout ended",
    HandKind.KICK: "kicked",
    HandKind.BAN: "banned",
    HandKind.UNBAN: "ban lifted",
}

PLANS = {
    PlanState.OPEN: "An administrator decides about all of them at once, in /plans.",
    PlanState.ENFORCED: "↩️ Decided in /plans: put back. That goes on behind what members ask for.",
    PlanState.ADOPTED: "✅ Decided in /plans: the record says it too.",
    PlanState.LEFT: "Decided in /plans: left as it is.",
}


async def _current(backend: Backend, guild_id: GuildId, kind: str) -> Mapping[int, Versions]:
    found = await backend.call(api.read_shown, api.ReadShown(guild_id))
    if found.channel_id is None:
        return {}
    versions = found.hands if kind == HAND else found.crowds
    return {number: Versions(version) for number, version in versions.items()}


async def _spot(backend: Backend, guild_id: GuildId) -> Spot | None:
    found = await backend.call(api.read_shown, api.ReadShown(guild_id))
    return Spot(found.channel_id) if found.channel_id else None


@panel
class HandPanel(Spare):
    """One change by hand, who made it, and what was decided about it."""

    kind = HAND

    async def current(self, backend: Backend, guild_id: GuildId) -> Mapping[int, Versions]:
        """Return the changes that have a message for themselves."""
        return await _current(backend, guild_id, HAND)

    async def draw(self, backend: Backend, subject: Subject, ping: str = "") -> Drawing:  # noqa: ARG002 - it pings nobody
        """Draw who changed what, and the buttons to decide or what was decided."""
        told = await backend.call(api.show_hand, api.ShowHand(subject.guild_id, HandId(subject.id)))
        hand = told.hand
        wanted = hand.state in {HandState.OPEN, HandState.NOTED}
        return Drawing(hand.version, _sheet(told), _mark(hand), wanted=wanted, final=told.over)

    async def spot(self, backend: Backend, subject: Subject) -> Spot | None:
        """Return the log of the bot."""
        return await _spot(backend, subject.guild_id)


@panel
class CrowdPanel(Spare):
    """Many changes by hand of one person, as one message that grows."""

    kind = CROWD

    async def current(self, backend: Backend, guild_id: GuildId) -> Mapping[int, Versions]:
        """Return the crowds that are not decided about."""
        return await _current(backend, guild_id, CROWD)

    async def draw(self, backend: Backend, subject: Subject, ping: str = "") -> Drawing:  # noqa: ARG002 - it pings nobody
        """Draw who changed how much, and who decides about it where."""
        told = await backend.call(api.show_crowd, api.ShowCrowd(subject.guild_id, CrowdId(subject.id)))
        return Drawing(told.crowd.version, _crowd(told), f"hand:crowd:{told.crowd.id}", final=told.over)

    async def spot(self, backend: Backend, subject: Subject) -> Spot | None:
        """Return the log of the bot."""
        return await _spot(backend, subject.guild_id)


def _mark(hand: Hand) -> str:
    """Return the button by which its message is found: it was posted before anybody decided."""
    return f"hand:show:{hand.id}" if hand.state is HandState.NOTED else f"hand:back:{hand.id}"


def _sheet(told: HandShown) -> discord.ui.LayoutView:
    hand = told.hand
    sign = "🤖" if hand.changed_by is None else "✋"
    lines = [
        f"{sign} {_who(hand)} {_line(hand)}.",
        f"Rule: **{shown(hand.automod_rule)}**" if hand.automod_rule else "",
        f"Reason: {shown(hand.reason)}" if hand.reason else "",
    ]
    return look.sheet(look.text(*lines, *_decision(told)), *_buttons(hand))


def _who(hand: Hand) -> str:
    if hand.changed_by is None:
        return "AutoMod"
    return f"The bot <@{hand.changed_by}>" if hand.by_bot else f"<@{hand.changed_by}>"


def _says(hand: Hand) -> str:
    if hand.changed_by is None:
        return BY_AUTOMOD if hand.until_at else BY_AUTOMOD_AND_OVER
    return MOVED if hand.kind is HandKind.TIMEOUT and _still_lasted(hand) else SAYS[hand.kind]


def _line(hand: Hand) -> str:
    return _says(hand).format(
        user_id=hand.user_id,
        role_id=hand.role_id,
        old=shown(hand.old) or "none",
        new=shown(hand.new) or "none",
        until=_moment(hand.until_at),
        was=_moment(hand.was_until),
    )


def _still_lasted(hand: Hand) -> bool:
    """Tell whether another timeout was running when this one was given."""
    return hand.was_until is not None and hand.was_until > hand.changed_at


def _moment(moment: datetime | None) -> str:
    return discord.utils.format_dt(moment, "f") if moment else "now"


def _decision(told: HandShown) -> list[str]:
    hand, id_line = told.hand, f" · `{int(told.hand.user_id)}`"
    if said := STATES.get(hand.state):
        hindered = f"⚠️ {shown(told.hindered)}" if told.hindered else ""
        return [said.format(by=hand.decided_by), hindered]
    if hand.state is HandState.NOTED:
        return [f"-# {FOLLOWS_RANKS if hand.role_key == RoleKey.TEAM else KICKED}{id_line}"]
    return [f"-# {ASKS[hand.kind] if hand.plan_id is None else ONE_OF_MANY}{id_line}"]


def _buttons(hand: Hand) -> list[discord.ui.Item[Any]]:
    """Return how it is decided. What is on record as it is can only be put back."""
    if hand.state is HandState.NOTED or hand.plan_id is not None:
        return [look.row(look.button("On record", f"hand:show:{hand.id}", disabled=True))]
    if hand.state is not HandState.OPEN:
        return []
    record = look.button("Make it the record", f"hand:record:{hand.id}", look.PRIMARY)
    has_choice = hand.kind not in {HandKind.BAN, HandKind.UNBAN}
    back = look.button("Put it back", f"hand:back:{hand.id}")
    return [look.row(*([record] if has_choice else []), back)]


def _crowd(told: CrowdShown) -> discord.ui.LayoutView:
    crowd = told.crowd
    who = "Several people" if crowd.changed_by is None else f"<@{crowd.changed_by}>"
    who = f"The bot {who}" if crowd.by_bot and crowd.changed_by else who
    who = "AutoMod" if crowd.by_automod else who
    changes: dict[HandKind, int] = {}
    for one in told.tallies:
        changes[one.kind] = changes.get(one.kind, 0) + one.changes
    left = sum(one.changes for one in told.tallies if one.state is HandState.LEFT)
    return look.sheet(
        look.text(
            f"### ✋ {look.many(told.members, 'member')} changed by hand"
            if not crowd.by_automod
            else f"### 🤖 {look.many(told.members, 'member')} timed out by AutoMod",
            f"{who} did that, besides what is shown above one by one."
            if crowd.changed_by or crowd.by_automod
            else f"{who} did that.",
            *(f"- {number} {TALLIES[kind]}" for kind, number in changes.items()),
            f"-# {_asked(told)}",
            f"-# {look.many(left, 'change')} stayed as it is: a nickname without a free IGN."
            if left and told.plan_state is PlanState.ADOPTED
            else "",
        ),
        look.row(look.button("On record", f"hand:crowd:{crowd.id}", disabled=True)),
        colour=look.AMBER if told.plan_state in {None, PlanState.OPEN} else None,
    )


def _asked(told: CrowdShown) -> str:
    if told.plan_state is not None and told.plan_state in PLANS:
        return PLANS[told.plan_state]
    if told.crowd.due_at is not None:
        return "It goes on. Once it is quiet for a minute, an administrator is asked about all of it."
    return "On record. There is nothing to decide: what is left cannot be put back."


@notice(PRUNED, instead=ChannelKey.BOT_LOG)
async def log_prune(told: Told, _: Backend) -> discord.ui.LayoutView:
    """Log that somebody put out many at once: how many, after how long, who, and why."""
    body = told.body
    who = f"the bot <@{body['by']}>" if body["by_bot"] else f"<@{body['by']}>"
    members, days = (look.many(int(body[key]), one) for key, one in (("members", "member"), ("inactive_days", "day")))
    return look.sheet(
        look.text(
            f"✋ Pruned **{members}**, {days} inactive, by {who}.",
            f"Reason: {shown(str(body['reason']))}" if body["reason"] else "",
            "-# On record. Discord does not say whom; a prune cannot be put back, and all of them may come in again.",
        )
    )


@button(r"hand:record:(?P<hand>\d+)", bucket=ORGANIZING)
async def record(press: Press) -> Answer:
    """Let the record say it too."""
    hand = await press.ask(api.record_hand, api.RecordHand(press.guild_id, HandId(press.ids["hand"])))
    return Answer(f"✅ On record for <@{hand.user_id}>.")


@button(r"hand:back:(?P<hand>\d+)", bucket=ORGANIZING)
async def put_back(press: Press) -> Answer:
    """Let Discord show the record again."""
    hand = await press.ask(api.put_hand_back, api.PutHandBack(press.guild_id, HandId(press.ids["hand"])))
    return Answer(f"✅ Put back for <@{hand.user_id}>. Discord shows it in a moment.")
