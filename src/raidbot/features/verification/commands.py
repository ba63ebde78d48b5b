"""Slash commands of verification: what a guild sets."""

from typing import TypeAlias

from discord import app_commands

from raidbot.bot import look
from raidbot.bot.commands import command, group
from raidbot.bot.presses import Press
from raidbot.bot.rates import CONFIGURATION
from raidbot.bot.replies import Answer
from raidbot.core.ranks import Rank
from raidbot.core.text import shown
from raidbot.features.realmeye.model.requirements import Requirement
from raidbot.features.verification.api import config as api
from raidbot.features.verification.model.config import (
    LONGEST_HOW,
    LONGEST_LABEL,
    LONGEST_TEXT,
    LONGEST_URL,
    Cleared,
    ConfigShown,
    Page,
)
from raidbot.features.verification.panels.buckets import START
from raidbot.features.verification.panels.sessions import open_by_command
from raidbot.features.verification.rules.config import READERS, presets_of


@command("getverified", "Where you are on the way to being verified", bucket=START)
async def get_verified(press: Press) -> Answer:
    """Show a member where they are, as the button of the panel does."""
    return await open_by_command(press)


group("configverification", "How members are verified on this server")

Text: TypeAlias = app_commands.Range[str, 1, LONGEST_TEXT]
Url: TypeAlias = app_commands.Range[str, 1, LONGEST_URL]
Label: TypeAlias = app_commands.Range[str, 1, LONGEST_LABEL]
How: TypeAlias = app_commands.Range[str, 1, LONGEST_HOW]
Value: TypeAlias = app_commands.Range[str, 1, 100]

SHOWN_CHARACTERS = 150
"""So much of a text of the guild's own is shown in the list."""

REQUIREMENTS = [
    app_commands.Choice(name=one.value.replace("_", " ").capitalize(), value=one.value) for one in Requirement
]
CLEARED = [app_commands.Choice(name=one.label, value=one.value) for one in Cleared]


@command("configverification view", "Show how members are verified", needs=Rank.MODERATOR, bucket=CONFIGURATION)
async def view(press: Press) -> Answer:
    """List all that is set."""
    return _told(await press.ask(api.read_config, api.ReadConfig(press.guild_id)))


@command("configverification send-panel", "Post the panel in getverified", needs=Rank.MODERATOR, bucket=CONFIGURATION)
async def send_panel(press: Press) -> Answer:
    """Let the panel stand in the mapped channel."""
    place = await press.ask(api.send_panel, api.SendPanel(press.guild_id))
    if place.message_id is None:
        return Answer(f"✅ The panel is posted in <#{place.channel_id}> in a moment. An older one leads there.")
    return Answer(f"The panel stands: {look.link(press.guild_id, place.channel_id, place.message_id)}")


async def _say(press: Press, page: Page, text: str | None, image_url: str | None) -> Answer:
    ask = api.SetWords(guild_id=press.guild_id, page=page, text=text, image_url=image_url)
    return _told(await press.ask(api.set_words, ask), f"✅ {page.label}: saved.")


@command(
    "configverification set-panel-message", "Add your words to the panel", needs=Rank.MODERATOR, bucket=CONFIGURATION
)
@app_commands.describe(text="Your words; \\n begins a new line", image_url="A picture, https://…")
async def set_panel_message(press: Press, text: Text | None = None, image_url: Url | None = None) -> Answer:
    """Say something on the panel."""
    return await _say(press, Page.PANEL, text, image_url)


@command(
    "configverification set-realmeye-instructions",
    "Add your words to the RealmEye way",
    needs=Rank.MODERATOR,
    bucket=CONFIGURATION,
)
@app_commands.describe(text="Your words; \\n begins a new line", image_url="A picture, https://…")
async def set_realmeye_instructions(press: Press, text: Text | None = None, image_url: Url | None = None) -> Answer:
    """Say something where the code is shown."""
    return await _say(press, Page.REALMEYE, text, image_url)


@command(
    "configverification set-manual-instructions",
    "Say what a screenshot has to show",
    needs=Rank.MODERATOR,
    bucket=CONFIGURATION,
)
@app_commands.describe(text="Your words; \\n begins a new line", image_url="A picture, https://…")
async def set_manual_instructions(press: Press, text: Text | None = None, image_url: Url | None = None) -> Answer:
    """Say something where a screenshot is asked for."""
    return await _say(press, Page.MANUAL, text, image_url)


@command("configverification set-requirement", "Ask something of players", needs=Rank.MODERATOR, bucket=CONFIGURATION)
@app_commands.describe(what="What is asked", value="How much; leave it out to ask it no longer")
@app_commands.choices(what=REQUIREMENTS)
async def set_requirement(press: Press, what: str, value: Value | None = None) -> Answer:
    """Ask something of players, or not any more."""
    requirement = Requirement(what)
    ask = api.SetRequirement(guild_id=press.guild_id, requirement=requirement, value=value)
    fits = f"-# {what} takes {READERS[requirement][1]}."
    return _told(await press.ask(api.set_requirement, ask), "✅ Saved.", fits)


@command("configverification add-link", "Name what comes after verifying", needs=Rank.MODERATOR, bucket=CONFIGURATION)
@app_commands.describe(label="Words on the button", url="Where it leads: https://…")
async def add_link(press: Press, label: Label, url: Url) -> Answer:
    """Name something that comes after being verified."""
    return _told(await press.ask(api.add_link, api.AddLink(guild_id=press.guild_id, label=label, url=url)), "✅ Saved.")


@command(
    "configverification preset-add", "Name a reason to deny screenshots", needs=Rank.MODERATOR, bucket=CONFIGURATION
)
@app_commands.describe(name="The reason, in a few words", how="How the member does better")
async def add_preset(press: Press, name: Label, how: How) -> Answer:
    """Name a reason to deny screenshots."""
    ask = api.AddPreset(guild_id=press.guild_id, name=name, how=how)
    return _told(await press.ask(api.add_preset, ask), "✅ Saved.")


@command("configverification preset-remove", "Let a reason to deny go", needs=Rank.MODERATOR, bucket=CONFIGURATION)
@app_commands.describe(name="Which one")
async def remove_preset(press: Press, name: Label) -> Answer:
    """Let a reason go."""
    ask = api.RemovePreset(guild_id=press.guild_id, name=name)
    return _told(await press.ask(api.remove_preset, ask), "✅ Removed.")


@command("configverification clear", "Let something be as it comes", needs=Rank.MODERATOR, bucket=CONFIGURATION)
@app_commands.describe(what="What to clear")
@app_commands.choices(what=CLEARED)
async def clear(press: Press, what: str) -> Answer:
    """Let something be as it comes."""
    cleared = Cleared(what)
    told = await press.ask(api.clear, api.Clear(guild_id=press.guild_id, what=cleared))
    return _told(told, f"✅ {cleared.label}: cleared.")


def _told(found: ConfigShown, *lines: str) -> Answer:
    """Tell all that is set."""
    config = found.config
    where = f"<#{found.channel_id}>" if found.channel_id else "nowhere: set getverified with /setchannels"
    panel = where if found.panel else "not sent yet: /configverification send-panel"
    words = [f"**{page.label}:** {_said(found, page)}" for page in Page]
    links = ", ".join(shown(one.label) for one in config.links) or "none"
    presets = ", ".join(shown(one.name) for one in presets_of(config))
    return Answer(
        view=look.sheet(
            look.text(
                *lines,
                "### Verification",
                f"**Panel:** {panel}",
                f"**Requirements:** {', '.join(shown(one) for one in found.wanted) or 'none'}",
                *words,
                f"**Links at the end:** {links}",
                f"**Reasons to deny:** {presets}",
            )
        )
    )


def _said(found: ConfigShown, page: Page) -> str:
    words = found.config.said(page)
    picture = "with a picture" if words.image_url else ""
    if not words.text:
        return picture or "as it comes"
    text = words.text if len(words.text) <= SHOWN_CHARACTERS else words.text[:SHOWN_CHARACTERS] + "…"
    return f"{shown(text)} {picture}".strip()
