"""Where members ask for a role that is earned: one message a role."""

from collections.abc import Mapping

import discord

from raidbot.bot import look
from raidbot.bot.backend import Backend
from raidbot.bot.panels import Drawing, Spare, Spot, Subject, Versions, panel
from raidbot.core.ids import GuildId
from raidbot.features.custom_roles import api
from raidbot.features.custom_roles.model import PANEL, PanelShown, Terms


@panel
class RequestPanel(Spare):
    """Where members ask for a role. One counts for each; those before it lead there.

    Where staff took it away, /createrole brings it back.
    """

    kind = PANEL

    async def current(self, backend: Backend, guild_id: GuildId) -> Mapping[int, Versions]:
        """Return the messages that count."""
        found = await backend.call(api.read_panels, api.ReadPanels(guild_id))
        return {number: Versions(version) for number, version in found.versions.items()}

    async def draw(self, backend: Backend, subject: Subject, ping: str = "") -> Drawing:  # noqa: ARG002 - it pings nobody
        """Draw what is asked for the role, or that it is given out elsewhere or not at all."""
        shown = await backend.call(api.show_panel, api.ShowPanel(subject.guild_id, subject.id))
        # The button is answered where screenshots are taken: there a member sees how far they are.
        mark = f"verify:role:{int(shown.role_id)}:{subject.id}"
        if shown.is_over or shown.terms is None:
            return Drawing(shown.version, _over(shown), mark, wanted=False, final=True)
        return Drawing(shown.version, _asking(shown, shown.terms, mark), mark)

    async def spot(self, backend: Backend, subject: Subject) -> Spot | None:
        """Return the channel that was chosen for it."""
        shown = await backend.call(api.show_panel, api.ShowPanel(subject.guild_id, subject.id))
        return Spot(shown.channel_id)


def _asking(shown: PanelShown, terms: Terms, mark: str) -> discord.ui.LayoutView:
    parts: list[discord.ui.Item[discord.ui.LayoutView]] = [
        look.text(
            f"### 📷 <@&{shown.role_id}>",
            terms.description,
            terms.instructions or "Show that you have earned it: send a screenshot, and staff decide.",
        )
    ]
    if terms.image_url:
        parts.append(discord.ui.MediaGallery(discord.MediaGalleryItem(terms.image_url)))
    return look.sheet(*parts, look.row(look.button("Request role", mark, look.SUCCESS)))


def _over(shown: PanelShown) -> discord.ui.LayoutView:
    if shown.terms is None or shown.terms.channel_id is None:
        return look.sheet(look.text(f"<@&{shown.role_id}> is not given out here any more."))
    return look.sheet(look.text(f"This has moved: use the newest message in <#{shown.terms.channel_id}>."))
