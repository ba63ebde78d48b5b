"""What is read of entries by hand, and how an officer decides about those above the cap."""

import discord

from raidbot.bot import look
from raidbot.bot.backend import Backend
from raidbot.bot.buttons import button
from raidbot.bot.notices import Told, notice
from raidbot.bot.presses import Press
from raidbot.bot.rates import ORGANIZING
from raidbot.bot.replies import Answer
from raidbot.core.text import shown
from raidbot.dungeons import catalogue
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.points import api
from raidbot.features.points.model import CREDIT_WAITS, AwardKind, Credit, CreditId, Logged

THINGS = {AwardKind.LEAD: ("run", "led"), AwardKind.KEY: ("key", "popped")}


def written(logged: Logged) -> discord.ui.LayoutView:
    """Draw what was written by hand, or what waits for an officer."""
    line = f"{_things(logged.quantity, logged.kind)} for <@{logged.user_id}> · {_name(logged.dungeon)}"
    if logged.waits:
        return look.sheet(
            look.text(
                f"⏳ {line}",
                "That is more than you may credit to yourself in a day. An officer was asked to confirm it; "
                "you get a message when they have.",
            )
        )
    return look.sheet(
        look.text(
            f"✅ {line}",
            f"{logged.points:+f} points, for {discord.utils.format_dt(logged.happened_at, 'D')}.",
        )
    )


@notice(CREDIT_WAITS, instead=ChannelKey.BOT_LOG)
async def waits(told: Told, _: Backend) -> discord.ui.LayoutView:
    """Word what somebody wants for themselves above the cap, and ask an officer."""
    body = told.body
    things = _things(int(str(body["quantity"])), AwardKind(str(body["kind"])))
    return look.sheet(
        look.text(
            f"⏳ <@{body['user_id']}> logged **{things}** for themselves · "
            f"{_name(str(body['dungeon']))} · {body['day']}",
            f"> {shown(str(body['reason']))}",
            "-# More than a day allows for oneself. Officers and above decide, once, and not about themselves.",
        ),
        look.row(
            look.button("Confirm", f"credit:confirm:{told.subject_id}", look.SUCCESS),
            look.button("Refuse", f"credit:refuse:{told.subject_id}"),
        ),
    )


@button(r"credit:confirm:(?P<credit>\d+)", bucket=ORGANIZING)
async def confirm(press: Press) -> Answer:
    """Let it count."""
    ask = api.ConfirmCredit(press.guild_id, CreditId(press.ids["credit"]))
    return Answer(f"✅ {_line(await press.ask(api.confirm_credit, ask))} It counts now.")


@button(r"credit:refuse:(?P<credit>\d+)", bucket=ORGANIZING)
async def refuse(press: Press) -> Answer:
    """Leave it out."""
    ask = api.RefuseCredit(press.guild_id, CreditId(press.ids["credit"]))
    return Answer(f"❌ {_line(await press.ask(api.refuse_credit, ask))} It does not count.")


def _line(credit: Credit) -> str:
    return f"{_things(credit.quantity, credit.kind)} for <@{credit.user_id}> · {_name(credit.dungeon)}."


def _things(quantity: int, kind: AwardKind) -> str:
    thing, done = THINGS[kind]
    return f"{quantity:+d} {thing if abs(quantity) == 1 else f'{thing}s'} {done}"


def _name(key: str) -> str:
    dungeon = catalogue.find(key)
    return f"{dungeon.emoji} {dungeon.name}" if dungeon else key
