"""The line of staff: one message a guild, and the card on which each screenshot is decided."""

from collections.abc import Mapping
from typing import Any

import discord

from raidbot.bot import look
from raidbot.bot.backend import Backend
from raidbot.bot.buttons import button, form, form_button
from raidbot.bot.notices import Told, notice
from raidbot.bot.panels import Drawing, Spare, Spot, Subject, Versions, panel
from raidbot.bot.presses import Press
from raidbot.bot.rates import ORGANIZING
from raidbot.bot.replies import Answer
from raidbot.bot.seeing import in_place
from raidbot.core.errors import Refusal
from raidbot.core.ids import ChannelId, GuildId, MessageId
from raidbot.core.text import shown
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.raiders.model import IgnTaken
from raidbot.features.realmeye.model.facts import Standing
from raidbot.features.realmeye.model.requirements import Check
from raidbot.features.verification.api import tickets as api
from raidbot.features.verification.model.config import LONGEST_HOW, QUEUE
from raidbot.features.verification.model.tickets import (
    DECIDED,
    LOGGED,
    STALE_TICKETS,
    AlreadyReviewed,
    Case,
    Denial,
    Line,
    Ticket,
    TicketId,
    TicketState,
    UnknownTicket,
)
from raidbot.features.verification.panels.purposes import FOR, LOOKED_AT, ending, role_of
from raidbot.features.verification.panels.screens import MARKS
from raidbot.features.watch_list.model import Watch

SHOWN_REASON = 200
"""So many characters of a reason stand on the card."""

UNSEEN = {
    Standing.NOT_SHOWN: "RealmEye showed no such player, or one who hides everything,",
    Standing.UNREADABLE: "RealmEye sent a page that I could not read",
}
"""Why nothing is known of a player although RealmEye was looked at, before the time of that."""

SHOWN_ASKED = 400
"""So many of what a role asks for."""

OVER = (AlreadyReviewed, UnknownTicket)
"""Refusals after which a card is of no use any more."""

DONE = {TicketState.APPROVED: "✅ **{ign}** is verified.", TicketState.DENIED: "❌ **{ign}** is denied: {reason}"}
"""What was decided, as staff read it."""

DONE_FOR_ROLE = {TicketState.APPROVED: "✅ {role} is theirs.", TicketState.DENIED: "❌ {role} is denied: {reason}"}
"""The same about a role."""


def _ticket(press: Press) -> TicketId:
    return TicketId(press.ids["ticket"])


def _same(press: Press) -> str:
    """Return the ids of a press for the form that it opens."""
    return str(_ticket(press)) + ending(role_of(press), press.ids.get("picture"))


@button(r"verify:next:(?P<queue>\d+)", bucket=ORGANIZING, manner="redraws")
async def take_next(press: Press) -> Answer:
    """Take the screenshot that has waited longest."""
    return await _card(press, await press.ask(api.take_next, api.TakeNext(press.guild_id)))


@button(r"verify:shot:(?P<picture>\d+):(?P<user>\d+)" + FOR, bucket=ORGANIZING)
async def take_shown(press: Press) -> Answer:
    """Take the screenshot below which it was pressed."""
    return await _card(press, await press.ask(api.take_shown, api.TakeShown(press.guild_id, press.ids["picture"])))


@button(r"verify:skip:(?P<ticket>\d+)", bucket=ORGANIZING, manner="redraws")
async def skip(press: Press) -> Answer:
    """Leave a screenshot to others, and take the next one."""
    try:
        case = await press.ask(api.take_next, api.TakeNext(press.guild_id, passed=_ticket(press)))
    except OVER as over:
        return _over(over)
    return await _card(press, case)


@button(r"verify:approve:(?P<ticket>\d+)" + LOOKED_AT, bucket=ORGANIZING, manner="redraws")
async def approve(press: Press) -> Answer:
    """Verify a member under the name that they typed, or give them the role."""
    return await _approve(press, None)


@form_button(r"verify:approve_as:(?P<ticket>\d+)" + LOOKED_AT, bucket=ORGANIZING)
async def ask_name(press: Press) -> discord.ui.Modal:
    """Ask for the name that the screenshot shows."""
    modal = discord.ui.Modal(title="Approve as", custom_id=f"verify:approved_as:{_same(press)}")
    ign = discord.ui.TextInput[discord.ui.Modal](custom_id="ign", min_length=1, max_length=16)
    modal.add_item(discord.ui.Label(text="IGN", description="As the screenshot shows it", component=ign))
    return modal


@form(r"verify:approved_as:(?P<ticket>\d+)" + LOOKED_AT, bucket=ORGANIZING, manner="redraws")
async def approve_as(press: Press) -> Answer:
    """Verify a member under another name."""
    return await _approve(press, press.fields.get("ign", ""))


async def _approve(press: Press, ign: str | None) -> Answer:
    role = press.guild.get_role(press.ids.get("role", 0))
    ask = api.Approve(
        press.guild_id, _ticket(press), ign, role and in_place(role), picture=press.ids.get("picture") or None
    )
    try:
        return _done(await press.ask(api.approve, ask))
    except OVER as over:
        return _over(over)
    except IgnTaken as taken:
        owner = taken.details.get("user_id")
        return Answer(
            f"⚠️ <@{owner}> (`{owner}`) has that IGN, and nothing was changed. "
            "Sort out whose it is, use Approve as…, or deny."
        )


@button(r"verify:deny:(?P<ticket>\d+)" + LOOKED_AT, bucket=ORGANIZING, manner="redraws")
async def deny(press: Press) -> Answer:
    """Deny a screenshot for the reason that was chosen."""
    preset = press.choices[0] if press.choices else None
    return await _deny(press, preset=preset)


@form_button(r"verify:deny_as:(?P<ticket>\d+)" + LOOKED_AT, bucket=ORGANIZING)
async def ask_reason(press: Press) -> discord.ui.Modal:
    """Ask for a reason in own words. Whoever sends no form denies nothing."""
    modal = discord.ui.Modal(title="Deny", custom_id=f"verify:denied_as:{_same(press)}")
    reason = discord.ui.TextInput[discord.ui.Modal](custom_id="reason", min_length=1, max_length=LONGEST_HOW)
    how = discord.ui.TextInput[discord.ui.Modal](custom_id="how", required=False, max_length=LONGEST_HOW)
    modal.add_item(discord.ui.Label(text="Why", description="The member reads it", component=reason))
    modal.add_item(discord.ui.Label(text="How to do better", component=how))
    return modal


@form(r"verify:denied_as:(?P<ticket>\d+)" + LOOKED_AT, bucket=ORGANIZING, manner="redraws")
async def deny_as(press: Press) -> Answer:
    """Deny a screenshot in own words."""
    return await _deny(press, reason=press.fields.get("reason", ""), how=press.fields.get("how", ""))


async def _deny(press: Press, *, preset: str | None = None, reason: str = "", how: str = "") -> Answer:
    ask = api.Deny(
        guild_id=press.guild_id,
        ticket_id=_ticket(press),
        picture=press.ids.get("picture") or None,
        preset=preset,
        reason=reason,
        how=how,
    )
    try:
        return _done(await press.ask(api.deny, ask))
    except OVER as over:
        return _over(over)


def _over(refused: Refusal) -> Answer:
    """Say in place of the card that nothing is left to decide on it, and lead on."""
    return Answer(view=look.sheet(look.text(f"⚠️ {refused.sentence}"), _next()))


def _next() -> discord.ui.ActionRow[discord.ui.LayoutView]:
    return look.row(look.button("Next", "verify:next:0", look.PRIMARY))


def _done(ticket: Ticket) -> Answer:
    done = DONE_FOR_ROLE if ticket.role_id else DONE
    said = done[ticket.state].format(
        ign=shown(ticket.ign), role=f"<@&{ticket.role_id}>", reason=shown(ticket.reason or "")
    )
    return Answer(view=look.sheet(look.text(f"{said} (<@{ticket.user_id}>)"), _next()))


async def _card(press: Press, case: Case) -> Answer:
    pictures = [await press.pictures.address_of(one.channel_id, one.message_id) for one in case.evidence[:1]]
    here = press.guild.get_member(case.ticket.user_id) is not None
    return Answer(view=card(case, next(iter(pictures), None), press.guild_id, here=here))


def card(case: Case, picture: str | None, guild_id: GuildId, *, here: bool = True) -> discord.ui.LayoutView:
    """Draw a screenshot with all that helps to decide about it."""
    ticket = case.ticket
    made = discord.utils.snowflake_time(ticket.user_id)
    what = f"<@&{ticket.role_id}> for {shown(ticket.ign)}".removesuffix(" for ") if ticket.role_id else None
    parts: list[discord.ui.Item[discord.ui.LayoutView]] = [
        look.text(
            f"### {what or shown(ticket.ign)} — <@{ticket.user_id}>",
            f"Sent {look.ago(ticket.opened_at)} · Discord account made {look.ago(made)}",
            "" if here else "⚠️ They have left the server. What you decide counts if they come back.",
            *_wanted(case),
            f"Asked for: {shown((case.asked.words.text or case.asked.description)[:SHOWN_ASKED])}"
            if case.asked
            else "",
            *(_watched(one) for one in case.watched[:3]),
            *(_denial(one) for one in case.denials),
        )
    ]
    if picture is not None:
        parts.append(discord.ui.MediaGallery(discord.MediaGalleryItem(picture)))
    elif case.evidence:
        first = case.evidence[0]
        where = look.link(guild_id, first.channel_id, first.message_id)
        parts.append(look.text(f"⚠️ The picture cannot be shown here. Look: {where}"))
    names = [(one.name, one.name) for one in case.presets]
    one = f"{ticket.id}{ending(ticket.role_id, next((one.key for one in case.evidence), 0))}"
    own = look.button("Deny in words", f"verify:deny_as:{one}", look.DANGER)
    other_name = [] if ticket.role_id else [look.button("Approve as…", f"verify:approve_as:{one}")]
    return look.sheet(
        *parts,
        look.row(
            look.button("Approve", f"verify:approve:{one}", look.SUCCESS),
            *other_name,
            own,
            look.button("Skip", f"verify:skip:{ticket.id}"),
        ),
        look.menu(f"verify:deny:{one}", "Deny because …", names),
        look.text(f"-# Yours for five minutes. Behind it in line: {case.left}. Ticket {ticket.id}, `{ticket.user_id}`"),
    )


def _wanted(case: Case) -> list[str]:
    """Word what the server asks of players, and how far this one is as RealmEye showed it lately."""
    if not case.wanted:
        return []
    asked = f"Asked for here: {', '.join(shown(one) for one in case.wanted)}"
    if case.measured is None:
        return [asked, "-# RealmEye was not looked at lately."]
    when = look.ago(case.measured.read_at)
    if case.measured.standing is not Standing.SHOWN:
        return [asked, f"-# {UNSEEN[case.measured.standing]} {when}."]
    return [f"Asked for here, as RealmEye showed it {when}:", *(_check(one) for one in case.measured.checklist)]


def _check(one: Check) -> str:
    found = shown(one.found) if one.found else "RealmEye does not tell"
    return f"{MARKS[one.outcome]} {shown(one.wanted)} — {found}"


def _watched(one: Watch) -> str:
    return f"🚩 Watch list {one.id} ({one.effect}): {shown(one.reason[:SHOWN_REASON])}"


def _denial(one: Denial) -> str:
    return f"Denied {look.ago(one.at)} as {shown(one.ign)}: {shown(one.reason[:SHOWN_REASON])}"


@panel
class QueuePanel(Spare):
    """How many screenshots wait, for staff. One message counts in a guild.

    Where it is missing, each picture has a button of its own.
    """

    kind = QUEUE

    async def current(self, backend: Backend, guild_id: GuildId) -> Mapping[int, Versions]:
        """Return the message, once somebody has waited and there is a place for it."""
        line = await backend.call(api.read_line, api.ReadLine(guild_id))
        return {line.queue: Versions(line.version)} if line.version and line.channel_id else {}

    async def draw(self, backend: Backend, subject: Subject, ping: str = "") -> Drawing:  # noqa: ARG002 - it pings nobody
        """Draw how many wait, or that the message is elsewhere now."""
        line = await backend.call(api.read_line, api.ReadLine(subject.guild_id))
        mark = f"verify:next:{subject.id}"
        if subject.id != line.queue:
            moved = look.sheet(look.text(f"This has moved to <#{line.channel_id}>."))
            return Drawing(line.version, moved, mark, wanted=False, final=True)
        return Drawing(line.version, _queue(line), mark)

    async def spot(self, backend: Backend, subject: Subject) -> Spot | None:
        """Return the channel where staff review; without one nobody can wait."""
        line = await backend.call(api.read_line, api.ReadLine(subject.guild_id))
        return Spot(line.channel_id) if line.channel_id else None


def _queue(line: Line) -> discord.ui.LayoutView:
    since = f" — the oldest sent {look.ago(line.oldest_at)}" if line.oldest_at else ""
    said = f"### 📷 {look.many(line.waiting, 'screenshot')} to review{since}" if line.waiting else "### 📷 Nobody waits"
    following = look.button("Next", f"verify:next:{line.queue}", look.PRIMARY, disabled=not line.waiting)
    return look.sheet(
        look.text(said, "-# Next takes the oldest for five minutes; only you see it."), look.row(following)
    )


@notice(DECIDED, instead=ChannelKey.NOTICES)
async def lead_to_decision(told: Told, _: Backend) -> discord.ui.LayoutView:
    """Lead a member to what staff decided; only they read it."""
    return look.sheet(
        look.text(f"{told.calls} staff have looked at your screenshot. Only you can read the answer."),
        look.row(look.button("Get verified", "verify:open", look.SUCCESS)),
    )


@notice(LOGGED, instead=ChannelKey.VERI_LOG)
async def log_decision(told: Told, _: Backend) -> discord.ui.LayoutView:
    """Log a decision: who, what, when, and the picture."""
    body = told.body
    approved = body["state"] == TicketState.APPROVED
    where = [
        look.link(told.guild_id, ChannelId(int(channel)), MessageId(int(message)))
        for channel, message in body.get("pictures", ())
    ]
    said = "✅ Screenshot approved" if approved else "❌ Screenshot denied"
    return look.sheet(
        look.text(
            f"{said}: <@{body['user_id']}> {_about(body)}",
            f"Why: {shown(str(body['reason']))}" if body.get("reason") else "",
            f"How to do better: {shown(str(body['how']))}" if body.get("how") else "",
            f"Picture: {' '.join(where)}" if where else "",
            f"-# By <@{body['by']}> · ticket {told.subject_id} · `{body['user_id']}`",
        ),
        # Notices of an older backend name no letter.
        *([look.row(look.button("Did they read it?", f"inbox:arrived:{body['letter']}"))] if "letter" in body else []),
    )


def _about(body: Mapping[str, Any]) -> str:
    ign = f"as **{shown(str(body['ign']))}**" if body["ign"] else ""
    return f"{ign} for <@&{body['role_id']}>".strip() if body.get("role_id", "0") != "0" else ign


@notice(STALE_TICKETS, instead=ChannelKey.MANUAL_VERIFICATION)
async def remind(told: Told, backend: Backend) -> discord.ui.LayoutView | None:
    """Remind staff of screenshots that wait too long."""
    line = await backend.call(api.read_line, api.ReadLine(told.guild_id))
    oldest = line.oldest_at
    if not line.waiting or oldest is None:
        return None
    return look.sheet(
        look.text(f"⏰ {look.many(line.waiting, 'screenshot')} to review, the oldest sent {look.ago(oldest)}."),
        _next(),
    )
