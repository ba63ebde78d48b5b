"""What a member reads in their inbox, and what calls them to it."""

import discord

from raidbot.bot import look
from raidbot.bot.backend import Backend
from raidbot.bot.buttons import button
from raidbot.bot.notices import Told, notice
from raidbot.bot.presses import Press
from raidbot.bot.rates import INFORMATION, ORGANIZING
from raidbot.bot.replies import Answer
from raidbot.features.guild_config.model import ChannelKey
from raidbot.features.inbox import api
from raidbot.features.inbox.model import WAITING, Envelope, Letter, LetterId


def inbox(letters: list[Letter]) -> discord.ui.LayoutView:
    """Draw a member's letters. Those that do not fit wait for the next look."""
    return look.sheet(look.text("### Your messages"), *(look.text(_letter(one)) for one in letters))


def _letter(one: Letter) -> str:
    new = "" if one.read_at else "🆕 New · "
    return f"**{one.title}**\n{one.body}\n-# {new}{look.ago(one.left_at)}"


async def read(press: Press) -> Answer:
    """Show a member their letters."""
    letters = await press.ask(api.open_inbox, api.OpenInbox(press.guild_id))
    return Answer(view=inbox(letters)) if letters else Answer("Nothing waits for you here.")


@button(r"inbox:open", bucket=INFORMATION)
async def open_inbox(press: Press) -> Answer:
    """Show whoever presses their own letters."""
    return await read(press)


@button(r"inbox:arrived:(?P<letter>\d+)", bucket=ORGANIZING)
async def show_arrival(press: Press) -> Answer:
    """Tell staff whether a letter was read, and not what it says."""
    ask = api.ShowEnvelope(press.guild_id, LetterId(press.ids["letter"]))
    return Answer(arrival(await press.ask(api.show_envelope, ask)))


def arrival(one: Envelope) -> str:
    """Word whether a letter arrived."""
    if one.read_at is not None:
        said = f"read {look.ago(one.read_at)}."
    elif one.called:
        said = "not read yet. A mention in the notices channel calls them to it."
    else:
        said = "not read yet, and nothing calls them to it: set notices with /setchannels. /inbox shows it to them."
    return f"📬 The message to <@{one.user_id}>, left {look.ago(one.left_at)}: {said}"


@notice(WAITING, instead=ChannelKey.NOTICES)
async def call(told: Told, backend: Backend) -> discord.ui.LayoutView:
    """Call a member to their inbox; what waits there is for them alone."""
    del backend
    return look.sheet(
        look.text(f"{told.calls} a message of this server's staff waits for you. Only you can read it."),
        look.row(look.button("My messages", "inbox:open", look.SUCCESS)),
    )
