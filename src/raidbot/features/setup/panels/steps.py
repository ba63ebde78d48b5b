"""The one message of /setup: it always shows the step that somebody is at."""

import discord

from raidbot.bot import look
from raidbot.bot.buttons import button
from raidbot.bot.presses import Press
from raidbot.bot.rates import CONFIGURATION
from raidbot.bot.replies import Answer
from raidbot.bot.seeing import seen
from raidbot.core.checkup import Level
from raidbot.core.guilds import GuildSeen
from raidbot.core.ids import ChannelId, RoleId, Snowflake
from raidbot.core.permissions import Permission
from raidbot.features.guild_config import api as guild_config
from raidbot.features.guild_config.model import Mappings, why_unfit
from raidbot.features.setup import api
from raidbot.features.setup.model import Kind, SetupState, Step, Wanted
from raidbot.features.setup.panels.building import builder
from raidbot.features.setup.panels.doctor import configured, findings_lines
from raidbot.features.setup.rules import checks, names, steps
from raidbot.features.setup.rules.names import Proposals

ROOM = 2400


@button(r"setup:open", bucket=CONFIGURATION, manner="redraws")
async def open_again(press: Press) -> Answer:
    """Show the step again, as things are now."""
    return await shown(press)


@button(r"setup:use:(?P<mark>\d+)", bucket=CONFIGURATION, manner="redraws")
async def use(press: Press) -> Answer:
    """Map everything that was proposed, if it still is what was shown."""
    now = seen(press.guild)
    found = names.propose(now, await _mappings(press))
    if not found:
        return await shown(press)  # pressed twice
    if found.mark != press.ids["mark"]:
        return await shown(press, "The server has changed meanwhile. Look once more, then press again.")
    ask = api.AcceptProposals(
        guild_id=press.guild_id,
        roles={key: RoleId(one.id) for key, one in found.roles.items()},
        channels={key: ChannelId(one.id) for key, one in found.channels.items()},
        seen=list(found.roles.values()),
    )
    await press.ask(api.accept_proposals, ask)
    return await shown(press, f"{look.many(len(found), 'thing')} set.")


@button(r"setup:create", bucket=CONFIGURATION, manner="redraws")
async def create(press: Press) -> Answer:
    """Create what is missing, each thing once however often this is pressed."""
    now = seen(press.guild)
    wanted = steps.missing(now, await _mappings(press))
    if _lacking(now, wanted):
        return await shown(press)
    there = [Snowflake(one.id) for one in (*now.roles, *now.channels)]
    await press.ask(api.want_creations, api.WantCreations(press.guild_id, wanted, there))
    await builder.work(press.backend, press.guild)
    return await shown(press)


@button(r"setup:skip:(?P<step>use|create)", bucket=CONFIGURATION, manner="redraws")
async def skip(press: Press) -> Answer:
    """Leave a step out."""
    await press.ask(api.skip_step, api.SkipStep(press.guild_id, Step(press.words["step"])))
    return await shown(press)


@button(r"setup:anew", bucket=CONFIGURATION, manner="redraws")
async def begin_anew(press: Press) -> Answer:
    """Go through all steps again; what is set stays set."""
    await press.ask(api.skip_step, api.SkipStep(press.guild_id, None))
    return await shown(press)


async def shown(press: Press, news: str = "") -> Answer:
    """Show the step that the server is at."""
    state = await press.ask(api.read_setup, api.ReadSetup(press.guild_id))
    now, mappings = seen(press.guild, press.application_flags), await _mappings(press)
    found, missing = names.propose(now, mappings), steps.missing(now, mappings)
    step = steps.step(found, missing, state.skipped)
    if step is Step.USE:
        return Answer(view=_use(found, news))
    if step is Step.CREATE:
        return Answer(view=_create(now, missing, state, news))
    return Answer(view=await _check(press, now, news))


async def _mappings(press: Press) -> Mappings:
    return await press.ask(guild_config.read_mappings, guild_config.ReadMappings(press.guild_id))


def _use(found: Proposals, news: str) -> discord.ui.LayoutView:
    roles = [f"{key.label} → <@&{one.id}>" for key, one in found.roles.items()]
    channels = [f"{key.label} → <#{one.id}>" for key, one in found.channels.items()]
    use, mend = ("Use it", "Use it") if len(found) == 1 else (f"Use all {len(found)}", "Use them all")
    return look.sheet(
        look.text("### Set up · step 1 of 3", news, "This server already has what looks right:"),
        look.text(*_headed("Roles", roles), *_headed("Channels", channels)),
        look.text(f"-# A wrong one? {mend}, then mend it with /setroles or /setchannels."),
        look.row(
            look.button(use, f"setup:use:{found.mark}", look.SUCCESS),
            look.button("Skip", "setup:skip:use"),
        ),
        colour=look.BLUE,
    )


def _misfits(now: GuildSeen, missing: list[Wanted]) -> list[str]:
    """Say of what is called right why it cannot be used, three at most."""
    found = names.unfit(now, [one.key for one in missing if one.kind is Kind.CHANNEL])
    return [f"⚠️ <#{one.id}> is called like {key.label}, but {why_unfit(one)}." for key, one in list(found.items())[:3]]


def _create(now: GuildSeen, missing: list[Wanted], state: SetupState, news: str) -> discord.ui.LayoutView:
    roles = [one.name for one in missing if one.kind is Kind.ROLE]
    channels = [f"#{one.name}" for one in missing if one.kind is Kind.CHANNEL]
    lacking = _lacking(now, missing)
    failed = list(dict.fromkeys(one.error or "" for one in state.failures()))
    return look.sheet(
        look.text("### Set up · step 2 of 3", news, "This is missing, and I can create it:"),
        look.text(*_headed("Roles", [", ".join(roles)] * bool(roles)), *_headed("Channels", _lists(channels))),
        look.text(
            *(f"⚠️ {line}" for line in (failed or lacking)),
            *_misfits(now, missing),
            "-# Members see the raids, staff see the logs, and everybody sees where to get verified.",
        ),
        look.row(
            look.button(f"Create all {len(roles) + len(channels)}", "setup:create", look.SUCCESS),
            look.button("Look again", "setup:open"),
            look.button("Skip", "setup:skip:create"),
        ),
        colour=look.BLUE,
    )


def _lacking(now: GuildSeen, missing: list[Wanted]) -> list[str]:
    """Say what the bot lacks for creating, before it is tried."""
    granted = now.bot_permissions
    channels = any(one.kind is not Kind.ROLE for one in missing)
    needed = [Permission.MANAGE_ROLES, *([Permission.MANAGE_CHANNELS] * channels)]
    lacking = [one.label for one in needed if not granted & one]
    return [f"First allow me {' and '.join(lacking)}: Server Settings, Roles, my role."] if lacking else []


async def _check(press: Press, now: GuildSeen, news: str) -> discord.ui.LayoutView:
    found = [one for one in checks.looked_over(now, await configured(press)) if one.level is not Level.OK]
    well = "Everything is in place." if not found else "Almost there. What is left:"
    return look.sheet(
        look.text("### Set up · step 3 of 3", news, well),
        *([look.text(*findings_lines(found, ROOM))] if found else []),
        look.text(
            "**What to do next**",
            "1. Give people their ranks: whoever is to lead raids gets the Organizer role.",
            "2. Choose whom each dungeon calls: /dungeonrole set",
            "3. Open the first run: /run",
            "-# /doctor looks everything over at any time; /settings view shows what else can be set.",
        ),
        look.row(
            look.button("Look again", "setup:open", look.PRIMARY),
            look.button("Begin anew", "setup:anew"),
        ),
        colour=look.BLUE,
    )


def _headed(head: str, lines: list[str]) -> list[str]:
    return [f"**{head}**", *lines] if lines else []


def _lists(channels: list[str]) -> list[str]:
    return [" · ".join(channels)] if channels else []
