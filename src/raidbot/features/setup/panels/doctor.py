"""What the look over a server shows."""

import discord

from raidbot.bot import look
from raidbot.bot.backend import Backend
from raidbot.bot.buttons import button
from raidbot.bot.presses import Press
from raidbot.bot.rates import CONFIGURATION
from raidbot.bot.replies import Answer
from raidbot.bot.seeing import seen
from raidbot.core.checkup import Configured, Finding, Level
from raidbot.core.guilds import GuildSeen
from raidbot.core.ids import ChannelId, GuildId, RoleId
from raidbot.features.custom_roles import api as custom_roles
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import ScopedKey, scopes
from raidbot.features.setup import api
from raidbot.features.setup.rules import checks

ROOM = 3200
"""Characters for findings. docs: Component Reference: all texts of a message together have 4,000."""

HEADS = {Level.PROBLEM: "❌ **Mend this**", Level.HINT: "💡 **Think about this**", Level.OK: "✅ **Fine**"}
FINE, CARE, BAD = 0x2ECC71, 0xF1C40F, 0xE74C3C


@button(r"setup:doctor", bucket=CONFIGURATION, manner="redraws")
async def look_again(press: Press) -> Answer:
    """Look the server over once more."""
    return await looked_over(press)


async def looked_over(press: Press) -> Answer:
    """Show what all checks find, each with its fix."""
    # Asked in the caller's name: whoever may not set the server up is refused.
    await press.ask(api.read_setup, api.ReadSetup(press.guild_id))
    now = seen(press.guild, press.application_flags)
    found = checks.looked_over(now, await configured(press))
    return Answer(view=sheet(now, found))


def sheet(guild: GuildSeen, found: list[Finding]) -> discord.ui.LayoutView:
    """Draw findings, what matters most first."""
    return look.sheet(
        look.text("### 🩺 How this server stands", _verdict(found)),
        look.text(*findings_lines(found, ROOM)),
        look.text(f"-# [Invite link]({checks.invite(guild)}) with exactly the permissions that I use."),
        look.row(look.button("Look again", "setup:doctor", look.PRIMARY), look.button("Set up", "setup:open")),
        colour=_colour(found),
    )


def findings_lines(found: list[Finding], room: int) -> list[str]:
    """Return findings as lines under a head for each level; what does not fit is counted."""
    lines: list[str] = []
    level = None
    for number, one in enumerate(found):
        head = [] if one.level is level else [HEADS[one.level]]
        level = one.level
        more = [*head, f"• {one.text}\n-# → {one.fix}" if one.fix else f"• {one.text}"]
        if sum(len(line) + 1 for line in [*lines, *more]) > room:
            return [*lines, f"… and {len(found) - number} more. Mend these first, then look again."]
        lines += more
    return lines


def _verdict(found: list[Finding]) -> str:
    problems = sum(one.level is Level.PROBLEM for one in found)
    hints = sum(one.level is Level.HINT for one in found)
    if not problems and not hints:
        return "All is well."
    told = [look.many(problems, "problem")] * bool(problems) + [look.many(hints, "hint")] * bool(hints)
    return " and ".join(told) + "."


def _colour(found: list[Finding]) -> int:
    levels = {one.level for one in found}
    return BAD if Level.PROBLEM in levels else CARE if Level.HINT in levels else FINE


async def configured(press: Press) -> Configured:
    """Read what the guild has configured, as checks see it."""
    return await configuration(press.backend, press.guild_id)


async def configuration(backend: Backend, guild_id: GuildId) -> Configured:
    """Read what a guild has configured, as checks see it, on nobody's behalf."""
    mappings = await backend.call(guild_config.read_mappings, guild_config.ReadMappings(guild_id))
    dungeon_roles = await backend.call(guild_config.list_dungeon_roles, guild_config.ListDungeonRoles(guild_id))
    settings = await backend.call(guild_config.read_settings, guild_config.ReadSettings(guild_id))
    earned = await backend.call(custom_roles.list_roles, custom_roles.ListRoles(guild_id))
    named = scopes()
    return Configured(
        roles={str(key): one for key, one in mappings.roles.items()},
        channels={str(key): one for key, one in mappings.channels.items()},
        dungeon_roles={one.dungeon: one.role_id for one in dungeon_roles},
        own_channels={
            f"{one.key.label} of {named.get(one.scope, one.scope)}": (one.key.value, ChannelId(one.target))
            for one in mappings.scoped
            if one.key is not ScopedKey.VERIFIED_RAIDER
        },
        own_roles={
            f"{one.key.label} of {named.get(one.scope, one.scope)}": RoleId(one.target)
            for one in mappings.scoped
            if one.key is ScopedKey.VERIFIED_RAIDER
        },
        earned_roles={one.role_id: one.terms.channel_id for one in earned},
        settings={one.key: frozenset([one.value, *one.dungeons.values()]) for one in settings},
    )
