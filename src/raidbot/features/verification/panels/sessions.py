"""What the buttons of a member's own way do."""

from collections.abc import Mapping

import discord

from raidbot.bot import look
from raidbot.bot.backend import Backend
from raidbot.bot.buttons import button, form, form_button
from raidbot.bot.notices import Told, notice
from raidbot.bot.panels import Drawing, Spare, Spot, Subject, Versions, panel
from raidbot.bot.presses import Press
from raidbot.bot.rates import INFORMATION
from raidbot.bot.replies import Answer
from raidbot.core.ids import GuildId, UserId
from raidbot.core.text import shown
from raidbot.features.guild_config.model import ChannelKey, Unmapped
from raidbot.features.verification.api import config as config_api
from raidbot.features.verification.api import sessions as api
from raidbot.features.verification.model.config import PANEL, ConfigShown, Page
from raidbot.features.verification.model.sessions import ANSWERED, Mine, Stage
from raidbot.features.verification.panels import screens
from raidbot.features.verification.panels.buckets import FORM, LOOK, START

LONGEST_IGN = 16

WELCOME = (
    "### ✅ Get verified",
    "Show that your character is yours, and the raids are open to you. It takes a minute and happens here, in private.",
)

OPEN_SECTIONS = (
    "-# RealmEye must show it to everybody: sign in there, open Settings, and make visible what the list asks for."
)


def form_for_ign(ign: str = "") -> discord.ui.Modal:
    """Return the form that asks for an IGN."""
    modal = discord.ui.Modal(title="Get verified", custom_id="verify:begin")
    typed: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
        custom_id="ign", placeholder="Rook", default=ign or None, min_length=1, max_length=LONGEST_IGN
    )
    modal.add_item(discord.ui.Label(text="Your name in the game", description="As the game shows it", component=typed))
    return modal


@form_button(r"verify:open", bucket=START)
async def open_mine(press: Press) -> discord.ui.Modal | Answer:
    """Show where the member is; ask for the IGN where nothing has begun."""
    mine = await press.ask(api.open_mine, api.OpenMine(press.guild_id))
    if mine.stage is Stage.NEW and mine.denied is None:
        return form_for_ign()
    return _shown(press, mine)


async def open_by_command(press: Press) -> Answer:
    """Show where the member is; a command opens no form, so that a button does where nothing has begun."""
    return _shown(press, await press.ask(api.open_mine, api.OpenMine(press.guild_id)))


@form_button(r"verify:ign", bucket=START)
async def ask_ign(press: Press) -> discord.ui.Modal:  # noqa: ARG001 - it opens whatever the backend does
    """Ask for the IGN, or for another one."""
    return form_for_ign()


@form(r"verify:begin", bucket=FORM)
async def begin(press: Press) -> Answer:
    """Begin with an IGN: the code stands alone, to be copied."""
    return _shown(press, await press.ask(api.begin, api.Begin(press.guild_id, press.fields.get("ign", ""))))


@button(r"verify:look", bucket=LOOK, manner="redraws")
async def look_for_code(press: Press) -> Answer:
    """Look for the code on RealmEye."""
    return _shown(press, await press.ask(api.look, api.Look(press.guild_id)))


@button(r"verify:needs:(?P<panel>\d+)", bucket=INFORMATION)
async def tell_needs(press: Press) -> Answer:
    """Tell what the server asks of players."""
    found = await press.backend.call(config_api.read_config, config_api.ReadConfig(press.guild_id))
    return Answer(view=needs(found))


def needs(found: ConfigShown) -> discord.ui.LayoutView:
    """Draw what a server asks of players, in words."""
    if not found.wanted:
        return look.sheet(look.text("### What you need", "Nothing but an account of the game. Press Get verified."))
    lines = [f"• {shown(one)}" for one in found.wanted]
    return look.sheet(look.text("### What you need", *lines), look.text(OPEN_SECTIONS))


def _shown(press: Press, mine: Mine) -> Answer:
    screens.keep(press, mine)
    return screens.answer(mine)


async def show_by_itself(backend: Backend, who: tuple[GuildId, UserId], version: int) -> bool:
    """Show a member on their screen what has happened; tell whether they can see it."""

    async def draw() -> Answer:
        return screens.answer(await backend.call(api.show_mine, api.ShowMine(who[0]), actor=who[1]))

    return await screens.show(who, version, draw)


@notice(ANSWERED, instead=ChannelKey.NOTICES)
async def lead_back(told: Told, backend: Backend) -> discord.ui.LayoutView | None:
    """Lead a member to their answer, unless they see it already."""
    user_id = told.user_ids[0]
    if await show_by_itself(backend, (told.guild_id, user_id), int(told.body.get("checks", 0))):
        return None
    return look.sheet(
        look.text(f"{told.calls} your verification has an answer. Only you can read it."),
        look.row(look.button("Get verified", "verify:open", look.SUCCESS)),
    )


@panel
class VerificationPanel(Spare):
    """Where members begin. One counts in a guild; those before it lead there.

    Where staff took it away, /configverification send-panel brings another one.
    """

    kind = PANEL

    async def current(self, backend: Backend, guild_id: GuildId) -> Mapping[int, Versions]:
        """Return the panel that counts, if one was sent."""
        found = await backend.call(config_api.read_config, config_api.ReadConfig(guild_id))
        return {found.panel: Versions(found.version)} if found.panel else {}

    async def draw(self, backend: Backend, subject: Subject, ping: str = "") -> Drawing:  # noqa: ARG002 - it pings nobody
        """Draw where to begin, or that it is elsewhere now."""
        found = await backend.call(config_api.read_config, config_api.ReadConfig(subject.guild_id))
        if subject.id != found.panel:
            return Drawing(found.version, _moved(found), _mark(subject.id), wanted=False, final=True)
        return Drawing(found.version, drawn(found), _mark(found.panel))

    async def spot(self, backend: Backend, subject: Subject) -> Spot | None:
        """Return the mapped channel.

        Raises:
            Unmapped: none is.
        """
        found = await backend.call(config_api.read_config, config_api.ReadConfig(subject.guild_id))
        if found.channel_id is None:
            raise Unmapped("No getverified channel is set. An administrator sets it with /setchannels.")
        return Spot(found.channel_id)


def drawn(found: ConfigShown) -> discord.ui.LayoutView:
    """Draw the panel with the guild's own words and picture."""
    words = found.config.said(Page.PANEL)
    parts: list[discord.ui.Item[discord.ui.LayoutView]] = [look.text(*WELCOME, words.text)]
    if words.image_url:
        parts.append(discord.ui.MediaGallery(discord.MediaGalleryItem(words.image_url)))
    needed = look.button("What do I need?", _mark(found.panel))
    return look.sheet(*parts, look.row(look.button("Get verified", "verify:open", look.SUCCESS), needed))


def _mark(number: int) -> str:
    """Return the custom id that a panel has and no other message."""
    return f"verify:needs:{number}"


def _moved(found: ConfigShown) -> discord.ui.LayoutView:
    where = f" in <#{found.channel_id}>" if found.channel_id else ""
    return look.sheet(look.text(f"This has moved: use the newest message{where}."))
