"""Slash commands of roles that are earned."""

from typing import TypeAlias

import discord
from discord import app_commands

from raidbot.bot import look
from raidbot.bot.commands import command, group
from raidbot.bot.presses import Press
from raidbot.bot.rates import CONFIGURATION
from raidbot.bot.replies import Answer
from raidbot.bot.seeing import in_place, seen_kind
from raidbot.core.ids import RoleId
from raidbot.core.permissions import labels
from raidbot.core.ranks import Rank
from raidbot.core.text import shown
from raidbot.features.custom_roles import api, rules
from raidbot.features.custom_roles.model import (
    LONGEST_DESCRIPTION,
    LONGEST_INSTRUCTIONS,
    LONGEST_URL,
    CannotPost,
    CustomRole,
    Decides,
    Part,
)
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import ChannelKey

group("customrole", "Roles that members earn with a screenshot")

Description: TypeAlias = app_commands.Range[str, 1, LONGEST_DESCRIPTION]
Instructions: TypeAlias = app_commands.Range[str, 1, LONGEST_INSTRUCTIONS]
Url: TypeAlias = app_commands.Range[str, 1, LONGEST_URL]

DECIDES = [app_commands.Choice(name=f"{one.label} and above", value=one.value) for one in Decides]
PARTS = [app_commands.Choice(name=one.value.title(), value=one.value) for one in Part]

SHOWN_CHARACTERS = 60
"""So much of a text stands in the list."""

ROOM = 3500
"""Characters for the list. docs: Component Reference: all texts of a message together have 4,000."""


@command(
    "createrole", "Give a role to whoever earns it with a screenshot", needs=Rank.ADMINISTRATOR, bucket=CONFIGURATION
)
@app_commands.describe(
    role="Which role; what you leave out below stays as it was",
    role_channel="Where members ask for it",
    instructions="What the screenshot has to show; \\n begins a new line",
    role_description="What the role is for",
    image_url="An example, https://…",
    decides="Who decides; security and above if you say nothing",
)
@app_commands.choices(decides=DECIDES)
async def create_role(  # noqa: PLR0913, PLR0917 - the options of the command
    press: Press,
    role: discord.Role,
    role_channel: discord.TextChannel | None = None,
    instructions: Instructions | None = None,
    role_description: Description | None = None,
    image_url: Url | None = None,
    decides: str | None = None,
) -> Answer:
    """Give a role out, or change what is asked for it."""
    if role_channel is not None:
        _check_may_post(role_channel)
    ask = api.SaveRole(
        guild_id=press.guild_id,
        role_id=RoleId(role.id),
        seen=in_place(role),
        channel=None if role_channel is None else seen_kind(role_channel),
        description=role_description,
        instructions=instructions,
        image_url=image_url,
        decides=None if decides is None else Decides(decides),
    )
    saved = await press.ask(api.save_role, ask)
    mappings = await press.ask(guild_config.read_mappings, guild_config.ReadMappings(press.guild_id))
    hint = "" if ChannelKey.MANUAL_VERIFICATION in mappings.channels else NO_PLACE
    return Answer(view=look.sheet(look.text("✅ Saved.", *_lines(press, saved), hint)))


NO_PLACE = "⚠️ There is no place for screenshots yet: set manual_verification with /setchannels."


@command("customrole list", "Show which roles are given out", needs=Rank.ADMINISTRATOR, bucket=CONFIGURATION)
async def list_roles(press: Press) -> Answer:
    """List all roles that are given out."""
    found = await press.ask(api.list_roles, api.ListRoles(press.guild_id))
    if not found:
        return Answer("No role is given out yet. /createrole begins.")
    lines: list[str] = []
    for number, one in enumerate(found):
        more = _lines(press, one)
        if sum(len(line) + 1 for line in [*lines, *more]) > ROOM:
            lines.append(f"… and {len(found) - number} more. /config export names all of them.")
            break
        lines += more
    return Answer(view=look.sheet(look.text("### Roles that are earned", *lines)))


@command("customrole clear", "Take a part of what a role asks away", needs=Rank.ADMINISTRATOR, bucket=CONFIGURATION)
@app_commands.describe(role="Which role", what="What to clear")
@app_commands.choices(what=PARTS)
async def clear(press: Press, role: discord.Role, what: str) -> Answer:
    """Let a part of what is asked be as it comes."""
    ask = api.ClearPart(press.guild_id, RoleId(role.id), Part(what))
    saved = await press.ask(api.clear_part, ask)
    return Answer(view=look.sheet(look.text("✅ Cleared.", *_lines(press, saved))))


@command("customrole remove", "Give a role out no more", needs=Rank.ADMINISTRATOR, bucket=CONFIGURATION)
@app_commands.describe(role="Which role; whoever has it keeps it")
async def remove(press: Press, role: discord.Role) -> Answer:
    """Give a role out no more."""
    await press.ask(api.remove_role, api.RemoveRole(press.guild_id, RoleId(role.id)))
    return Answer(f"✅ <@&{role.id}> is not given out any more. Whoever has it keeps it; whoever waited is told.")


def _check_may_post(channel: discord.TextChannel) -> None:
    """Check that the bot may post where members are to ask, before anything is written down.

    Raises:
        CannotPost: it may not.
    """
    lacking = labels(rules.NEEDED & ~channel.permissions_for(channel.guild.me).value)
    if lacking:
        raise CannotPost(f"I may not post in <#{channel.id}>. Allow me {', '.join(lacking)} there, and try again.")


def _lines(press: Press, one: CustomRole) -> list[str]:
    terms = one.terms
    where = f"<#{terms.channel_id}>" if terms.channel_id else "nowhere yet. /createrole with a role_channel lets them"
    if terms.channel_id and one.message_id:
        where = look.link(press.guild_id, terms.channel_id, one.message_id)
    texts = [shown(_beginning(text)) for text in (terms.description, terms.instructions) if text]
    return [
        f"<@&{one.role_id}> — {terms.decides.label} and above decide. Members ask: {where}",
        f"-# {' · '.join(texts)}" if texts else "-# No words of your own yet.",
    ]


def _beginning(text: str) -> str:
    """Return a text on one line, and with a mark where more follows."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN_CHARACTERS else f"{line[: SHOWN_CHARACTERS - 1].rstrip()}…"
