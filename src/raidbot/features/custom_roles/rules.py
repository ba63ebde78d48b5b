"""What may be asked for a role. Pure."""

from collections.abc import Iterator, Mapping

import msgspec

from raidbot.core.checkup import Configured, Finding, Level, check
from raidbot.core.guilds import GuildSeen, RoleSeen
from raidbot.core.ids import ChannelId, RoleId
from raidbot.core.permissions import Permission, labels
from raidbot.features.custom_roles.model import (
    LONGEST_DESCRIPTION,
    LONGEST_INSTRUCTIONS,
    BadTerms,
    Decides,
    Part,
    Terms,
)
from raidbot.features.guild_config.model import ROLE_CHANNEL, fits, why_unfit

TEXTS = {"description": LONGEST_DESCRIPTION, "instructions": LONGEST_INSTRUCTIONS}
"""The texts of a role, as they are called in a file, and how long they may be."""

NAMES = ("channel", *TEXTS, "picture", "decides")
"""What stands below a role in a file."""


NEEDED = Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES | Permission.EMBED_LINKS
"""What the bot has to be allowed where members ask."""


@check
def earned_roles_can_be_given(guild: GuildSeen, configured: Configured) -> Iterator[Finding]:
    """Look for roles that members earn and that cannot be given, and for places where nobody can ask."""
    for role_id, channel_id in configured.earned_roles.items():
        role = guild.role(role_id)
        if role is None:
            gone = f"Role `{int(role_id)}`, which members can earn, is gone."
            yield Finding(Level.PROBLEM, gone, "/config export, take it out, /config import")
            continue
        yield from _faults(guild, role)
        if channel_id is not None:
            yield from _place(guild, role_id, channel_id)


def _faults(guild: GuildSeen, role: RoleSeen) -> Iterator[Finding]:
    everyone = guild.role(RoleId(guild.id))
    if power := labels(role.permissions & ~(everyone.permissions if everyone else 0)):
        yield Finding(
            Level.PROBLEM,
            f"<@&{role.id}>, which members can earn, lets them {', '.join(power)}: I do not give it.",
            "Server Settings, Roles, that role, Permissions: take it away",
        )
    if not role.height < guild.bot_height:
        yield Finding(
            Level.PROBLEM,
            f"<@&{role.id}>, which members can earn, stands above my role, so I cannot give it.",
            "Server Settings, Roles: drag my role above it",
        )


def _place(guild: GuildSeen, role_id: RoleId, channel_id: ChannelId) -> Iterator[Finding]:
    channel = guild.channel(channel_id)
    if channel is None:
        yield Finding(
            Level.PROBLEM,
            f"The channel where members ask for <@&{role_id}> is gone, or I cannot see it.",
            "/createrole with that role and another role_channel",
        )
    elif not fits(ROLE_CHANNEL, channel):
        yield Finding(
            Level.PROBLEM,
            f"<#{channel_id}>, where members ask for <@&{role_id}>, {why_unfit(channel)}.",
            "/createrole with that role and a text channel as role_channel",
        )
    elif lacking := labels(NEEDED & ~guild.bot_may(channel)):
        yield Finding(
            Level.PROBLEM,
            f"In <#{channel_id}>, where members ask for <@&{role_id}>, I lack **{', '.join(lacking)}**.",
            f"Settings of <#{channel_id}>, Permissions, my role: allow {', '.join(lacking)}",
        )


def cleared(terms: Terms, part: Part) -> Terms:
    """Return what is asked for a role without one part."""
    match part:
        case Part.DESCRIPTION:
            return msgspec.structs.replace(terms, description="")
        case Part.INSTRUCTIONS:
            return msgspec.structs.replace(terms, instructions="")
        case Part.PICTURE:
            return msgspec.structs.replace(terms, image_url="")
        case Part.CHANNEL:
            return msgspec.structs.replace(terms, channel_id=None)


def unfolded(text: str) -> str:
    r"""Return a text from an option, in which a line is begun with `\n`."""
    return text.replace("\\n", "\n").strip()


def in_file(role_id: RoleId, terms: Terms) -> dict[str, str]:
    """Return what is asked for a role as it stands in a file, by names such as `1180/decides`."""
    found = {
        "channel": str(int(terms.channel_id)) if terms.channel_id else "",
        "description": terms.description,
        "instructions": terms.instructions,
        "picture": terms.image_url,
        "decides": terms.decides.value,
    }
    return {f"{int(role_id)}/{name}": value for name, value in found.items() if value}


def check_text(name: str, value: str) -> str:
    """Return a value of a file that is no id and no address.

    Raises:
        BadTerms: it is too long, no rank that decides, or of another name.
    """
    if name == "decides":
        if value not in set(Decides):
            raise BadTerms(f"no such rank decides. Choose one of {', '.join(Decides)}.")
        return value
    longest = TEXTS.get(name)
    if longest is None:
        raise BadTerms(f"below a role stand {', '.join(NAMES)}.")
    if len(value) > longest:
        raise BadTerms(f"it has {len(value)} characters, and {longest} fit.")
    return value


def from_file(terms: Terms | None, values: Mapping[str, str | None]) -> Terms | None:
    """Return what is asked for a role once a file was applied; None: nothing of it is left, so it is given out no more.

    Args:
        terms: What is asked now, if it is given out.
        values: By name, what the file sets, and null for what it clears.
    """
    held = {} if terms is None else {key.partition("/")[2]: value for key, value in in_file(RoleId(1), terms).items()}
    left = {name: value for name, value in {**held, **values}.items() if value}
    if not left:
        return None
    return Terms(
        channel_id=ChannelId(int(left["channel"])) if "channel" in left else None,
        description=left.get("description", ""),
        instructions=left.get("instructions", ""),
        image_url=left.get("picture", ""),
        decides=Decides(left.get("decides", Decides.SECURITY)),
    )
